"""A sheet of one face: a row per slider that moves it, a column per value, and under each face the value and what was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ohlora.errors import ModelError
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.ramp import draw_ramp, ramp_values
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.images.pixels import from_arrays
from ohlora.labelling.labeller import Labeller
from ohlora.sliders.readout import Readout
from ohlora.sliders.slider_model import SliderModel
from segmentation import FaceParser


def draw_slider_sheet(
    model: LoadedModel[SliderModel],
    seed: int,
    names: Sequence[str],
    style: SheetStyle,
    *,
    truncation: float,
    parser: FaceParser | None = None,
) -> Image.Image:
    """Draw a sheet of one face.

    Args:
        model: What draws.
        seed: Whose face.
        names: The sliders, a row each.
        style: How the sheet looks; its columns are the steps of every ramp.
        truncation: psi.
        parser: Measures every face; where it found the slider to stand is then printed beside what was asked for.

    Raises:
        ModelError: Faces are to be measured, and the model's normalisation was not saved with it.
    """
    readout = None if parser is None else _readout(model, parser)
    drawer, sliders = FaceDrawer(model.network), model.network.sliders
    faces: list[Image.Image] = []
    captions: list[str] = []
    for name in names:
        values = ramp_values(sliders[name].low, sliders[name].high, style.columns)
        ramp = draw_ramp(drawer, seed, name, values, truncation=truncation)
        faces += ramp
        texts = [f"{value:.2f}" for value in values]
        if readout is not None:
            measured = readout.measure(from_arrays(np.stack([np.asarray(face) for face in ramp])))[name]
            texts = [f"{text} / {got:.2f}" for text, got in zip(texts, measured, strict=True)]
        captions += texts
    labels = [name.replace("_", "\n") for name in names]
    return contact_sheet(faces, captions=captions, row_labels=labels, style=style)


def _readout(model: LoadedModel[SliderModel], parser: FaceParser) -> Readout:
    if model.network.normalizer is None:
        raise ModelError(f"expected normalization.json in {model.folder}; fine-tune on labelled faces again")
    sliders = model.network.sliders
    return Readout(Labeller(parser, model.network.normalizer, tuple(sliders)), sliders)

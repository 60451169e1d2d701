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
        parser: Measures every face; what it found is then printed beside what was asked for.

    Raises:
        ModelError: Faces are to be measured, and the model's normalisation was not saved with it.
    """
    labeller = None if parser is None else _labeller(model, parser)
    drawer, sliders = FaceDrawer(model.network), model.network.sliders
    faces: list[Image.Image] = []
    captions: list[str] = []
    for name in names:
        values = ramp_values(sliders[name].low, sliders[name].high, style.columns)
        ramp = draw_ramp(drawer, seed, name, values, truncation=truncation)
        faces += ramp
        texts = [f"{value:.2f}" for value in values]
        if labeller is not None:
            texts = [f"{text} / {got:.2f}" for text, got in zip(texts, _measured(labeller, ramp, name), strict=True)]
        captions += texts
    labels = [name.replace("_", "\n") for name in names]
    return contact_sheet(faces, captions=captions, row_labels=labels, style=style)


def _labeller(model: LoadedModel[SliderModel], parser: FaceParser) -> Labeller:
    if model.network.normalizer is None:
        raise ModelError(f"expected normalization.json in {model.folder}; fine-tune on labelled faces again")
    return Labeller(parser, model.network.normalizer, tuple(model.network.sliders))


def _measured(labeller: Labeller, ramp: Sequence[Image.Image], name: str) -> list[float]:
    """What was found of one attribute in every face of its ramp."""
    images = from_arrays(np.stack([np.asarray(face) for face in ramp]))
    values: list[float] = labeller.measure(images)[:, labeller.names.index(name)].tolist()
    return values

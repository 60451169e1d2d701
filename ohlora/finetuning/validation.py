"""Validation during fine-tuning: ramps of every slider over fixed faces, measured by the labeller, which no loss contains.

It decides which weights are kept, leaves a sheet of pictures to look at, and is what `ohlora finetune` prints at its end.
`ohlora evaluate` is the thorough measurement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from lightning.fabric.loggers.logger import Logger
from lightning.pytorch.loggers import TensorBoardLogger
from numpy.typing import NDArray
from PIL import Image

from ohlora.files import write_text
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.images.pictures import write_png
from ohlora.images.pixels import to_arrays
from ohlora.labelling.labeller import Labeller
from ohlora.sliders.slider_model import SliderModel
from ohlora.training.schedule import step_random

_STREAM = 31
_BATCH = 16
SHEET_FACES = 4


class Validation:
    """Measures ramps on faces that no training draws, and keeps the best model so far.

    Args:
        labeller: Measures.
        settings: The run's settings.
        folder: The run's folder; the best model goes to `model`, sample sheets to `sheets`, figures to `validation.json`.
    """

    def __init__(self, labeller: Labeller, settings: FinetuneSettings, folder: Path) -> None:
        self.labeller, self.settings, self.folder = labeller, settings, folder

    def __call__(self, model: SliderModel, step: int, logger: Logger | None = None) -> dict[str, float]:
        """Measures, draws a sheet, and saves the model where it is the best so far.

        Args:
            model: What is measured.
            step: Steps that it was trained.
            logger: Gets the figures, and the sheet if it takes pictures.

        Returns:
            `mae` and `drift` of every slider, and `score`, the mean of their sums: lower is better.
        """
        figures, sheet = measure_ramps(model, self.labeller, self.settings)
        if logger is not None:
            logger.log_metrics({f"measured/{name}": value for name, value in figures.items()}, step)
        if isinstance(logger, TensorBoardLogger):
            logger.experiment.add_image("sheet", sheet, step, dataformats="HWC")
        folder = self.folder / "sheets"
        folder.mkdir(parents=True, exist_ok=True)
        write_png(folder / f"step{step:06d}.png", Image.fromarray(sheet))
        history = self.history()
        # After a kill the steps since the last checkpoint are done again, with the same outcome.
        history = {key: value for key, value in history.items() if int(key) < step}
        best = min((value["score"] for value in history.values()), default=np.inf)
        if figures["score"] < best:
            model.save_pretrained(self.folder / "model")
        write_text(self.folder / "validation.json", json.dumps({**history, str(step): figures}, indent=2) + "\n")
        return figures

    def history(self) -> dict[str, dict[str, float]]:
        """Figures of earlier validations by their step."""
        path = self.folder / "validation.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}


@torch.no_grad()
def measure_ramps(
    model: SliderModel, labeller: Labeller, settings: FinetuneSettings
) -> tuple[dict[str, float], NDArray[np.uint8]]:
    """Ramps of every slider over fixed faces, measured by the labeller.

    Returns:
        Figures in shares of the ranges: per slider `NAME/mae` of what was asked for, `NAME/drift` of all others from one
        end to the other; and `score`. And a picture `(H, W, 3)`, a row per slider and face.
    """
    random = step_random(settings.seed, _STREAM, 0)
    z = torch.from_numpy(random.standard_normal((settings.validate_faces, model.z_dim))).float().to(model.device)
    names, sliders = labeller.names, [model.sliders[name] for name in labeller.names]
    span = np.array([slider.span for slider in sliders])
    figures: dict[str, float] = {}
    rows = []
    for index, (name, slider) in enumerate(zip(names, sliders, strict=True)):
        ramp = np.linspace(slider.low, slider.high, settings.validate_ramp)
        drawn = [model.edit(z, {name: float(value)}).clamp(-1, 1).float().cpu() for value in ramp]
        measured = np.stack([_measure(labeller, images) for images in drawn])
        others = [column for column in range(len(names)) if column != index]
        error = np.abs(slider.values_of(measured[:, :, index]) - ramp[:, None]) / span[index]
        drift = np.abs(measured[-1] - measured[0])[:, others] / span[others]
        # A face whose label is lost is as wrong as one can be; nothing may be gained by losing it.
        figures[f"{name}/mae"] = float(np.nan_to_num(error, nan=1.0).mean())
        figures[f"{name}/drift"] = float(np.nan_to_num(drift, nan=1.0).mean()) if others else 0.0
        rows += [torch.cat([images[face] for images in drawn], dim=2) for face in range(min(SHEET_FACES, len(z)))]
    figures["score"] = float(np.mean([figures[f"{name}/mae"] + figures[f"{name}/drift"] for name in names]))
    return figures, to_arrays(torch.cat(rows, dim=1)[None])[0]


def _measure(labeller: Labeller, images: torch.Tensor) -> NDArray[np.float64]:
    parts = [labeller.measure(images[first : first + _BATCH]) for first in range(0, len(images), _BATCH)]
    return np.concatenate(parts)


def describe_figures(figures: Mapping[str, float]) -> list[str]:
    """A validation's figures, a line per slider."""
    names = [key.removesuffix("/mae") for key in figures if key.endswith("/mae")]
    return [
        f"{name}: off by {figures[f'{name}/mae']:.3f} of the range, others drift {figures[f'{name}/drift']:.3f}"
        for name in names
    ]

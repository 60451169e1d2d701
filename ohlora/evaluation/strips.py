"""Pictures of ramps for the report: drawn again, with what was asked and what was measured under each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ohlora.evaluation.results import Evaluation, ModelResult, TruncationResult
from ohlora.generation.seeds import latents
from ohlora.images.pixels import to_arrays
from ohlora.reports.pages import decimals, label, picture_uri

_FACE_PIXELS = 112
# What the figures of the worst cases are called.
_WORDS = {
    "excursion": "farthest excursion of another attribute",
    "lowest_identity": "lowest identity",
    "pixel_jump": "largest difference of neighbours",
}


def example_strips(name: str, evaluation: Evaluation) -> list[dict[str, Any]]:
    """A ramp of the first faces by every model that has the slider, at the first truncation."""
    return [
        _strip(name, seed, result, result.at[0], evaluation)
        for result in evaluation.results
        if name in result.attributes
        for seed in evaluation.settings.seeds[: evaluation.settings.examples]
    ]


def worst_strips(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The worst ramps of the evaluated model at every truncation."""
    first = evaluation.results[0]
    strips = []
    for at in first.at:
        for worst in at.worst:
            places = 1 if worst.figure == "pixel_jump" else 3
            words = f"{_WORDS[worst.figure]}, {decimals(worst.value, places)}: {label(worst.ramp)}"
            title = f"{words}, truncation {at.truncation:g}"
            strips.append(_strip(worst.ramp, worst.seed, first, at, evaluation) | {"model": title})
    return strips


@torch.inference_mode()
def _strip(name: str, seed: int, result: ModelResult, at: TruncationResult, evaluation: Evaluation) -> dict[str, Any]:
    planned, model = evaluation.plan[name], result.model.network
    slider = planned.slider.name
    z = torch.from_numpy(latents([seed] * len(planned.asked), model.z_dim)).to(model.device)
    values = torch.from_numpy(planned.values_for(model.sliders[slider]).copy()).float().to(model.device)
    images = model.edit(z, {slider: values}, truncation_psi=at.truncation).float()
    row, ramp = at.ramps.seeds.tolist().index(seed), list(at.attributes).index(name)
    measured = planned.on_scale(at.ramps.measured[row, ramp, :, evaluation.measured_names.index(slider)])
    return {"model": result.model.name, "seed": seed, "faces": _faces(images, planned.asked, measured)}


def _faces(images: torch.Tensor, asked: NDArray[np.float64], measured: NDArray[np.float64]) -> list[dict[str, str]]:
    return [
        {"uri": _picture_uri(picture), "asked": decimals(want, 2), "measured": decimals(got, 2)}
        for picture, want, got in zip(to_arrays(images), asked.tolist(), measured.tolist(), strict=True)
    ]


def _picture_uri(pixels: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(pixels)
    if max(picture.size) > _FACE_PIXELS:
        picture.thumbnail((_FACE_PIXELS, _FACE_PIXELS), Image.Resampling.LANCZOS)
    return picture_uri(picture, quality=88)

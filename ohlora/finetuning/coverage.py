"""More labelled faces where the folder has few: the young sliders move faces to values from end to end, and the label path labels them.

Most faces of a folder lie in the middle of an attribute, or, like gender, at both ends: a network that learned from them alone
guesses elsewhere. Labels are made as `ohlora label` makes them; no gradient passes the label path.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.device import autocast
from ohlora.files import replacing
from ohlora.finetuning.data import LabelledFaces
from ohlora.finetuning.sampling import random_faces, random_targets
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.images.pixels import to_arrays
from ohlora.labelling.labeller import LabelPath
from ohlora.progress import progress_bar
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.slider import Slider

_PURPOSE = 61
_BATCH = 16
LEAST_ERROR = 0.01


@dataclass(frozen=True)
class CoverageFaces:
    """Labelled faces of edited latents.

    Attributes:
        w: `(N, w_dim)` float32, truncated.
        images: `(N, S, S, 3)` uint8 RGB.
        values: Attributes `(N, K)` float32, NaN where missing.
        asked: What the sliders were set to `(N, K)` float32, NaN where they were not.
    """

    w: NDArray[np.float32]
    images: NDArray[np.uint8]
    values: NDArray[np.float32]
    asked: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)

    def save(self, path: Path) -> None:
        """Writes all of it as one file, which appears whole or not at all."""
        with replacing(path, durable=True) as temporary, temporary.open("wb") as file:
            np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> CoverageFaces:
        """Reads what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[field.name] for field in fields(cls)))


@torch.no_grad()
def draw_coverage(
    model: ConditionalGenerator,
    label_path: LabelPath,
    settings: FinetuneSettings,
    number: int,
    size: int,
    dtype: torch.dtype = torch.float32,
    weights: NDArray[np.float64] | None = None,
    *,
    progress: bool = False,
) -> CoverageFaces:
    """Draws and labels the faces of one round.

    Args:
        model: Its sliders are moved as far as they have learned to; ones that have not leave the faces as they are.
        label_path: Labels the faces.
        settings: `coverage_faces` of them.
        number: Of the round; other rounds draw other faces.
        size: Edge of the kept images in pixels; larger ones are averaged down.
        dtype: What the synthesis computes in.
        weights: How often each slider is moved, as `slider_errors` tells; None for equally often.
        progress: Whether a bar is shown.
    """
    sliders = list(model.sliders.values())
    parts: list[CoverageFaces] = []
    with progress_bar(f"label faces, round {number + 1}", "face", settings.coverage_faces, 0, progress) as bar:
        for first in range(0, settings.coverage_faces, _BATCH):
            count = min(_BATCH, settings.coverage_faces - first)
            step = number * settings.coverage_faces + first
            z, psi = random_faces(settings, _PURPOSE, step, count, model.z_dim)
            wanted = random_targets(settings, _PURPOSE, step, count, sliders, weights)
            with autocast(model.device, dtype):
                ws = model.edited_ws(z.to(model.device), wanted.to(model.device), psi.to(model.device))
                images = model.base.synthesis(ws).float()
            labels = _labels(label_path, images)
            parts.append(CoverageFaces(ws[:, 0].float().cpu().numpy(), to_arrays(images, size), labels, wanted.numpy()))
            bar.update(count)
    return CoverageFaces(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(CoverageFaces)))


def slider_errors(faces: CoverageFaces, sliders: list[Slider]) -> NDArray[np.float64]:
    """How far each moved slider is off `(K,)`, in shares of its range, and at least a hundredth: where a next round is needed most."""
    span = np.array([slider.span for slider in sliders])
    off = np.abs(faces.values - faces.asked) / span
    known = ~np.isnan(off)
    means = np.where(known, off, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.maximum(means, LEAST_ERROR), np.float64)


def with_coverage(data: LabelledFaces, rounds: list[CoverageFaces]) -> LabelledFaces:
    """The labelled faces and those of the rounds, whose latents no seed tells."""
    added = sum(len(one) for one in rounds)
    return replace(
        data,
        images=np.concatenate([data.images, *(one.images for one in rounds)]),
        values=np.concatenate([data.values, *(one.values for one in rounds)]),
        seeds=np.concatenate([data.seeds, np.full(added, -1)]),
        truncation=np.concatenate([data.truncation, np.ones(added, np.float32)]),
    )


def _labels(label_path: LabelPath, images: Tensor) -> NDArray[np.float32]:
    return label_path.measure(images).astype(np.float32)

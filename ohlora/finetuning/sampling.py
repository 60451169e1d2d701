"""Random faces and targets, and the latents of labelled faces."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.finetuning.data import LabelledFaces
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.slider import Slider
from ohlora.training.schedule import step_random
from stylegan import Generator


def random_faces(settings: FinetuneSettings, purpose: int, step: int, count: int, z_dim: int) -> tuple[Tensor, Tensor]:
    """Fresh z `(B, z_dim)` and truncations `(B, 1)` of a step."""
    random = step_random(settings.seed, purpose, step)
    z = torch.from_numpy(random.standard_normal((count, z_dim))).float()
    return z, torch.from_numpy(random.uniform(settings.truncation, 1.0, (count, 1))).float()


def random_targets(
    settings: FinetuneSettings,
    purpose: int,
    step: int,
    count: int,
    sliders: list[Slider],
    weights: NDArray[np.float64] | None = None,
) -> Tensor:
    """Values of a random subset of the sliders `(B, K)`, NaN for the others; every other face has a single one moved.

    Args:
        settings: The run's settings.
        purpose: Other purposes draw other values.
        step: Likewise.
        count: B.
        sliders: All K.
        weights: How often each slider is the one that is moved in any case, `(K,)`; None for equally often.
    """
    random = step_random(settings.seed, purpose + 1000, step)
    size = (count, len(sliders))
    values = torch.from_numpy(random.random(size)).float()
    values = torch.tensor([s.low for s in sliders]) + torch.tensor([s.span for s in sliders]) * values
    moved = random.random(size) < 0.4
    moved[random.random(count) < 0.5] = False
    share = None if weights is None else weights / weights.sum()
    moved[np.arange(count), random.choice(len(sliders), size=count, p=share)] = True
    return torch.where(torch.from_numpy(moved), values, torch.nan)


@torch.no_grad()
def own_latents(base: Generator, data: LabelledFaces) -> tuple[Tensor, Tensor]:
    """Truncated w `(N, w_dim)` of the labelled faces that the generator drew itself, with their attributes `(N, K)`."""
    average = base.truncation.w_avg
    own, z, psi = data.latents(base.config.z_dim)
    w = average + (base.mapping(z.to(average.device)) - average) * psi.to(average.device)
    return w, torch.from_numpy(data.values[own]).to(average.device)

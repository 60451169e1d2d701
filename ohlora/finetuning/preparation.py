"""What comes before pictures are drawn: random faces and targets, and the readout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ohlora.finetuning.labelled_faces import LabelledFaces
from ohlora.finetuning.rarity import rarity
from ohlora.finetuning.schedule import rate_at, step_random
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.readout import Readout
from ohlora.sliders import Slider
from stylegan import Generator

_READOUT = 12
_BATCH = 256

Advance = Callable[[int], object]


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


def train_readout(readout: Readout, w: Tensor, values: Tensor, steps: int, seed: int, advance: Advance = int) -> float:
    """Fits a readout, and leaves it frozen; rare values count more, as for the predictors.

    Args:
        readout: To train.
        w: `(N, w_dim)`.
        values: Attributes `(N, K)`, NaN where missing.
        steps: Optimiser steps.
        seed: Of the first weights and of the batches.
        advance: Called with 1 after every step.

    Returns:
        Mean absolute error on the tenth held out, in shares of the range.
    """
    torch.manual_seed(seed)
    for module in readout.modules():
        if isinstance(module, nn.Linear):
            module.reset_parameters()
    readout.standardise(w)
    readout.requires_grad_(True)
    order = torch.from_numpy(step_random(seed, _READOUT, 0).permutation(len(w))).to(w.device)
    held_out, kept = order[: max(1, len(w) // 10)], order[max(1, len(w) // 10) :]
    span = readout.high - readout.low
    shares = ((values - readout.low) / span).cpu().numpy()
    importance = torch.from_numpy(rarity(shares)).to(w.device)
    optimizer = torch.optim.AdamW(readout.parameters(), lr=2e-3, weight_decay=0.02)
    with torch.enable_grad():
        for step in range(steps):
            for group in optimizer.param_groups:
                group["lr"] = 2e-3 * rate_at(step, steps)
            random = step_random(seed, _READOUT, step + 1)
            chosen = kept[torch.from_numpy(random.integers(len(kept), size=_BATCH)).to(w.device)]
            noise = torch.from_numpy(random.standard_normal((_BATCH, w.shape[1]))).float().to(w.device)
            error = readout.losses(w[chosen] + 0.03 * readout.scale * noise, values[chosen])
            loss = (error.mean(dim=0) * importance[chosen]).sum() / importance[chosen].sum().clamp_min(1e-6)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            advance(1)
    readout.requires_grad_(False)
    with torch.no_grad():
        return float(((readout(w[held_out]) - values[held_out]).abs() / span).nanmean())

"""Random faces and requests, the latents of labelled faces, and how much a label counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.finetuning.data import LabelledFaces
from ohlora.sliders.slider import Slider
from stylegan import GeneratorNetwork

_FULL = 0.3
"""Share of faces with truncation exactly 1, where a generator has its own faces."""
_SINGLE, _ALL = 0.5, 0.2
"""Share of requests that set one slider, and every slider; the others set some."""
_ENDS = 0.12
"""Share of values at an end of the range: that is where ramps begin and end."""
_BINS, _MOST = 10, 4.0


def random_faces(random: np.random.Generator, count: int, z_dim: int, least: float) -> tuple[Tensor, Tensor]:
    """Fresh z `(B, z_dim)` and truncations `(B, 1)` from `least` to 1."""
    z = torch.from_numpy(random.standard_normal((count, z_dim), dtype=np.float32))
    return z, random_truncations(random, count, least)


def random_truncations(random: np.random.Generator, count: int, least: float) -> Tensor:
    """Truncations `(B, 1)` from `least` to 1, in steps of a thousandth."""
    psi = random.uniform(least, 1.0, (count, 1)).round(3)
    psi[random.random(count) < _FULL] = 1.0
    return torch.from_numpy(psi).float()


def random_requests(
    random: np.random.Generator, count: int, sliders: Sequence[Slider], weights: NDArray[np.float64] | None = None
) -> Tensor:
    """Values of one slider, some or all of them `(B, K)`, NaN for the others; in steps of a ten-thousandth of the range.

    Args:
        random: Source of the random numbers.
        count: B.
        sliders: All K.
        weights: How often each slider is the one that is set in any case, `(K,)`; None for equally often.
    """
    size = (count, len(sliders))
    shares = random.random(size).round(4)
    at_end = random.random(size)
    shares[at_end < 0.5 * _ENDS], shares[at_end > 1.0 - 0.5 * _ENDS] = 0.0, 1.0
    values = np.array([s.low for s in sliders]) + np.array([s.span for s in sliders]) * shares
    kind = random.random(count)
    is_set = random.random(size) < 0.4
    is_set[kind < _SINGLE], is_set[kind >= 1.0 - _ALL] = False, True
    share = None if weights is None else weights / weights.sum()
    is_set[np.arange(count), random.choice(len(sliders), size=count, p=share)] = True
    return torch.from_numpy(np.where(is_set, values, np.nan)).float()


@torch.no_grad()
def own_latents(base: GeneratorNetwork, data: LabelledFaces) -> tuple[Tensor, Tensor]:
    """Truncated w `(N, w_dim)` of the labelled faces that the generator drew itself, with their attributes `(N, K)`."""
    own, z, psi = data.latents(base.z_dim)
    w = base.truncate(base.map(z.to(base.device)), psi.to(base.device))[:, 0]
    return w, torch.from_numpy(data.values[own]).to(w.device)


def inverse_frequency_weights(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much labels count: the root of how rare a value is among its attribute's.

    Sliders are used from end to end, while most faces lie in the middle of an attribute, or at both ends.

    Args:
        shares: Attributes `(N, K)` in shares of their ranges, NaN where missing.

    Returns:
        `(N, K)`, from 1 for values in an attribute's fullest tenth of the range to 4; 0 where missing.
    """
    weights = np.zeros(shares.shape, np.float32)
    for column, values in enumerate(shares.T):
        present = ~np.isnan(values)
        bins = np.clip((values[present] * _BINS).astype(np.int64), 0, _BINS - 1)
        counts = np.bincount(bins, minlength=_BINS).astype(np.float64)
        factors = np.sqrt(counts.max() / np.maximum(counts, 1.0))
        weights[present, column] = np.minimum(factors, _MOST)[bins]
    return weights

"""Paper, grain and slow irregularities: fixed noise in units of the picture, the same in every portrait and at any size."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter

from ohlora.portraits.scene import UNITS
from ohlora.portraits.styles.layers import Floats, fitted

# Samples a side of all noise; finer grain than half a unit is not drawn.
_SAMPLES = 512


@lru_cache(maxsize=64)
def noise(seed: int, size: float, edge: int) -> Floats:
    """Smooth noise of mean 0 and deviation 1, (edge, edge), whose blots are about `size` units wide."""
    samples = _SAMPLES if size < 6.0 else _SAMPLES // 8
    white = np.random.default_rng(seed).standard_normal((samples, samples)).astype(np.float32)
    smooth = gaussian_filter(white, 0.35 * size * samples / UNITS, mode="wrap")
    smooth = (smooth - smooth.mean()) / smooth.std()
    large: Floats = fitted(smooth, edge)
    large.setflags(write=False)
    return large


@lru_cache(maxsize=8)
def tooth(seed: int, edge: int) -> Floats:
    """The height of a paper's surface in 0..1, (edge, edge): fine tooth on broader fibres."""
    height = 0.8 * noise(seed, 1.1, edge) + 0.5 * noise(seed + 1, 2.6, edge) + 0.25 * noise(seed + 2, 7.0, edge)
    ranks: Floats = np.clip(0.5 + 0.24 * height, 0.0, 1.0).astype(np.float32)
    ranks.setflags(write=False)
    return ranks

"""How much a label counts: sliders are used from end to end, while most faces lie in the middle or at both ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BINS = 10
MOST = 4.0


def rarity(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights of labels: the root of how rare a value is among its attribute's.

    Args:
        shares: Attributes `(N, K)` in shares of their ranges, NaN where missing.

    Returns:
        `(N, K)`, from 1 for values in an attribute's fullest tenth of the range to 4; 0 where missing.
    """
    weights = np.zeros(shares.shape, np.float32)
    for column, values in enumerate(shares.T):
        present = ~np.isnan(values)
        bins = np.clip((values[present] * BINS).astype(np.int64), 0, BINS - 1)
        counts = np.bincount(bins, minlength=BINS).astype(np.float64)
        factors = np.sqrt(counts.max() / np.maximum(counts, 1.0))
        weights[present, column] = np.minimum(factors, MOST)[bins]
    return weights

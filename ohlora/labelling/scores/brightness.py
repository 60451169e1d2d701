"""Statistics of the brightness of a region, from histograms over R + G + B (0..765, three times the brightness)."""

from __future__ import annotations

import numpy as np

from ohlora.labelling.scores.pixels import Floats, Integers, divide

BRIGHTNESS_LEVELS = 3 * 255 + 1


def trimmed(histogram: Integers, low: float, high: float) -> Integers:
    """(B, L) what is left of a histogram between the ranks int(low n) and int(high n), the upper one excluded.

    Args:
        histogram: (B, L) counts over ascending values.
        low: share dropped from the lower end.
        high: share at which the upper end is dropped.
    """
    n = histogram.sum(axis=1, keepdims=True)
    first, last = np.trunc(low * n).astype(np.int64), np.trunc(high * n).astype(np.int64)
    upper = np.clip(np.cumsum(histogram, axis=1), first, last)
    return np.diff(upper, axis=1, prepend=first)


def brightness_median(histogram: Integers) -> Floats:
    """(B,) median brightness (0..255) of a histogram over R + G + B; NaN without pixels."""
    n = histogram.sum(axis=1)
    upto = np.cumsum(histogram, axis=1)
    lower, upper = ((upto > rank[:, None]).argmax(axis=1) for rank in ((n - 1) // 2, n // 2))
    return np.where(n > 0, (lower + upper) / 6.0, np.nan)


def brightness_moments(histogram: Integers) -> tuple[Floats, Floats]:
    """(B,) mean and standard deviation of the brightness (0..255) of a histogram; NaN without pixels."""
    level = np.arange(BRIGHTNESS_LEVELS) / 3.0
    n = histogram.sum(axis=1)
    mean = divide(histogram @ level, n)
    squares = (histogram * (level - np.nan_to_num(mean)[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(divide(squares, n))

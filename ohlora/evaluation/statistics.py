"""What is computed from measured ramps: correlation, error, straight lines, drift, and intervals.

Everything works on arrays whose first axis is z, with NaN where a label is missing. A figure per z has shape `(Z,)`; its
mean comes with a bootstrap interval over z, because the images of one z are not independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
CONFIDENCE = 0.95
LEAST_POINTS = 3
"""Points of a ramp that must have a label; fewer say nothing about a line."""
_FLAT = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A mean over z.

    Attributes:
        mean: The mean; NaN where nothing was measured.
        low: Lower end of the 95 % bootstrap interval.
        high: Upper end of it.
        deviation: Standard deviation over z.
        count: How many z have the figure.
    """

    mean: float
    low: float
    high: float
    deviation: float
    count: int


def estimate(values: Floats, seed: int = 0) -> Estimate:
    """Mean and percentile bootstrap interval (Efron 1979) of figures `(Z,)`; NaN entries do not count."""
    known = values[~np.isnan(values)]
    if not known.size:
        return Estimate(np.nan, np.nan, np.nan, np.nan, 0)
    picks = resamples(known.size, seed)
    low, high = _interval(known[picks].mean(axis=1))
    return Estimate(float(known.mean()), low, high, float(known.std()), int(known.size))


def resamples(count: int, seed: int = 0) -> NDArray[np.int64]:
    """Indices `(RESAMPLES, count)` drawn with replacement, the same for the same arguments."""
    return np.random.default_rng([seed, count]).integers(0, count, size=(RESAMPLES, count))


def _interval(means: Floats) -> tuple[float, float]:
    tail = 50.0 * (1.0 - CONFIDENCE)
    low, high = np.nanpercentile(means, [tail, 100.0 - tail])
    return float(low), float(high)


@dataclass(frozen=True)
class Lines:
    """Least squares through every ramp, each figure `(Z,)`.

    Attributes:
        r: Pearson's r of the measured values with the asked ones; 0 for a flat ramp, NaN with fewer than three labels.
        slope: Rise of the line; 1 where the slider does exactly what it says.
    """

    r: Floats
    slope: Floats

    @property
    def r_squared(self) -> Floats:
        """Share of the ramp's variance that its straight line explains; for a line through one variable, r squared."""
        return self.r**2


def fit_lines(asked: Floats, measured: Floats) -> Lines:
    """Correlate every ramp with what was asked.

    Args:
        asked: Slider values `(S,)`, or `(Z, S)`.
        measured: Measured values `(Z, S)`, NaN where missing.
    """
    moments = _Moments.of(np.broadcast_to(asked, measured.shape), measured)
    enough = moments.count >= LEAST_POINTS
    return Lines(np.where(enough, moments.correlation(), np.nan), np.where(enough, moments.slope(), np.nan))


def pooled_correlation(asked: Floats, measured: Floats, seed: int = 0) -> Estimate:
    """Pearson's r over all images of all ramps, with an interval from resampling whole ramps; arguments as `fit_lines`.

    `deviation` is that of the resampled r.
    """
    moments = _Moments.of(np.broadcast_to(asked, measured.shape), measured)
    total = moments.sum()
    if total.count < LEAST_POINTS:
        return Estimate(np.nan, np.nan, np.nan, np.nan, 0)
    spread = moments.resampled(resamples(len(measured), seed)).correlation()
    low, high = _interval(spread)
    return Estimate(float(total.correlation()), low, high, float(spread.std()), int(total.count))


@dataclass(frozen=True)
class _Moments:
    """Sums per ramp, from which correlations of any union of ramps follow."""

    count: Floats
    x: Floats
    y: Floats
    xx: Floats
    yy: Floats
    xy: Floats

    @classmethod
    def of(cls, asked: Floats, measured: Floats) -> _Moments:
        known = ~np.isnan(measured)
        x, y = np.where(known, asked, 0.0), np.where(known, measured, 0.0)
        return cls(known.sum(1).astype(float), x.sum(1), y.sum(1), (x * x).sum(1), (y * y).sum(1), (x * y).sum(1))

    def _parts(self) -> tuple[Floats, ...]:
        return self.count, self.x, self.y, self.xx, self.yy, self.xy

    def sum(self) -> _Moments:
        return _Moments(*(part.sum() for part in self._parts()))

    def resampled(self, picks: NDArray[np.int64]) -> _Moments:
        return _Moments(*(part[picks].sum(axis=1) for part in self._parts()))

    def _spreads(self) -> tuple[Floats, Floats, Floats]:
        count = np.maximum(self.count, 1.0)
        xx, yy = self.xx / count - (self.x / count) ** 2, self.yy / count - (self.y / count) ** 2
        return np.maximum(xx, 0.0), np.maximum(yy, 0.0), self.xy / count - self.x * self.y / count**2

    def correlation(self) -> Floats:
        """Pearson's r; a slider that moves nothing has no control, which 0 says better than a gap."""
        xx, yy, xy = self._spreads()
        moves = (xx > _FLAT) & (yy > _FLAT)
        return np.clip(np.where(moves, xy / np.sqrt(np.where(moves, xx * yy, 1.0)), 0.0), -1.0, 1.0)

    def slope(self) -> Floats:
        xx, _, xy = self._spreads()
        return np.where(xx > _FLAT, xy / np.where(xx > _FLAT, xx, 1.0), 0.0)


def absolute_errors(asked: Floats, measured: Floats, width: float) -> Floats:
    """Mean absolute difference of every ramp `(Z,)`, as a share of the range; arguments as `fit_lines`.

    Args:
        asked: Slider values `(S,)`.
        measured: Measured values `(Z, S)`.
        width: Width of the slider's range.
    """
    return mean_known(np.abs(measured - asked) / width, axis=1)


def drifts(measured: Floats, width: float | Floats) -> Floats:
    """Absolute change `(Z,)` from one end of the ramp to the other, as a share of that attribute's own range.

    Args:
        measured: Values `(Z, S)` of an attribute that should have stayed, or `(Z, S, M)` of several.
        width: Width of its range, or `(M,)` of theirs; the result is then `(Z, M)`.
    """
    return np.abs(measured[:, -1] - measured[:, 0]) / width


def mean_known(values: Floats, axis: int) -> Floats:
    """Mean over an axis without the NaN entries; NaN where there is nothing else."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)

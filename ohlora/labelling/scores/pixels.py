"""Lists of the pixels of a region in a batch of label maps, and what is measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

STRAY = 4.0
"""Pixels farther from a region's middle than this many times the median distance do not belong to it. In a solid shape,
however thin, no pixel is farther than about 2.5 times the median."""


@dataclass(frozen=True)
class Pixels:
    """The pixels of one region in a batch of maps, ordered by map, then row, then column.

    Attributes:
        batch: number of maps B.
        image: (N,) index of each pixel's map.
        y: (N,) row, downwards from 0.
        x: (N,) column, to the viewer's right from 0.
    """

    batch: int
    image: Integers
    y: Integers
    x: Integers

    @cached_property
    def count(self) -> Integers:
        """(B,) number of pixels of each map."""
        return np.bincount(self.image, minlength=self.batch).astype(np.int64)

    def total(self, values: npt.ArrayLike) -> Floats:
        """(B,) sum of `values` (N,) over each map's pixels; 0 without pixels."""
        weights = np.asarray(values, dtype=np.float64)
        return np.bincount(self.image, weights=weights, minlength=self.batch).astype(np.float64)

    def mean(self, values: npt.ArrayLike) -> Floats:
        """(B,) mean of `values` (N,) over each map's pixels; NaN without pixels."""
        return divide(self.total(values), self.count)

    def lowest(self, values: npt.ArrayLike) -> Floats:
        """(B,) minimum of `values` (N,) over each map's pixels; NaN without pixels."""
        return self._reduce(np.minimum, values)

    def highest(self, values: npt.ArrayLike) -> Floats:
        """(B,) maximum of `values` (N,) over each map's pixels; NaN without pixels."""
        return self._reduce(np.maximum, values)

    def span(self, values: npt.ArrayLike) -> Floats:
        """(B,) maximum minus minimum of `values` (N,); NaN without pixels."""
        return self.highest(values) - self.lowest(values)

    def spread(self, values: npt.ArrayLike) -> Floats:
        """(B,) standard deviation of `values` (N,); NaN without pixels."""
        deviation = np.asarray(values, dtype=np.float64) - self.mean(values)[self.image]
        return np.sqrt(self.mean(deviation**2))

    def where(self, keep: npt.NDArray[np.bool_]) -> Pixels:
        """The pixels selected by `keep` (N,)."""
        return Pixels(self.batch, self.image[keep], self.y[keep], self.x[keep])

    def median(self, values: npt.ArrayLike) -> Floats:
        """(B,) upper median of `values` (N,) over each map's pixels; NaN without pixels."""
        array = np.asarray(values, dtype=np.float64)
        present = self.count > 0
        middle = (np.cumsum(self.count) - self.count + self.count // 2)[present]
        result = np.full(self.batch, np.nan)
        result[present] = array[np.lexsort((array, self.image))[middle]]
        return result

    def without_strays(self) -> Pixels:
        """The pixels around the region's middle, without a parser's specks elsewhere in the picture."""
        distance = np.hypot(self.x - self.median(self.x)[self.image], self.y - self.median(self.y)[self.image])
        # One more pixel keeps what is left of a region of a few pixels together.
        return self.where(distance <= STRAY * self.median(distance)[self.image] + 1.0)

    def _reduce(self, function: np.ufunc, values: npt.ArrayLike) -> Floats:
        result = np.full(self.batch, np.nan)
        present = np.flatnonzero(self.count)
        if len(present):
            starts = (np.cumsum(self.count) - self.count)[present]
            result[present] = function.reduceat(np.asarray(values, dtype=np.float64), starts)
        return result


def divide(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Floats:
    """Quotient as float64, NaN where the denominator is 0."""
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    result: Floats = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    np.divide(top, bottom, out=result, where=bottom != 0.0)
    return result

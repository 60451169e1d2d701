"""The report's statistics: from columns of the table to distributions, correlations and counts of what is missing.

Every statistic runs over the images where its attributes are known; how many these are stands beside it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class AttributeSummary:
    """One attribute over all images; NaN where no image has it.

    Attributes:
        name: The attribute.
        count: Images that have it.
        missing: Images that lack it.
        mean: Mean of the normalised values.
        deviation: Their standard deviation.
        median: Their median.
        raw_low: Smallest raw score.
        raw_high: Largest raw score.
    """

    name: str
    count: int
    missing: int
    mean: float
    deviation: float
    median: float
    raw_low: float
    raw_high: float


def summarise(name: str, values: NDArray[np.float64], scores: NDArray[np.float64]) -> AttributeSummary:
    """Summarise an attribute's normalised values `(N,)` and raw scores `(N,)`, NaN where missing."""
    known, raw = values[~np.isnan(values)], scores[~np.isnan(scores)]
    figures = (known.mean(), known.std(), np.median(known)) if known.size else (np.nan, np.nan, np.nan)
    bounds = (raw.min(), raw.max()) if raw.size else (np.nan, np.nan)
    return AttributeSummary(name, known.size, values.size - known.size, *map(float, (*figures, *bounds)))


@dataclass(frozen=True)
class Correlation:
    """Pearson's correlation of two attributes over the images that have both."""

    first: str
    second: str
    r: float
    count: int


def correlations(columns: Columns) -> list[Correlation]:
    """Correlate every pair of columns, strongest first; NaN, for a pair that cannot be correlated, comes last."""
    names = list(columns)
    pairs = [
        Correlation(first, second, *_pearson(columns[first], columns[second]))
        for i, first in enumerate(names)
        for second in names[i + 1 :]
    ]
    return sorted(pairs, key=lambda pair: -abs(pair.r) if not np.isnan(pair.r) else np.inf)


def correlation_matrix(columns: Columns) -> NDArray[np.float64]:
    """Pearson's correlations of all columns as a matrix `(A, A)`, NaN where it is undefined."""
    return np.array([[_pearson(a, b)[0] for b in columns.values()] for a in columns.values()])


def _pearson(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, int]:
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    # Three points are the least that say anything, and a constant has no correlation.
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), int(x.size)
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1)), int(x.size)


def extremes(values: NDArray[np.float64], count: int) -> tuple[list[int], list[int]]:
    """Find the images with the lowest and the highest values of an attribute.

    Args:
        values: Values `(N,)`, NaN where missing.
        count: How many at each end; with fewer than twice as many known values, no image is at both ends.

    Returns:
        Indices of the lowest, lowest first, and of the highest, highest last.
    """
    order = np.argsort(values, kind="stable")[: int((~np.isnan(values)).sum())].tolist()
    count = min(count, len(order) // 2)
    return order[:count], order[len(order) - count :]


def count_reasons(missing: Sequence[str]) -> list[tuple[str, str, int]]:
    """Count why things are missing.

    Args:
        missing: Cells of the column `missing`: `attribute: reason` between semicolons.

    Returns:
        What is missing, why, and in how many images, most frequent first.
    """
    reasons = Counter(part.strip() for cell in missing for part in cell.split(";") if part.strip())
    parts = [(*reason.partition(": ")[::2], count) for reason, count in reasons.most_common()]
    return [(what, why, count) for what, why, count in parts]

"""The worst that happens inside ramps: excursions of attributes that should stay, jumps between neighbours, lowest identity.

A mean from one end of a ramp to the other hides what comes and goes in between: a face that turns into another person half way and
back again has no drift. Every figure here is one number per face, the worst of its ramp; over faces its mean, its fifth percentile
from the bad end and its worst are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

JUMP = 0.1
"""A change of an attribute between neighbours, as a share of its range, that is seen as a jump."""
_TAIL = 5.0  # percent of faces that are worse than the tail


@dataclass(frozen=True)
class Extreme:
    """The worst of each ramp, over faces.

    Attributes:
        mean: Mean over faces; NaN where nothing was measured.
        tail: 5 % of faces are worse.
        worst: Of all faces.
        seed: Whose that is; None where nothing was measured.
        count: How many faces have the figure.
    """

    mean: float
    tail: float
    worst: float
    seed: int | None
    count: int

    def content(self) -> dict[str, Any]:
        """As JSON; None where nothing was measured."""
        return {name: value if self.count else None for name, value in asdict(self).items()} | {"count": self.count}


def extreme(values: Floats, seeds: Sequence[int] | NDArray[np.int64], higher_is_worse: bool = True) -> Extreme:
    """Describe the worst of each ramp `(Z,)`; NaN entries do not count."""
    known = np.flatnonzero(~np.isnan(values))
    if not known.size:
        return Extreme(np.nan, np.nan, np.nan, None, 0)
    present = values[known]
    at = int(present.argmax() if higher_is_worse else present.argmin())
    tail = np.percentile(present, 100.0 - _TAIL if higher_is_worse else _TAIL)
    return Extreme(float(present.mean()), float(tail), float(present[at]), int(seeds[known[at]]), int(known.size))


def excursions(measured: Floats, widths: Floats) -> Floats:
    """How far every attribute travels inside a ramp, from its lowest to its highest value, as a share of its range.

    Args:
        measured: `(Z, S, M)`, NaN where missing.
        widths: Width of each attribute's range `(M,)`.

    Returns:
        `(Z, M)`; NaN where nothing was measured.
    """
    return (_largest(measured, axis=1) + _largest(-measured, axis=1)) / widths


def largest_steps(measured: Floats, widths: Floats) -> Floats:
    """Largest change of every attribute between neighbours of a ramp, `(Z, M)`; arguments as for `excursions`.

    A step to or from a missing label is unknown and does not count.
    """
    return _largest(np.abs(np.diff(measured, axis=1)), axis=1) / widths


def largest(values: Floats) -> Floats:
    """The largest of each row `(Z, M)`, without the NaN entries; NaN where there is nothing else."""
    return _largest(values, axis=1)


def lowest(values: Floats) -> Floats:
    """The lowest of each row `(Z, S)`, likewise."""
    return -_largest(-values, axis=1)


def share_above(values: Floats, bound: float) -> float:
    """Share of the figures `(Z,)` above a bound; NaN entries do not count."""
    known = values[~np.isnan(values)]
    return float((known > bound).mean()) if known.size else np.nan


def _largest(values: Floats, axis: int) -> Floats:
    top = np.where(np.isnan(values), -np.inf, values).max(axis=axis, initial=-np.inf)
    return np.where(np.isinf(top), np.nan, top)

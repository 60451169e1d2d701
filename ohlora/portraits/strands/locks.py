"""Locks: many strands of hair as arrays, whatever kind of hair they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ohlora.portraits.strands.scalp import Floats

Bools = npt.NDArray[np.bool_]

EARS = -12.0
"""Depth z behind which hair lies behind ears, face and neck."""

POINTS = 16
"""Points of a lock that is neither waved nor curled."""


@dataclass(frozen=True)
class Locks:
    """Locks in head coordinates.

    Attributes:
        points: (N, S, 3), from root to tip.
        half_width: (N, S) in units.
        tone: (N,) brightness of each lock, about 1.
        depth: (N,) 0 for what lies close to the head, under other locks, 1 for what lies on top.
        order: (N,) locks are painted in increasing order.
        cell: (N,) which pattern of strands each has.
        blunt: 0 ragged tips, 1 cut off straight.
        opacity: greatest alpha in 0..1, for all or (N, S).
        shine: strength of highlights.
        whole: whether a lock lies before or behind the ears as a whole; others pass from the one to the other.
    """

    points: Floats
    half_width: Floats
    tone: Floats
    depth: Floats
    order: Floats
    cell: npt.NDArray[np.int64]
    blunt: float = 0.0
    opacity: float | Floats = 1.0
    shine: float = 1.0
    whole: bool = False

    def in_front(self) -> Bools:
        """(N, S - 1) which pieces of the locks lie before the ears and are painted after the face."""
        if self.whole:
            before = self.points[:, 0, 2] > EARS
            return np.repeat(before[:, None], self.points.shape[1] - 1, axis=1)
        middle = 0.5 * (self.points[:, 1:] + self.points[:, :-1])
        front: Bools = middle[..., 2] > EARS
        return front

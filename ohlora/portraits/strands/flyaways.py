"""Flying hairs: thin strands that leave the others, so that no outline is that of a helmet."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import outward

_NOISE = np.random.default_rng(61).uniform(-1.0, 1.0, size=(64, 5))


def flying_locks(locks: Locks, frizz: float) -> Locks:
    """Some of the locks again as thin strands, farther off the head towards their tips."""
    count = min(44, len(locks.points))
    chosen = np.linspace(0, len(locks.points) - 1, count).astype(int)
    noise, points = _NOISE[:count], locks.points[chosen]
    t = np.linspace(0.0, 1.0, points.shape[1])[None, :, None]
    away = outward(points) * (1.5 + (2.5 + 7.0 * frizz) * np.abs(noise[:, :1, None]) * t)
    sway = noise[:, None, 1:4] * (2.0 + 6.0 * frizz) * t * np.sin(4.0 * t + 3.0 * noise[:, 4:5, None])
    return Locks(
        points=points + away + sway,
        half_width=np.full((count, points.shape[1]), 0.35 + 0.12 * frizz),
        tone=1.05 + 0.1 * noise[:, 0],
        depth=np.full(count, 0.95),
        order=locks.order[chosen] + 0.5,
        cell=np.arange(count) % CELLS,
        opacity=0.62,
    )

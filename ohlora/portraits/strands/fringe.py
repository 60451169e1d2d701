"""The fringe: locks over the forehead, straight, to one side, or thin."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.head import Head, surface
from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import Floats, Scalp
from ohlora.portraits.strands.waves import waved

COUNT, POINTS = 48, 9
_NOISE = np.random.default_rng(37).uniform(-1.0, 1.0, size=(COUNT, 5))


def fringe_locks(head: Head, scalp: Scalp) -> Locks:
    """Locks from the top of the forehead to the height that `fringe` says, 1 being the brows."""
    p = head.p
    place = ((np.arange(COUNT) * 0.61803398875) % 1.0 * 2.0 - 1.0) + 0.03 * _NOISE[:, 0]
    share = 0.04 + 0.34 * (np.arange(COUNT) + 0.5) / COUNT
    side = p.fringe_side
    roots = scalp.points(46.0 * place + 22.0 * -side * (1.0 - 0.4 * np.abs(place)), share)
    x = 54.0 * place + 30.0 * side * p.fringe * (1.0 - 0.5 * place**2)
    x = np.clip(x, -63.0, 63.0)
    top = scalp.line(np.zeros(1))[0]
    # A side fringe is short where it starts and long where it ends.
    slope = 13.0 * np.sign(side) * x / 54.0 * min(abs(side) * 1.4, 1.0)
    tip_y: Floats = mix(top + 4.0, -21.0, p.fringe) + 10.0 * (x / 54.0) ** 2 * p.fringe + slope * p.fringe
    tip_y = tip_y + mix(2.0, 9.0, p.fringe_wispy) * _NOISE[:, 1] - 5.0 * p.fringe_wispy
    tip_y = np.minimum(tip_y, -4.0)
    tip = np.stack([x, tip_y, surface(x, tip_y) * 0.92 + 4.0], axis=1)
    over = np.stack([0.55 * roots[:, 0] + 0.45 * x, np.full(COUNT, top - 7.0), np.full(COUNT, 72.0)], axis=1)
    over[:, 2] -= 26.0 * (over[:, 0] / 60.0) ** 2
    t = np.linspace(0.0, 1.0, POINTS)[None, :, None]
    points: Floats = roots[:, None] * (1 - t) ** 2 + 2 * over[:, None] * t * (1 - t) + tip[:, None] * t**2
    points = waved(points, 0.7 * p.hair_wave, 0.8 * p.curl, 2.5 * _NOISE[:, 2])
    thin = np.clip(1.0 - p.fringe_wispy * (0.55 + 0.9 * (_NOISE[:, 3] + 0.4)), 0.3, 1.0)
    taper = 1.0 - mix(0.6, 0.15, p.hair_blunt) * np.linspace(0.0, 1.0, POINTS) ** 2
    grown = smoothstep(p.fringe, 0.0, 0.12)
    return Locks(
        points=points,
        half_width=6.8 * grown * thin[:, None] * taper[None] * (1.0 + 0.2 * _NOISE[:, 4:5]),
        tone=1.0 + 0.12 * _NOISE[:, 3],
        depth=np.clip(0.7 + 0.3 * share / 0.38, 0.0, 1.0),
        order=1.2 + share + 0.2 * side * place,
        cell=np.arange(COUNT) % CELLS,
        blunt=0.6 * p.hair_blunt,
    )

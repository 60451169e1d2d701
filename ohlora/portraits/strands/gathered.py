"""Gathered hair: combed to a bun, a ponytail or two braids."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.curves import mix, resample
from ohlora.portraits.head import Head
from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import CENTRE, Floats, Scalp, depth_inside
from ohlora.portraits.strands.waves import waved

COUNT, POINTS, TAIL, BALL = 130, 10, 34, 34
_RNG = np.random.default_rng(53)
_NOISE = _RNG.uniform(-1.0, 1.0, size=(COUNT, 5))
_AZIMUTH = (np.arange(COUNT) * 0.61803398875 + 0.4) % 1.0 * 360.0 - 180.0
_SHARE = (np.arange(COUNT) / COUNT) ** 1.5 * 0.9


def combed_locks(head: Head, scalp: Scalp, knots: Floats) -> Locks:
    """Hair from the whole scalp combed to the nearer of the knots (K, 3); with two knots it is parted."""
    roots = scalp.points(_AZIMUTH, _SHARE)
    if len(knots) > 1:
        goal = np.where((roots[:, 0] > 24.0 * head.p.part * (roots[:, 2] > 0.0))[:, None], knots[1], knots[0])
    else:
        goal = np.broadcast_to(knots[0], roots.shape)
    t = np.linspace(0.0, 1.0, POINTS)[None, :, None]
    straight = roots[:, None] * (1.0 - t) + goal[:, None] * t
    lift = 1.0 + (1.5 + mix(1.0, 6.0, head.p.hair_volume) * np.sin(np.pi * t[..., 0])) / 72.0
    inside = depth_inside(straight)
    points = CENTRE + (straight - CENTRE) * np.maximum(lift / np.maximum(inside, 1e-6), 1.0)[..., None]
    return Locks(
        points=points,
        half_width=(5.4 + 0.8 * _NOISE[:, :1]) * np.clip(0.35 + 3.0 * t[..., 0], 0.0, 1.0) * (1.0 - 0.3 * t[..., 0]),
        tone=1.0 + 0.13 * _NOISE[:, 1],
        depth=np.clip(0.6 + 0.3 * _SHARE + 0.15 * _NOISE[:, 2], 0.0, 1.0),
        order=_SHARE + 0.06 * _NOISE[:, 3],
        cell=np.arange(COUNT) % CELLS,
        blunt=1.0,
        shine=1.15,
    )


def bun_place(head: Head) -> Floats:
    """Where the bun sits (3,): high on the side away from the parting, so that the frame shows it."""
    side = 1.0 if head.p.part < 0 else -1.0
    return np.array([side * 50.0, -86.0, -14.0])


def bun_locks(place: Floats, radius: float) -> Locks:
    """A ball of hair wound about its middle."""
    noise = _NOISE[:BALL]
    ring = np.linspace(0.96, 0.10, BALL)
    start = 2.4 * np.arange(BALL)
    angle = start[:, None] + np.linspace(0.0, 2.6, POINTS)[None]
    # Circles about the line of sight, each tilted a little, as hair is that was wound by hand.
    wide = radius * ring[:, None] * np.linspace(1.0, 0.82, POINTS)[None]
    x, y = wide * np.cos(angle), wide * np.sin(angle)
    z = np.sqrt(np.maximum(radius**2 - x**2 - y**2, 0.0))
    x, z = x + 0.30 * noise[:, 2:3] * z, z - 0.30 * noise[:, 2:3] * x + 30.0
    y = 0.92 * y + 0.22 * noise[:, 3:4] * radius * (1.0 - ring[:, None])
    return Locks(
        points=place + np.stack([x, y, z], axis=2),
        half_width=np.full((BALL, POINTS), 0.19 * radius),
        tone=1.0 + 0.15 * noise[:, 1] + 0.1 * np.cos(start),
        depth=np.clip(1.05 - 0.55 * ring, 0.0, 1.0),
        order=2.0 - ring,
        cell=np.arange(BALL) % CELLS,
        shine=0.8,
    )


TAIL_KNOT = np.array([[0.0, -66.0, -76.0]])
BRAID_KNOTS = np.array([[-62.0, 44.0, -22.0], [62.0, 44.0, -22.0]])


def tail_locks(head: Head, tip_y: float, size: float) -> Locks:
    """A ponytail that comes over the shoulder on the side away from the parting."""
    p, noise = head.p, _NOISE[:TAIL]
    side = 1.0 if p.part < 0 else -1.0
    path = np.array([[0, -66, -80], [30, -40, -104], [62, 20, -70], [70, 74, -18], [62, 120, 18], [57, 236, 26.0]])
    path[:, 0] *= side
    spine = _until(path, max(tip_y, 70.0), 18)
    spread = np.sin(np.pi * np.clip(np.linspace(0.04, 0.86, 18), 0, 1)) ** 0.6 * mix(9.0, 17.0, size)
    offset = noise[:, None, :3] * spread[None, :, None] * np.array([1.0, 0.1, 0.5])
    points = waved(spine[None] + offset, p.hair_wave, p.curl, 2.0 * noise[:, 3])
    return Locks(
        points=points,
        half_width=np.broadcast_to(5.0 * (1.0 - 0.6 * np.linspace(0, 1, 18) ** 3), (TAIL, 18)),
        tone=1.0 + 0.14 * noise[:, 4],
        depth=np.clip(0.75 + 0.25 * noise[:, 2], 0.0, 1.0),
        order=-0.5 + 0.3 * noise[:, 2],
        cell=np.arange(TAIL) % CELLS,
    )


def braid_locks(tip_y: float, size: float) -> Locks:
    """Two braids before the shoulders: pieces that lie over each other left and right in turn."""
    parts = [_braid(side, max(tip_y, 84.0), mix(11.0, 19.0, size)) for side in (-1.0, 1.0)]
    points, width, order = (np.concatenate(piece) for piece in zip(*parts, strict=True))
    noise = _NOISE[np.arange(len(points)) % COUNT]
    return Locks(
        points=points,
        half_width=width,
        tone=1.0 + 0.12 * noise[:, 0],
        depth=np.full(len(points), 0.95),
        order=order,
        cell=np.arange(len(points)) % CELLS,
        blunt=0.9,
        shine=0.9,
    )


def _braid(side: float, tip_y: float, thick: float) -> tuple[Floats, Floats, Floats]:
    """Points (M, 8, 3), half widths (M, 8) and order (M,) of one braid."""
    path = np.array([[58, 34, -14], [67, 62, 0], [64, 100, 16], [58, 150, 24], [54, 250, 28.0]])
    path[:, 0] *= side
    spine = _until(path, tip_y, 80)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(spine, axis=0), axis=1))])
    count = max(int(along[-1] / (0.72 * thick)), 4)
    pieces, widths = [], []
    t = np.linspace(0.0, 1.0, 8)
    for k in range(count):
        place = along[-1] * k / count
        middle = np.array([np.interp(place + 1.5 * thick * t, along, spine[:, axis]) for axis in range(3)]).T
        turn = 1.0 if k % 2 else -1.0
        slim = 1.0 - 0.35 * k / count
        middle[:, 0] += (
            turn * thick * slim * (0.62 * np.sin(np.pi * (0.15 + 0.72 * t)) ** 0.8 * np.linspace(1.0, 0.1, 8) - 0.1)
        )
        middle[:, 2] += 4.0 * np.sin(np.pi * t)
        pieces.append(middle)
        widths.append(thick * slim * 0.46 * np.sin(np.pi * (0.12 + 0.8 * t)) ** 0.6)
    return np.stack(pieces), np.stack(widths), 1.6 - 0.004 * np.arange(count)


def _until(path: Floats, tip_y: float, count: int) -> Floats:
    """A smooth curve (count, 3) through a path (K, 3), down to a height."""
    flat = np.concatenate([resample(path[:, :2], 120), resample(path[:, 1:], 120)[:, 1:]], axis=1)
    end = int(np.searchsorted(flat[:, 1] >= tip_y, True)) if (flat[:, 1] >= tip_y).any() else 119
    index = np.linspace(0.0, max(end, 8), count)
    return np.stack([np.interp(index, np.arange(120), flat[:, axis]) for axis in range(3)], axis=1)

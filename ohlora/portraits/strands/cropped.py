"""Short hair: close to the scalp, clipped all over, or close at the sides under longer hair on top.

The scalp's own cover of short hair lies under every kind of hair, so that no skin shows between locks.
"""

from __future__ import annotations

import numpy as np

from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.head import Head
from ohlora.portraits.strands.growth import cut, grow
from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import Floats, Scalp, beside_ears, outward
from ohlora.portraits.strands.waves import waved

_COVER, _ROWS = 64, 8
COUNT, POINTS = 300, 8
_NOISE = np.random.default_rng(19).uniform(-1.0, 1.0, size=(COUNT, 6))
# Short locks are pointed at both ends: their pattern is too small to be ragged.
_PROFILE = np.array([0.25, 0.95, 1.0, 0.95, 0.88, 0.78, 0.6, 0.25])
_AZIMUTH = (np.arange(COUNT) * 0.61803398875 + 0.25) % 1.0 * 360.0 - 180.0
_SHARE = 0.05 + 0.95 * (1.0 - np.sqrt(1.0 - (np.arange(COUNT) + 0.5) / COUNT))


def cover_locks(scalp: Scalp, fade: float, depth: float = 0.55) -> Locks:
    """Hair on the scalp itself, from the hairline to the crown.

    Args:
        scalp: where hair grows.
        fade: 0 as dense at the sides as on top .. 1 skin shows through at the sides' lower edge.
        depth: how bright it is, as a lock's depth.
    """
    azimuth = (np.arange(_COVER) + 0.5) * (360.0 / _COVER) - 180.0
    share = np.linspace(0.0, 1.0, _ROWS)
    points = scalp.points(azimuth[:, None].repeat(_ROWS, axis=1), share[None].repeat(_COVER, axis=0))
    points = points + outward(points) * np.linspace(0.2, 1.6, _ROWS)[None, :, None]
    low = np.clip((points[..., 1] + 62.0) / 60.0, 0.0, 1.0)
    return Locks(
        points=points,
        half_width=np.broadcast_to(7.0 - 4.0 * share, (_COVER, _ROWS)),
        tone=np.full(_COVER, 0.92),
        depth=np.full(_COVER, depth),
        order=np.full(_COVER, -1.0),
        cell=np.arange(_COVER) % CELLS,
        blunt=1.0,
        opacity=(1.0 - 0.62 * fade * low) * (1.0 - 0.75 * fade * (1.0 - np.clip(share / 0.2, 0.0, 1.0))),
        whole=True,
        shine=0.35,
    )


def clipped_locks(scalp: Scalp, longest: float) -> Locks:
    """Clipped hair: a nap of short hairs all over."""
    roots = scalp.points(_AZIMUTH, _SHARE * 0.98)
    lying = np.stack([0.2 * np.sign(roots[:, 0]), np.full(COUNT, 0.6), np.full(COUNT, 0.3)], axis=1)
    lying = lying + outward(roots) * 0.5 + 0.35 * _NOISE[:, :3]
    # Short at the hairline, over which they would lie.
    length = longest * np.clip(_SHARE[:, None] / 0.25, 0.2, 1.0)
    ends = roots + length * lying * (1.0 + 0.3 * _NOISE[:, 3:4])
    t = np.linspace(0.0, 1.0, 3)[None, :, None]
    return Locks(
        points=roots[:, None] * (1.0 - t) + ends[:, None] * t,
        half_width=np.array([0.3, 1.7, 0.3]) * beside_ears(roots)[:, None],
        tone=1.0 + 0.22 * _NOISE[:, 4],
        depth=0.55 + 0.35 * _SHARE,
        order=_SHARE,
        cell=np.arange(COUNT) % CELLS,
        shine=0.25,
        whole=True,
    )


def tapered_locks(head: Head, scalp: Scalp) -> Locks:
    """Close sides and a longer top: combed aside, forward or back, or standing up."""
    p = head.p
    roots = scalp.points(_AZIMUTH, _SHARE)
    top = _on_top(roots)
    volume = mix(2.0, 9.0, p.hair_volume)
    length = (5.0 * (1.0 - top) + mix(14.0, 62.0, p.top_length) * top) * (1.0 + 0.22 * _NOISE[:, 0])
    # Where the sides are not close, they lie over the ears' upper ends.
    length = np.maximum(length, (1.0 - p.taper) * 26.0 * (1.0 - top))
    strands = grow(
        roots,
        _direction(head, roots, top),
        volume * top * (1.0 + 0.5 * _NOISE[:, 1]),
        np.full(COUNT, 0.10),
        8,
        settling=0.5 * (1.0 - p.top_spike),
    )
    low = np.where(top > 0.5, -34.0, np.where(roots[:, 2] > 8.0, 6.0, -16.0)) + 4.0 * _NOISE[:, 4]
    points = cut(strands, low, length, POINTS)
    points = waved(points, 0.8 * p.hair_wave, p.curl, 3.0 * _NOISE[:, 2])
    width = mix(3.4, 4.6, p.top_length) * (1.0 + 0.2 * _NOISE[:, 3:4]) * _PROFILE * beside_ears(roots)[:, None]
    return Locks(
        points=points,
        half_width=width,
        tone=1.0 + 0.16 * _NOISE[:, 5],
        depth=np.clip(0.45 + 0.55 * top + 0.15 * _NOISE[:, 1], 0.0, 1.0),
        order=top + 0.3 * _order(head, roots) + 0.05 * _NOISE[:, 2],
        cell=np.arange(COUNT) % CELLS,
        shine=0.75,
        whole=True,
    )


def _on_top(roots: Floats) -> Floats:
    """(N,) 0 at the sides and the back .. 1 on top, the whole front hairline included."""
    high = np.clip((-50.0 - roots[:, 1]) / 22.0, 0.0, 1.0)
    top: Floats = high * high * (3.0 - 2.0 * high)
    return top


def _order(head: Head, roots: Floats) -> Floats:
    """(N,) so that locks are drawn in the direction in which they lie, each over the next one's root."""
    p = head.p
    across = roots[:, 0] / 68.0 * p.top_sweep
    back = (roots[:, 2] + 6.0) / 74.0 * mix(-1.0, 1.0, p.hair_slick)
    order: Floats = (1.0 - abs(p.top_sweep)) * back - across
    return order


def _direction(head: Head, roots: Floats, top: Floats) -> Floats:
    """Directions (N, 3) in which hair is combed: down and back at the sides, as the parameters say on top."""
    p = head.p
    side = np.stack([0.1 * np.sign(roots[:, 0]), np.full(COUNT, 1.0), np.full(COUNT, -0.45)], axis=1)
    forward = (1.0 - 2.0 * p.hair_slick) * (1.0 - 0.6 * abs(p.top_sweep))
    lying = np.stack([np.full(COUNT, 1.1 * p.top_sweep), np.full(COUNT, -0.15), np.full(COUNT, 0.8 * forward)], axis=1)
    lying = lying + 0.30 * _NOISE[:, :3]
    # Hair at the front edge rises before it lies down, most where it is combed back or aside.
    front = smoothstep_array(roots[:, 2], 20.0, 60.0) * mix(0.5, 1.0, p.hair_slick)
    upright = outward(roots) + 0.35 * _NOISE[:, 3:6] + np.array([0.25 * p.top_sweep, -0.4, 0.0])
    rise = (p.top_spike + 0.5 * front * (1.0 - p.top_spike) * smoothstep(p.top_length, 0.1, 0.6))[:, None]
    combed = lying * (1.0 - rise) + 1.2 * upright * rise
    direction: Floats = side * (1.0 - top)[:, None] + combed * top[:, None]
    return direction


def smoothstep_array(x: Floats, low: float, high: float) -> Floats:
    """`smoothstep` of an array."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    result: Floats = t * t * (3.0 - 2.0 * t)
    return result

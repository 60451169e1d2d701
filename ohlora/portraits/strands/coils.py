"""Coils: tightly curled hair, which stands off the head as a cloud of small rings."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import Floats, Scalp, beside_ears, outward

COUNT, POINTS, UNDER = 380, 7, 110
_RNG = np.random.default_rng(29)
_NOISE = _RNG.uniform(-1.0, 1.0, size=(COUNT, 6))
_LEVEL = _RNG.uniform(0.0, 1.0, size=COUNT) ** 0.5
_AZIMUTH = (np.arange(COUNT) * 0.61803398875) % 1.0 * 360.0 - 180.0
_SHARE = 1.0 - np.sqrt(1.0 - (np.arange(COUNT) + 0.5) / COUNT)


def coil_locks(scalp: Scalp, thickness: float, ring: float, top_only: float = 0.0) -> tuple[Locks, Locks]:
    """A dark mass and the rings of hair on it.

    Args:
        scalp: where hair grows.
        thickness: how far the cloud stands off the head, in units.
        ring: radius of a ring of hair.
        top_only: 0 all around .. 1 only on top.
    """
    roots = scalp.points(_AZIMUTH, _SHARE)
    away = _away(roots)
    off = thickness * _reach(roots, top_only)
    centres = roots + away * (off * (0.12 + 0.88 * _LEVEL) * (1.0 + 0.08 * _NOISE[:, 0]))[:, None]
    # Small clouds leave the ears free.
    free = np.maximum(beside_ears(roots), min(thickness / 30.0, 1.0))
    return _mass(scalp, thickness, top_only), _rings(centres, away, ring * free, _LEVEL)


def _away(roots: Floats) -> Floats:
    """Directions (N, 3) in which the cloud grows: off the head, a little upwards and less to the front."""
    away = outward(roots) * np.array([1.0, 1.0, 0.55]) + np.array([0.0, -0.12, 0.0])
    unit: Floats = away / np.linalg.norm(away, axis=1, keepdims=True)
    return unit


def _reach(roots: Floats, top_only: float) -> Floats:
    """(N,) share of the thickness at every root; the frame's upper edge lies close above the head."""
    high = np.clip((-40.0 - roots[:, 1]) / 26.0, 0.0, 1.0)
    crown = np.clip((-70.0 - roots[:, 1]) / 28.0, 0.0, 1.0)
    low = np.clip((roots[:, 1] + 16.0) / 70.0, 0.0, 1.0)
    reach: Floats = (1.0 - top_only * (1.0 - high)) * (1.0 - 0.3 * crown) * (1.0 - 0.7 * low)
    return reach


def _mass(scalp: Scalp, thickness: float, top_only: float) -> Locks:
    azimuth = (np.arange(UNDER) * 0.61803398875 + 0.3) % 1.0 * 360.0 - 180.0
    share = 1.0 - np.sqrt(1.0 - (np.arange(UNDER) + 0.5) / UNDER)
    roots = scalp.points(azimuth, share)
    t = np.linspace(0.0, 0.9, 5)[None, :, None]
    reach = (thickness * _reach(roots, top_only))[:, None, None]
    return Locks(
        points=roots[:, None] + _away(roots)[:, None] * reach * t,
        half_width=np.broadcast_to((9.0 + 0.10 * thickness) * np.array([0.6, 1.0, 0.95, 0.7, 0.2]), (UNDER, 5)),
        tone=np.full(UNDER, 0.8),
        depth=np.full(UNDER, 0.25),
        order=share - 1.0,
        cell=np.arange(UNDER) % CELLS,
        shine=0.1,
        whole=True,
    )


def _rings(centres: Floats, away: Floats, ring: Floats, level: Floats) -> Locks:
    """Rings lying across the direction of growth, tilted at random."""
    helper = np.stack([_NOISE[:, 1], _NOISE[:, 2], _NOISE[:, 3]], axis=1)
    first = np.cross(away, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True) + 1e-9
    second = np.cross(away, first) + 0.5 * _NOISE[:, 4:5] * away
    turn = 2.0 * np.pi * (_NOISE[:, 5:6] + np.linspace(0.0, 0.78, POINTS)[None])
    radius = ring[:, None] * (1.0 + 0.35 * _NOISE[:, 0:1]) * np.linspace(1.0, 0.75, POINTS)[None]
    circle = np.cos(turn)[..., None] * first[:, None] + np.sin(turn)[..., None] * second[:, None]
    depth = np.clip(0.15 + 0.85 * level, 0.0, 1.0)
    return Locks(
        points=centres[:, None] + radius[..., None] * circle,
        half_width=np.broadcast_to(
            0.4 * np.array([0.3, 0.9, 1.0, 1.0, 1.0, 0.9, 0.3]) * ring[:, None], (COUNT, POINTS)
        ),
        tone=1.0 + 0.25 * _NOISE[:, 1],
        depth=depth,
        order=level + 0.004 * centres[:, 2],
        cell=np.arange(COUNT) % CELLS,
        shine=0.5,
        whole=True,
    )

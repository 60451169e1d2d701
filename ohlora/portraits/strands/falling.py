"""Hair that falls from a parting or from the crown: long, medium and short, layered or blunt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.head import Head
from ohlora.portraits.strands.growth import STEP, cut, grow
from ohlora.portraits.strands.locks import POINTS, Locks
from ohlora.portraits.strands.pattern import CELLS
from ohlora.portraits.strands.scalp import CENTRE, Floats, Scalp
from ohlora.portraits.strands.waves import waved

PARTING_DEGREES = 36.0
"""Azimuth of a parting at the far right, for `part` 1."""
PARTING, SPREAD = 26, 170
COUNT = PARTING + SPREAD
_RNG = np.random.default_rng(7)
# Fixed for all portraits: locks differ from each other, and not from one picture to the next. The first grow along both
# sides of the parting, at azimuths relative to it; all others are spread evenly over the scalp.
_AZIMUTH = np.concatenate(
    [np.tile([-1.0, 1.0], PARTING // 2), (np.arange(SPREAD) * 0.61803398875 + 0.5) % 1.0 * 360.0 - 180.0]
)
_SHARE = np.concatenate(
    [0.8 * (np.arange(PARTING) // 2 + 0.3) / (PARTING // 2), 1.0 - np.sqrt(1.0 - (np.arange(SPREAD) + 0.5) / SPREAD)]
)
_ON_PARTING = np.arange(COUNT) < PARTING
# How far up a lock lies: those of the parting cover all others.
_RANK = np.where(_ON_PARTING, 1.0, _SHARE)
_NOISE = _RNG.uniform(-1.0, 1.0, size=(COUNT, 6))


def falling_locks(head: Head, scalp: Scalp, tip_y: float) -> Locks:
    """All locks that fall, cut at the height `tip_y`."""
    p = head.p
    parting = PARTING_DEGREES * p.part
    near = 1.6 / np.maximum(1.0 - _SHARE, 0.1)
    azimuth = np.where(_ON_PARTING, parting + near * _AZIMUTH, _AZIMUTH)
    roots = scalp.points(azimuth, _SHARE)
    side = _side(roots, parting)
    volume = mix(2.0, 13.0, p.hair_volume) * (1.0 - 0.45 * smoothstep(12.0 - tip_y, 0.0, 20.0))
    lift = volume * (0.25 + 0.75 * _RANK) * (1.0 + 0.25 * _NOISE[:, 0])
    long = smoothstep(p.hair_length, 0.5, 1.0)
    comb = _combed(roots, side, p.hair_slick)
    gravity = np.full(COUNT, mix(0.35, 0.5, long))
    steps = int(np.ceil((tip_y + 215.0) / STEP))
    strands = grow(roots, comb, lift, gravity, steps)
    strands = _spread(strands, volume, long)
    layered = 1.0 - p.hair_layers * 0.55 * _SHARE * (0.7 + 0.3 * _NOISE[:, 1])
    ragged = mix(13.0, 1.5, p.hair_blunt) * (_NOISE[:, 2] - 1.0) * 0.5 * smoothstep(tip_y, -30.0, 70.0)
    height = -40.0 + (tip_y + 40.0) * layered + ragged
    count = POINTS + int(22 * max(smoothstep(p.hair_wave, 0.3, 0.9), smoothstep(p.curl, 0.0, 0.5)))
    points = cut(strands, height, np.full(COUNT, 1e3), count)
    points = _clumped(points, mix(0.45, 0.15, p.hair_blunt))
    points = _turned_in(points, p.hair_blunt * smoothstep(tip_y, 20.0, 60.0))
    grown = smoothstep(tip_y, -10.0, 60.0)
    # What grows below the cut lies in the scalp's own cover.
    kept = (points[:, 0, 1] < height - 6.0).astype(np.float64)[:, None]
    points = waved(points, p.hair_wave * grown, p.curl * grown, _phase())
    return Locks(
        points=points,
        half_width=_widths(count, mix(7.0, 6.0, grown), p.hair_blunt) * kept,
        tone=1.0 + 0.13 * _NOISE[:, 3],
        depth=np.clip(0.3 + 0.9 * _RANK, 0.0, 1.0),
        order=_RANK + 0.03 * _NOISE[:, 4],
        cell=np.arange(COUNT) % CELLS,
        blunt=0.85 * p.hair_blunt,
    )


def _side(roots: Floats, parting: float) -> Floats:
    """(N,) -1 left .. 1 right of the parting, the scalp's meridian at that azimuth in degrees."""
    angle = np.radians(parting)
    side: Floats = np.tanh((roots[:, 0] * np.cos(angle) - (roots[:, 2] - CENTRE[2]) * np.sin(angle)) / 2.0)
    return side


def _combed(roots: Floats, side: Floats, slick: float) -> Floats:
    """Directions (N, 3): to the sides of the parting, or all back."""
    parted = np.stack([side, 0.12 * np.ones(len(roots)), -0.22 * np.ones(len(roots))], axis=1)
    back = np.stack([0.010 * roots[:, 0], -0.55 * np.ones(len(roots)), -1.0 * np.ones(len(roots))], axis=1)
    return parted * (1.0 - slick) + back * slick


def _spread(strands: Floats, volume: float, long: float) -> Floats:
    """Strands fanned out below the ears, the outer ones outwards, those in front towards the chest."""
    y = strands[..., 1]
    fall = np.clip((y - 10.0) / 130.0, 0.0, 1.4)
    outer = (0.5 + 0.5 * _NOISE[:, 5])[:, None]
    chest = np.clip((y - 76.0) / 80.0, 0.0, 1.4)
    sideways = (
        fall * ((6.0 + 1.2 * volume) * outer + 12.0 * long * outer**2)
        - chest * (2.0 + 26.0 * long) * (1.0 - outer) ** 2
    )
    side = np.tanh(strands[:, -1:, 0] / 12.0)
    spread = strands.copy()
    # Hair at the back stays behind what hangs at the sides.
    spread[..., 0] += side * sideways * (1.0 - 0.8 * np.clip((-10.0 - strands[:, -1:, 2]) / 40.0, 0.0, 1.0))
    return spread


def _clumped(points: Floats, amount: float) -> Floats:
    """Neighbouring strands run together towards their tips."""
    guide = points[_leader()]
    t = np.linspace(0.0, 1.0, points.shape[1])[None, :, None] ** 2
    near = (np.abs(guide[:, -1, 0] - points[:, -1, 0]) < 26.0)[:, None, None]
    clumped: Floats = points + np.where(near, amount, 0.0) * t * (guide - points) * np.array([1.0, 0.25, 1.0])
    return clumped


def _leader() -> npt.NDArray[np.int64]:
    """(N,) for each strand the one that it follows: the nearest of every fifth strand."""
    angle, reach = np.radians(_AZIMUTH), 1.0 - _SHARE
    place = np.stack([reach * np.sin(angle), reach * np.cos(angle)], axis=1)
    leaders = np.arange(0, COUNT, 5)
    distance = np.linalg.norm(place[:, None] - place[leaders][None], axis=2)
    nearest: npt.NDArray[np.int64] = leaders[distance.argmin(axis=1)]
    return nearest


def _phase() -> Floats:
    """(N,) of waves: shared within a clump, different between them."""
    phase: Floats = 3.1 * _NOISE[_leader(), 0] + 0.5 * _NOISE[:, 1]
    return phase


def _turned_in(points: Floats, amount: float) -> Floats:
    """Tips bent towards the neck, as a bob's are."""
    t = np.clip((np.linspace(0.0, 1.0, points.shape[1]) - 0.72) / 0.28, 0.0, 1.0) ** 2
    turned = points.copy()
    turned[..., 0] -= np.tanh(points[..., 0] / 15.0) * 7.0 * amount * t
    return turned


def _widths(count: int, width: float, blunt: float) -> Floats:
    """Half widths (N, count): narrow at the root, narrower at the tip."""
    t = np.linspace(0.0, 1.0, count)
    shape = (0.55 + 0.45 * np.clip(t / 0.15, 0.0, 1.0)) * (
        1.0 - mix(0.62, 0.12, blunt) * np.clip((t - 0.45) / 0.55, 0, 1) ** 1.6
    )
    return width * (1.0 + 0.22 * _NOISE[:, 4:5]) * shape

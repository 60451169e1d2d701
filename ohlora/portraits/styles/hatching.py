"""Hatching: many short strokes that follow a field of directions and press harder where the picture is darker.

Strokes start at the points of a fixed, jittered grid. Each runs along the field to both sides of its start; its width
at every point is what the tone there asks for, so that strokes swell into shadows and stop short of lights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.scene import UNITS
from ohlora.portraits.styles.ink import strokes, swelling
from ohlora.portraits.styles.layers import Floats

_POINTS = 7


@dataclass(frozen=True)
class Hatch:
    """One direction of hatching.

    Attributes:
        angle: degrees that strokes are turned against the field.
        spacing: distance of neighbouring strokes in units.
        length: of a stroke in units.
        low: darkness at which strokes begin.
        high: darkness at which they have their full width.
        width: the full width in units.
        seed: of the grid's jitter.
        thinnest: strokes that are nowhere wider than this are left out.
    """

    angle: float
    spacing: float
    length: float
    low: float
    high: float
    width: float
    seed: int
    thinnest: float = 0.12


def hatched(hatch: Hatch, directions: Floats, darkness: Floats) -> skia.Path:
    """All strokes of one hatch as a path to fill, in units of the image.

    Args:
        hatch: what the strokes are like.
        directions: unit vectors (N, N, 2) over the image.
        darkness: (N, N) in 0..1 over the image.
    """
    start, pressure = _starts(hatch.spacing, hatch.length, hatch.angle, hatch.seed)
    wanted = np.clip((_looked_up(darkness, start) - 0.5 * hatch.low) / hatch.low, 0.0, 1.0) > 0.0
    start, pressure = start[wanted], pressure[wanted]
    lines = _traced(start, directions, hatch.angle, hatch.length)
    tone = np.clip((_looked_up(darkness, lines) - hatch.low) / (hatch.high - hatch.low), 0.0, 1.0)
    widths = hatch.width * tone * pressure[:, None] * swelling(_POINTS, 0.5, 0.2)
    drawn = widths.max(axis=1) > hatch.thinnest
    return strokes(lines[drawn], widths[drawn])


@lru_cache(maxsize=32)
def _starts(
    spacing: float, length: float, angle: float, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Middles (N, 2) of the strokes and how hard each presses (N,)."""
    rng = np.random.default_rng(seed)
    reach = 0.75 * UNITS
    along, across = np.meshgrid(np.arange(-reach, reach, 0.8 * length), np.arange(-reach, reach, spacing))
    # Neighbouring rows are shifted against each other, so that the ends of strokes do not line up.
    along = along + rng.uniform(-0.5, 0.5, along.shape) * length
    across = across + rng.normal(0.0, 0.16, across.shape) * spacing
    turn = np.deg2rad(90.0 + angle)
    x = 0.5 * UNITS + along * np.cos(turn) - across * np.sin(turn)
    y = 0.5 * UNITS + along * np.sin(turn) + across * np.cos(turn)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    inside = (np.abs(points - 0.5 * UNITS) < 0.54 * UNITS).all(axis=1)
    return points[inside], rng.uniform(0.65, 1.1, int(inside.sum()))


def _traced(start: npt.NDArray[np.float64], directions: Floats, angle: float, length: float) -> npt.NDArray[np.float64]:
    """Lines (N, points, 2) along the turned field through `start`."""
    turn = np.deg2rad(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    step = length / (_POINTS - 1)
    half = _POINTS // 2
    lines = np.empty((len(start), _POINTS, 2))
    lines[:, half] = start
    for sign, order in ((1.0, range(half + 1, _POINTS)), (-1.0, range(half - 1, -1, -1))):
        here = start
        for k in order:
            here = here + sign * step * _looked_up(directions, here) @ rotation.T
            lines[:, k] = here
    return lines


def _looked_up(field: Floats, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The field's values at points (..., 2) in units."""
    count = len(field)
    cell = np.clip((points * (count / UNITS)).astype(int), 0, count - 1)
    return np.asarray(field[cell[..., 1], cell[..., 0]], dtype=np.float64)

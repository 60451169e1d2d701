"""The scalp: from azimuth and share of the way to the crown to points on a skull that stands behind the face's outline.

The skull is a superellipsoid whose outline from the front is the face's upper outline. Roots are given as azimuth (0 at
the front, positive to the viewer's right, 180 degrees at the back) and share (0 at the hairline, 1 at the crown), so
that they move smoothly when the hairline does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ohlora.portraits.curves import mix
from ohlora.portraits.head import Head

Floats = npt.NDArray[np.floating[Any]]

CENTRE = np.array([0.0, -13.0, -6.0])
SEMI = np.array([68.0, 86.0, 74.0])
POWER = 2.4
"""Exponent of the superellipsoid upwards; its horizontal sections are ellipses."""

_AZIMUTHS = np.array([0.0, 22.0, 40.0, 54.0, 64.0, 74.0, 82.0, 90.0, 97.0, 106.0, 122.0, 150.0, 180.0])
# How far each of these azimuths is lifted by receding temples, in units.
_TEMPLES = np.array([4.0, 10.0, 24.0, 22.0, 9.0, 2.0, 0, 0, 0, 0, 0, 0, 0])


class Scalp:
    """The scalp of one head: where hair may grow."""

    def __init__(self, head: Head) -> None:
        p = head.p
        self.head = head
        top = mix(-54.0, -68.0, p.hairline) - 4.0 * p.age * head.masculine
        front = np.array([top, top + 0.5, top + 5.0, top + 14.0])
        sides = np.array([-34.0, -20.0, -4.0, 6.0, -12.0, -16.0, -2.0, 22.0, 34.0])
        self.hairline: Floats = np.concatenate([front, sides]) - p.recede * _TEMPLES
        self.bald = p.bald > 0.5

    def line(self, azimuth: Floats) -> Floats:
        """Height y of the hairline at azimuths in degrees."""
        return np.interp(np.abs(azimuth), _AZIMUTHS, self.hairline)

    def points(self, azimuth: Floats, share: Floats) -> Floats:
        """Points (..., 3) on the scalp."""
        azimuth, top = np.asarray(azimuth, dtype=np.float64), np.full(np.shape(azimuth), 0.5 * np.pi)
        if self.bald:
            # A horseshoe: nothing grows in front of the ears or above the brows' height.
            azimuth = np.sign(azimuth + 1e-9) * (74.0 + np.abs(azimuth) * (106.0 / 180.0))
            top = np.full(np.shape(azimuth), 0.42) + 0.25 * (1.0 - np.abs(azimuth) / 180.0)
        height = (CENTRE[1] - self.line(azimuth)) / SEMI[1]
        low = np.sign(height) * np.arcsin(np.abs(height) ** (POWER / 2.0))
        return surface_points(azimuth, low + (top - low) * share)


def beside_ears(roots: Floats) -> Floats:
    """(N,) 0 for roots (N, 3) where the ears are, 1 elsewhere."""
    low = np.clip((roots[:, 1] + 24.0) / 8.0, 0.0, 1.0)
    near = np.clip(1.0 - (np.abs(roots[:, 2] + 8.0) - 12.0) / 6.0, 0.0, 1.0)
    free: Floats = 1.0 - low * near
    return free


def surface_points(azimuth: Floats, elevation: Floats) -> Floats:
    """Points (..., 3) of the skull at azimuths in degrees and elevations in radians, 0 at its widest."""
    ring = np.abs(np.cos(elevation)) ** (2.0 / POWER)
    angle = np.radians(azimuth)
    x, z = SEMI[0] * ring * np.sin(angle), SEMI[2] * ring * np.cos(angle) + CENTRE[2]
    y = CENTRE[1] - SEMI[1] * np.sign(np.sin(elevation)) * np.abs(np.sin(elevation)) ** (2.0 / POWER)
    return np.stack(np.broadcast_arrays(x, y, z), axis=-1)


def depth_inside(points: Floats) -> Floats:
    """1 on the skull, smaller inside it, larger outside; of points (..., 3)."""
    scaled = (points - CENTRE) / SEMI
    ring = scaled[..., 0] ** 2 + scaled[..., 2] ** 2
    value: Floats = (ring ** (POWER / 2.0) + np.abs(scaled[..., 1]) ** POWER) ** (1.0 / POWER)
    return value


def outward(points: Floats) -> Floats:
    """Unit vectors (..., 3) away from the skull; below its middle, away from the neck's axis."""
    scaled = (points - CENTRE) / SEMI**2 * 70.0
    scaled[..., 1] = np.minimum(scaled[..., 1], 0.15 * np.abs(scaled[..., 1]))
    unit: Floats = scaled / (np.linalg.norm(scaled, axis=-1, keepdims=True) + 1e-9)
    return unit


def project(head: Head, points: Floats) -> Floats:
    """Image-plane points (..., 2) of points (..., 3) beside the face, whose far outline stands out from a rigid head."""
    x, y, z = (points[..., axis].reshape(-1) for axis in range(3))
    far = np.sign(x) * -head.p.pose > 0.0
    z = z + np.where(far, 0.30 * abs(head.p.pose) * np.abs(x), 0.0) * np.exp(-((z / 40.0) ** 2))
    return head.view.project(x, y, z=z).reshape(*points.shape[:-1], 2)

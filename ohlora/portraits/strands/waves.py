"""Waves and curls: strands are wound about themselves, from a soft wave in their plane to a helix."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.curves import mix
from ohlora.portraits.strands.scalp import Floats, outward


def waved(points: Floats, wave: float, curl: float, phase: Floats) -> Floats:
    """Strands (N, S, 3) with waves that grow from root to tip.

    Args:
        points: (N, S, 3).
        wave: 0 straight .. 1 a permanent wave, side to side.
        curl: 0 .. 1 a ringlet, round and round.
        phase: (N,) in radians; neighbours that share it wave together.
    """
    steps = np.linalg.norm(np.diff(points, axis=1), axis=2)
    along = np.concatenate([np.zeros((len(points), 1)), np.cumsum(steps, axis=1)], axis=1)
    tangent = np.gradient(points, axis=1)
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True) + 1e-9
    normal = outward(points)
    across = np.cross(tangent, normal)
    across /= np.linalg.norm(across, axis=2, keepdims=True) + 1e-9
    wavelength = mix(mix(84.0, 54.0, wave), 42.0, min(1.5 * curl, 1.0))
    amplitude = (6.5 * wave + 6.0 * curl) * np.clip((along - 14.0) / 70.0, 0.0, 1.0) ** 0.8
    # Waves come a little closer together towards the tips, where less weight pulls them straight.
    angle = 2.0 * np.pi * along / wavelength * (1.0 + 0.0008 * along) + phase[:, None]
    side = (amplitude * np.sin(angle))[..., None] * across
    out = (amplitude * (0.25 * wave + 0.8 * curl) * np.cos(angle))[..., None] * normal
    return points + side + out

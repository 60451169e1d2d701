"""Growth: from roots and combed directions to strands that bend over the skull, fall, and are cut.

Strands are integrated step by step: gravity bends them, the skull and the neck push them out. Then they are cut where
they reach a height or a length, and divided evenly again.
"""

from __future__ import annotations

import numpy as np

from ohlora.portraits.strands.scalp import CENTRE, Floats, depth_inside

STEP = 11.0
_NECK = 40.0


def grow(roots: Floats, direction: Floats, lift: Floats, gravity: Floats, steps: int, settling: float = 0.45) -> Floats:
    """Strands (N, steps + 1, 3).

    Args:
        roots: (N, 3).
        direction: (N, 3), how the hair is combed at its root; need not be of unit length.
        lift: (N,) distance in units that a strand keeps from the skull.
        gravity: (N,) or (N, steps), weight of gravity a step, 0 stiff .. 1 limp.
        steps: steps of `STEP` units.
        settling: share of its distance from the head's hair that a strand sinks back at every step.
    """
    gravity = np.broadcast_to(gravity if gravity.ndim == 2 else gravity[:, None], (len(roots), steps))
    weight = np.full(len(roots), settling)
    points, heading = [roots], _unit(direction)
    for k in range(steps):
        here = points[-1]
        # Hair on top of the head lies on it; only at its sides and back does it fall.
        falling = np.clip((np.abs(here[:, 0]) - 34.0) / 28.0, 0.0, 1.0)
        falling = np.where(here[:, 2] > 0.0, falling, np.maximum(falling, np.clip(-here[:, 2] / 30.0, 0.0, 1.0)))
        heading = heading + np.array([0.0, 1.0, 0.0]) * (gravity[:, k] * falling)[:, None]
        there = here + STEP * _unit(heading)
        shell = 1.0 + (1.0 + lift * (1.0 - 0.7 * np.exp(-(k + 1) * STEP / 22.0))) / 72.0
        inside = depth_inside(there)
        pushed = CENTRE + (there - CENTRE) * (shell / np.maximum(inside, 1e-6))[:, None]
        # Below the ears nothing pushes but the neck.
        below = np.clip((there[:, 1] - 20.0) / 30.0, 0.0, 1.0)[:, None]
        # Outside, hair above the ears sinks back to it: nothing but spikes stands off the head.
        settled = np.where((inside < shell)[:, None], pushed, there + weight[:, None] * (pushed - there))
        there = settled * (1.0 - below) + there * below
        there = _around_neck(there)
        heading = _unit(there - here)
        points.append(there)
    return np.stack(points, axis=1)


def cut(strands: Floats, height: Floats, length: Floats, count: int) -> Floats:
    """Strands (N, count, 3) that end at the height y (N,) where they fall below it, and after a length (N,)."""
    steps = np.linalg.norm(np.diff(strands, axis=1), axis=2)
    along = np.concatenate([np.zeros((len(strands), 1)), np.cumsum(steps, axis=1)], axis=1)
    y = strands[..., 1]
    over = (y[:, 1:] >= height[:, None]) & (y[:, :-1] < height[:, None])
    first = np.where(over.any(axis=1), over.argmax(axis=1), strands.shape[1] - 2)
    rows = np.arange(len(strands))
    rise = np.maximum(y[rows, first + 1] - y[rows, first], 1e-6)
    part = np.clip((height - y[rows, first]) / rise, 0.0, 1.0)
    reached = along[rows, first] + part * steps[rows, first]
    # What grows below the cut is clipped close.
    reached = np.where(y[:, 0] >= height - 6.0, np.minimum(reached, 7.0), reached)
    return divide(strands, along, np.maximum(np.minimum(reached, length), 1.5), count)


def divide(strands: Floats, along: Floats, end: Floats, count: int) -> Floats:
    """The first `end` units (N,) of strands (N, K, 3), in `count` points; `along` (N, K) is their length so far."""
    # Closer together near the root, where strands bend over the head.
    wanted = end[:, None] * np.linspace(0.0, 1.0, count) ** (1.5 if count < 20 else 1.0)
    index = np.clip((along[:, None, :] <= wanted[:, :, None]).sum(axis=2) - 1, 0, strands.shape[1] - 2)
    rows = np.arange(len(strands))[:, None]
    start, stop = along[rows, index], along[rows, index + 1]
    t = np.clip((wanted - start) / np.maximum(stop - start, 1e-9), 0.0, 1.0)[..., None]
    result: Floats = strands[rows, index] * (1.0 - t) + strands[rows, index + 1] * t
    return result


def _around_neck(points: Floats) -> Floats:
    """Points (N, 3) below the jaw moved out of the neck."""
    radius = np.hypot(points[:, 0], points[:, 2] + 18.0)
    inside = (points[:, 1] > 70.0) & (radius < _NECK)
    factor = np.where(inside, _NECK / np.maximum(radius, 1e-6), 1.0)
    result = points.copy()
    result[:, 0] *= factor
    result[:, 2] = (points[:, 2] + 18.0) * factor - 18.0
    return result


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)
    return unit

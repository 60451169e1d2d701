"""Curves: from points to smooth paths, by Catmull-Rom splines, which pass through every point that they are given.

A spline moves smoothly with its points, and so do the outlines of a portrait with its parameters.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia

Points = npt.NDArray[np.float64]
"""Points in head or image coordinates, shape (N, 2), x to the viewer's right and y down."""


def mix(a: float, b: float, t: float) -> float:
    """Linear interpolation: a at t = 0, b at t = 1."""
    return a + (b - a) * t


def smoothstep(x: float, low: float, high: float) -> float:
    """0 below `low`, 1 above `high`, a smooth cubic between."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def curve(points: npt.ArrayLike, closed: bool = True) -> skia.Path:
    """A Catmull-Rom spline through `points` (N, 2), as cubic Bezier segments."""
    p = np.asarray(points, dtype=np.float64)
    padded = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([p[:1], p, p[-1:]])
    start, end = padded[1:-2], padded[2:-1]
    control1 = start + (end - padded[:-3]) / 6.0
    control2 = end - (padded[3:] - start) / 6.0
    builder = skia.Path()
    builder.moveTo(float(p[0, 0]), float(p[0, 1]))
    for segment in np.concatenate([control1, control2, end], axis=1).tolist():
        builder.cubicTo(*segment)
    if closed:
        builder.close()
    return builder


def resample(points: npt.ArrayLike, count: int) -> Points:
    """`count` points on the Catmull-Rom spline through `points`, at equal steps of its parameter."""
    p = np.asarray(points, dtype=np.float64)
    last = len(p) - 1
    position = np.linspace(0.0, last, count)
    index = np.minimum(position.astype(int), last - 1)
    t = (position - index)[:, None]
    padded = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    p0, p1, p2, p3 = (padded[index + k] for k in range(4))
    spline: Points = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return spline

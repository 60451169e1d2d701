"""Ink: strokes whose width swells and tapers along them, as those of a brush or a pen do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia


def swelling(count: int, start: float = 0.15, end: float = 0.0) -> npt.NDArray[np.float64]:
    """Shares (count,) of a stroke's width along it: `start` and `end` at its ends, 1 between."""
    t = np.linspace(0.0, 1.0, count)
    rise = start + (1.0 - start) * np.sin(0.5 * np.pi * np.clip(t / 0.35, 0.0, 1.0))
    fall = end + (1.0 - end) * np.sin(0.5 * np.pi * np.clip((1.0 - t) / 0.55, 0.0, 1.0))
    return np.asarray(rise * fall, dtype=np.float64)


def strokes(lines: npt.NDArray[np.float64], widths: npt.NDArray[np.float64]) -> skia.Path:
    """Many strokes (M, N, 2) with widths (M, N), in the same units, as one path to fill."""
    along = np.empty_like(lines)
    along[:, 1:-1] = lines[:, 2:] - lines[:, :-2]
    along[:, 0], along[:, -1] = lines[:, 1] - lines[:, 0], lines[:, -1] - lines[:, -2]
    across = along[..., ::-1] * np.array([-1.0, 1.0])
    half = across * (0.5 * widths / (np.sqrt((along**2).sum(axis=2)) + 1e-9))[..., None]
    outlines = np.concatenate([lines + half, (lines - half)[:, ::-1]], axis=1)
    path = skia.Path()
    # Where strokes cross they must add up, whichever way round they run.
    path.setFillType(skia.PathFillType.kWinding)
    for outline in outlines.tolist():
        path.addPoly([skia.Point(x, y) for x, y in outline], True)
    return path

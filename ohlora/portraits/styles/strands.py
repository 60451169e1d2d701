"""Strands: the lines along which a pencil, a brush or a burin draws hair, and the field of their directions.

Locks give a few strands each, between their two edges; an afro and a bun give the arcs that they are painted with. All
are polylines in units of the image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia
from scipy.ndimage import gaussian_filter

from ohlora.portraits.curves import Points
from ohlora.portraits.hair import Lock
from ohlora.portraits.hair_painter import paint_back_hair, paint_front_hair
from ohlora.portraits.painter import Painter
from ohlora.portraits.scene import UNITS, Scene
from ohlora.portraits.strands.haircut import Haircut
from ohlora.portraits.strands.scalp import project
from ohlora.portraits.styles.layers import Floats, resized
from ohlora.portraits.styles.recording import Mark, recorded

STEPS = 14
"""Points of a strand."""
_PER_LOCK = 3
# Cells a side of the field of directions.
_CELLS = 64


@dataclass(frozen=True)
class Tress:
    """Strands that lie in one plane: a lock, or the curls of an afro.

    Attributes:
        strands: (N, STEPS, 2), in units of the image, from root to tip; a lock's first and last are its edges.
        cover: what hides the tresses below it, in units of the image; None hides nothing.
        front: whether it lies in front of the face.
    """

    strands: Points
    cover: skia.Path | None
    front: bool


def hair_tresses(scene: Scene) -> list[Tress]:
    """The tresses of a scene's hair in painting order."""
    hair = scene.hair
    if not hair.visible:
        return []
    if isinstance(hair, Haircut):
        return _grown_tresses(scene, hair)
    tresses = _painted_arcs(scene)
    if hair.afro is not None:
        return tresses
    order = hair.sides if scene.head.p.part > 0 else hair.sides[::-1]
    locks = [lock for side in order for lock in side.locks]
    locks += hair.fringe if hair.fringe_strength > 0.1 else ()
    return tresses + [_tress(scene, lock) for lock in locks]


def paint_tresses(
    painter: Painter, tresses: Sequence[Tress], draw: Callable[[Tress], skia.Path], most: int = 120
) -> None:
    """Fill what `draw` makes of some tresses, at `most` so many, with black, hidden by all tresses above them."""
    erase = skia.Paint(BlendMode=skia.BlendMode.kClear, AntiAlias=True)
    every = -(-len(tresses) // most)
    for first in range(0, len(tresses), every):
        group = tresses[first : first + every]
        hidden = skia.Path()
        hidden.setFillType(skia.PathFillType.kWinding)
        for tress in group:
            if tress.cover is not None:
                hidden.addPath(tress.cover)
        painter.canvas.drawPath(hidden, erase)
        painter.fill(draw(group[-1]), (0, 0, 0))


def _tress(scene: Scene, lock: Lock) -> Tress:
    cover = skia.Path()
    lock.path.transform(scene.to_image, cover)
    left, right = _edges(cover)
    shares = np.linspace(0.0, 1.0, _PER_LOCK)[:, None, None]
    return Tress(left * (1.0 - shares) + right * shares, cover, front=True)


def _grown_tresses(scene: Scene, hair: Haircut) -> list[Tress]:
    """The locks of the second edition in painting order, those behind the ears first."""
    frame = np.array([scene.to_image.get(k) for k in range(6)]).reshape(2, 3)
    tresses: list[tuple[bool, float, Tress]] = []
    for locks in hair.groups:
        steps = np.linspace(0.0, locks.points.shape[1] - 1.0, STEPS)
        middle = _resampled(project(scene.head, locks.points) @ frame[:, :2].T + frame[:, 2], steps)
        half = _resampled(locks.half_width[..., None], steps)
        along = np.gradient(middle, axis=1)
        across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        across *= half / (np.linalg.norm(across, axis=-1, keepdims=True) + 1e-6)
        front = locks.in_front().mean(axis=1) > 0.5
        for k, order in enumerate(locks.order.tolist()):
            strands = middle[k] + np.array([-0.85, 0.1, 0.7])[:, None, None] * across[k]
            outline = np.vstack([middle[k] - across[k], (middle[k] + across[k])[::-1]])
            cover = skia.Path.Polygon([skia.Point(x, y) for x, y in outline.tolist()], True)
            tresses.append((bool(front[k]), order, Tress(strands, cover, bool(front[k]))))
    return [tress for _, _, tress in sorted(tresses, key=lambda entry: entry[:2])]


def _resampled(values: npt.NDArray[np.floating], steps: npt.NDArray[np.float64]) -> Points:
    """Values (N, S, D) at fractional `steps` of their second axis."""
    low = np.minimum(steps.astype(int), values.shape[1] - 2)
    share = (steps - low)[None, :, None]
    return np.asarray(values[:, low] * (1.0 - share) + values[:, low + 1] * share)


def _edges(outline: skia.Path) -> tuple[Points, Points]:
    """Both edges (STEPS, 2) of a lock from root to tip: a lock's outline runs down one and back up the other."""
    measure = skia.PathMeasure(outline, False)
    half = 0.5 * measure.getLength()
    there = np.linspace(0.0, half, STEPS)
    return _at(measure, there), _at(measure, 2.0 * half - 1e-3 - there)


def _at(measure: skia.PathMeasure, distances: npt.NDArray[np.float64]) -> Points:
    points = [measure.getPosTan(distance)[0] for distance in distances.tolist()]
    return np.array([(q.x(), q.y()) for q in points])


def _painted_arcs(scene: Scene) -> list[Tress]:
    """The open strokes that curls and buns are painted with."""
    tresses = []
    for front, paint in ((False, paint_back_hair), (True, paint_front_hair)):
        marks = recorded(scene, lambda recorder: paint(recorder, scene.head, scene.hair, scene.colours))  # noqa: B023
        arcs = [mark for mark in marks if mark.width > 0.0 and mark.blur <= 0.5 and not mark.path.isLastContourClosed()]
        if arcs:
            tresses.append(Tress(np.stack([_sampled(mark) for mark in arcs]), None, front))
    return tresses


def _sampled(mark: Mark) -> Points:
    path = skia.Path()
    mark.path.transform(mark.frame, path)
    measure = skia.PathMeasure(path, False)
    return _at(measure, np.linspace(0.0, measure.getLength(), STEPS))


def strand_directions(tresses: list[Tress], edge: int) -> Floats:
    """Unit vectors (edge, edge, 2) along the hair, downwards where there is none.

    Directions are averaged as vectors of twice their angle, since a strand has no sign.
    """
    field = np.zeros((_CELLS, _CELLS, 2))
    # A faint pull downwards decides where no strand is near.
    field[..., 0] = -0.02
    if tresses:
        points = np.concatenate([tress.strands for tress in tresses])
        tangent = np.gradient(points, axis=1).reshape(-1, 2)
        angle = 2.0 * np.arctan2(tangent[:, 1], tangent[:, 0])
        cell = np.clip((points.reshape(-1, 2) / UNITS * _CELLS).astype(int), 0, _CELLS - 1)
        np.add.at(field, (cell[:, 1], cell[:, 0]), np.stack([np.cos(angle), np.sin(angle)], axis=1))
    smooth = gaussian_filter(field, (1.3, 1.3, 0.0), mode="nearest").astype(np.float32)
    large = resized(smooth, edge)
    half = 0.5 * np.arctan2(large[..., 1], large[..., 0])
    down = np.where(np.sin(half) < 0.0, -1.0, 1.0)
    return np.stack([np.cos(half) * down, np.sin(half) * down], axis=-1).astype(np.float32)

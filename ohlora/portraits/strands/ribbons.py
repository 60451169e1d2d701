"""Ribbons: locks as one textured mesh, drawn in a single call.

Each lock is a strip of triangles about its middle strand, coloured at its corners by the light and textured with strands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import skia_colour
from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.pattern import CELL_WIDTH, HEIGHT, MARGIN, TIP, strand_pattern
from ohlora.portraits.strands.scalp import Floats


@dataclass(frozen=True)
class Ribbons:
    """A mesh in image-plane units: corners (V, 2), pattern coordinates (V, 2), colours (V,) and the corners of triangles behind and before the ears."""

    corners: Floats
    pattern: Floats
    colours: npt.NDArray[np.int64]
    back: npt.NDArray[np.int64]
    front: npt.NDArray[np.int64]

    def draw(self, canvas: skia.Canvas, front: bool) -> None:
        """Draw what lies before the ears, or what lies behind them, far locks first."""
        triangles = self.front if front else self.back
        if not len(triangles):
            return
        # Turning arrays into skia's objects costs more than drawing: only the corners of this side are.
        used = np.zeros(len(self.corners), dtype=np.bool_)
        used[triangles] = True
        renumbered = np.cumsum(used) - 1
        vertices = skia.Vertices(
            skia.Vertices.kTriangles_VertexMode,
            _points(self.corners[used]),
            _points(self.pattern[used]),
            self.colours[used].tolist(),
            renumbered[triangles].tolist(),
        )
        sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        shader = strand_pattern().makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, sampling)
        canvas.drawVertices(vertices, skia.Paint(Shader=shader), skia.BlendMode.kModulate)


def ribbons(groups: Sequence[tuple[Locks, Floats, Floats]]) -> Ribbons:
    """The mesh of groups of (locks, their projected points (N, S, 2), their colours (N, S, 3))."""
    corners, pattern, colours, triangles, order, front = [], [], [], [], [], []
    first = 0
    for locks, flat, shades in groups:
        count, points = flat.shape[:2]
        sides = _sides(flat, locks.half_width)
        corners.append(sides.reshape(-1, 2))
        pattern.append(_pattern_coordinates(locks).reshape(-1, 2))
        colours.append(_packed(shades, locks.opacity).repeat(2, axis=1).reshape(-1))
        corner = first + 2 * (np.arange(count)[:, None] * points + np.arange(points - 1))
        triangles.append(np.stack([corner, corner + 1, corner + 2, corner + 1, corner + 3, corner + 2], axis=2))
        order.append(locks.order.repeat(points - 1))
        front.append(locks.in_front().reshape(-1))
        first += 2 * count * points
    ranks = np.argsort(np.concatenate(order), kind="stable")
    quads, before = np.concatenate([group.reshape(-1, 6) for group in triangles])[ranks], np.concatenate(front)[ranks]
    flat_colours = np.concatenate(colours)
    parts = (quads[~before].reshape(-1), quads[before].reshape(-1))
    return Ribbons(np.concatenate(corners), np.concatenate(pattern), flat_colours, *parts)


def _points(array: Floats) -> list[skia.Point]:
    return list(map(skia.Point, array[:, 0].tolist(), array[:, 1].tolist()))


def _sides(flat: Floats, half_width: Floats) -> Floats:
    """Both edges (N, S, 2, 2) of strips about middle strands (N, S, 2)."""
    along = np.gradient(flat, axis=1)
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    across /= np.linalg.norm(across, axis=-1, keepdims=True) + 1e-6
    offset = across * half_width[..., None]
    return np.stack([flat - offset, flat + offset], axis=2)


def _pattern_coordinates(locks: Locks) -> Floats:
    """(N, S, 2, 2): each lock spans its cell; one that is cut off straight ends before the strands of the pattern do."""
    count, points = locks.half_width.shape
    left = locks.cell * float(CELL_WIDTH) + 0.5 * MARGIN
    u = np.stack([left, left + CELL_WIDTH - MARGIN], axis=1)[:, None, :].repeat(points, axis=1)
    v = np.linspace(0.0, 1.0 - (1.0 - TIP + 0.02) * locks.blunt, points) * HEIGHT
    return np.stack([u, np.broadcast_to(v[None, :, None], (count, points, 2))], axis=-1)


def _packed(shades: Floats, opacity: float | Floats) -> npt.NDArray[np.int64]:
    """Colours (N, S, 3) as skia packs them."""
    r, g, b = (shades[..., k].astype(np.int64) for k in range(3))
    alpha = np.broadcast_to(np.asarray(255.0 * np.asarray(opacity)), r.shape).astype(np.int64)
    packed: npt.NDArray[np.int64] = (alpha << 24) | (r << 16) | (g << 8) | b
    return packed


def draw_hairs(canvas: skia.Canvas, locks: Locks, flat: Floats, shades: Floats) -> None:
    """Draw locks that are thinner than a pattern can show, those before the ears, as single lines."""
    middle = shades.shape[1] // 2
    for points, colour, width, before in zip(
        flat, shades[:, middle], locks.half_width[:, 0], locks.in_front(), strict=True
    ):
        if not before[-1]:
            continue
        paint = skia.Paint(AntiAlias=True, Color=skia_colour(colour, 255.0 * float(np.max(locks.opacity))))
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2.0 * float(width))
        path = skia.Path()
        path.addPoly(_points(points[1:]), False)
        canvas.drawPath(path, paint)

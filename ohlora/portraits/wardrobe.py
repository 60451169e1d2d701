"""Collars of the second edition: a shirt's, a polo neck, a hood, a jacket's lapels, laid over the plain clothes.

Shapes and painting are apart, because part maps count collars as clothes.
"""

from __future__ import annotations

import numpy as np
import skia

from ohlora.portraits.body import Body
from ohlora.portraits.colours import Colours, blend
from ohlora.portraits.curves import Points, curve
from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter


def _polygon(points: list[tuple[float, float]]) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points], True)
    return path


def collar_paths(head: Head, body: Body) -> list[skia.Path]:
    """Shapes of the collar, back to front, in image units; none for the plain neckline."""
    kind = round(4.0 * head.p.collar)
    n, x, c = body.neck_half, body.x, body.chin
    if kind == 0:
        return []
    if kind == 2:
        top = c + 9.0
        return [
            curve(
                [
                    (x - n * 1.04, top),
                    (x, top + 9),
                    (x + n * 1.04, top),
                    (x + n * 1.3, c + 34),
                    (x, c + 50),
                    (x - n * 1.3, c + 34),
                ]
            )
        ]
    if kind == 3:
        return [
            curve(
                [
                    (x + s * n * a, c + b)
                    for a, b in ((1.05, 0), (1.75, 6), (2.1, 26), (1.5, 52), (0.4, 72), (0.55, 44), (1.02, 18))
                ]
            )
            for s in (-1, 1)
        ]
    reach = 58.0 if kind == 1 else 120.0
    wide = 1.25 if kind == 1 else 1.55
    return [
        _polygon(
            [
                (x + s * n * 1.06, c + 2),
                (x + s * n * wide, c + 17),
                (x + s * n * (0.95 if kind == 1 else 1.5), c + (0.86 if kind == 1 else 0.48) * reach),
                (x + s * n * (0.12 if kind == 1 else 0.16), c + (0.62 if kind == 1 else 1.0) * reach),
                (x + s * n * 0.66, c + 28),
            ]
        )
        for s in (-1, 1)
    ]


def paint_collar(painter: Painter, head: Head, body: Body, colours: Colours) -> None:
    """The collar with its shadow and edge."""
    cloth = np.clip(colours.clothes, 12, 245)
    kind = round(4.0 * head.p.collar)
    for path in collar_paths(head, body):
        with painter.shifted(0.0, 2.5):
            painter.fill(path, (0, 0, 0), 90, blur=3.0)
        box = path.getBounds()
        tone = blend(cloth, (255, 255, 255), 0.30) if kind == 1 else cloth * 0.92
        shades = [blend(tone, (255, 255, 255), 0.14), tone, tone * 0.74]
        middle = head.p.light_x * 0.5 * box.width()
        painter.gradient(path, (box.centerX() + middle, box.top()), (box.centerX() - middle, box.bottom()), shades)
        painter.stroke(path, cloth * 0.42, 1.0, alpha=150)
        if kind == 2:
            _paint_ribs(painter, path, body, cloth)
    if kind == 3:
        _paint_cords(painter, body, cloth)


def _paint_ribs(painter: Painter, path: skia.Path, body: Body, cloth: Points) -> None:
    """The knitted ribs of a polo neck, and the fold of its turned edge."""
    n, x, c = body.neck_half, body.x, body.chin
    with painter.clip(path):
        for k in range(-6, 7):
            rib = [(x + k * n * 0.17, c + 4), (x + k * n * 0.21, c + 56)]
            painter.stroke(curve(rib, closed=False), cloth * 0.55, 1.2, alpha=90)
        fold = [(x - n * 1.2, c + 27), (x, c + 38), (x + n * 1.2, c + 27)]
        painter.stroke(curve(fold, closed=False), cloth * 0.4, 2.4, alpha=110, blur=1.2)


def _paint_cords(painter: Painter, body: Body, cloth: Points) -> None:
    """The two cords of a hood."""
    n, x, c = body.neck_half, body.x, body.chin
    for s in (-1, 1):
        cord = [(x + s * n * 0.52, c + 58), (x + s * n * 0.60, c + 76), (x + s * n * 0.54, c + 110)]
        painter.stroke(curve(cord, closed=False), blend(cloth, (255, 255, 255), 0.6), 2.4, alpha=230)

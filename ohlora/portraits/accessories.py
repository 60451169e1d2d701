"""Beard, glasses and earrings: rare things painted onto the picture, which leave the label map as it is.

LaPa, whose classes the label maps have, counts a beard as skin and glasses as what they cover.
"""

from __future__ import annotations

import numpy as np
import skia

from ohlora.portraits.beards import paint_beard_hairs
from ohlora.portraits.colours import Colours, rgb
from ohlora.portraits.curves import curve, mix
from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter

# Fixed: the hairs of a beard keep their places from one portrait to the next.
_HAIRS = np.random.default_rng(31).uniform(-1.0, 1.0, size=(220, 3))


def paint_beard(painter: Painter, head: Head, colours: Colours) -> None:
    """A beard and moustache on the skin; it counts as face skin, as in LaPa."""
    p, at = head.p, head.view.project
    if p.beard <= 0.0:
        return
    if p.edition > 0.5:
        paint_beard_hairs(painter, head, colours)
        return
    my, d, w = head.mouth_y, head.jaw_drop, head.mouth_half
    low = np.array([18, 50, 84, 101, 105, 101, 84, 50, 18.0]) + d * np.array([0, 0.3, 0.7, 1, 1, 1, 0.7, 0.3, 0])
    x = np.array([-69, -64, -44, -20, 0, 20, 44, 64, 69.0])
    jaw = at(x, low, z=np.where(np.abs(x) > 55, 6.0, 44.0))
    cheek = at(
        [62, 54, 42, w + 5, 0.6 * w, 0, -0.6 * w, -w - 5, -42, -54, -62],
        [20, 44, 52, my - 6, my - 12, my - 14, my - 12, my - 6, 52, 44, 20],
        2,
    )
    mouth = at([-w - 1, 0, w + 1, 0], [my, my - 6, my, my + 14 + 0.95 * head.gap], 4)
    hair = colours.own_hair * 0.72 * colours.light
    path = curve(np.vstack([jaw, cheek]))
    path.addPath(curve(mouth))
    path.setFillType(skia.PathFillType.kEvenOdd)
    painter.fill(path, hair, mix(120, 225, p.beard), blur=2.4)
    with painter.clip(path):
        for u, v, tone in _HAIRS[: int(220 * p.beard)]:
            root = at(64 * u, 60 + 44 * v + d * 0.6, 3)[0]
            tip = root + np.array([4.0 * u, 6.0])
            painter.stroke(curve([root, tip], closed=False), hair * (0.8 + 0.5 * (tone > 0)), 1.0, alpha=120)


def paint_glasses(painter: Painter, head: Head) -> None:
    """Rims in front of the eyes; label maps show what lies behind them."""
    p, at = head.p, head.view.project
    if p.glasses <= 0.5:
        return
    angular = 2.0 * (p.glasses - 0.5)
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    power = mix(1.0, 0.45, angular)
    cos, sin = (np.sign(f(angle)) * np.abs(f(angle)) ** power for f in (np.cos, np.sin))
    frame = rgb(34, 28, 30)
    for s in (-1, 1):
        rim = at(s * (head.eye_x + 1.0) + 24.5 * cos, 2.0 + mix(22.0, 17.0, angular) * sin, lift=9.0, z=52.0)
        path = curve(rim)
        painter.fill(path, (210, 226, 240), 26)
        painter.stroke(path, frame, 3.4)
        arm = at([s * (head.eye_x + 25.0), s * 70.0], [-3.0, -6.0], z=np.array([58.0, 0.0]))
        painter.stroke(curve(arm, closed=False), frame, 3.0)
    bridge = at([-8, 0, 8], [-1, -4, -1], lift=9.0, z=58.0)
    painter.stroke(curve(bridge, closed=False), frame, 3.0)


def paint_earrings(painter: Painter, head: Head) -> None:
    """A gold drop under each visible ear."""
    size = head.p.earrings
    if size <= 0.5:
        return
    for s in (-1, 1):
        box = head.ear(s).getBounds()
        radius = mix(2.2, 6.0, 2.0 * (size - 0.5))
        centre = (box.centerX() + s, box.bottom() + radius - 1.0)
        painter.ellipse(centre, radius, radius, (176, 132, 52))
        painter.ellipse(
            (centre[0] - 0.3 * radius, centre[1] - 0.3 * radius), 0.4 * radius, 0.4 * radius, (255, 236, 170)
        )

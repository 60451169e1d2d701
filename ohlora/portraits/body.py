"""Background, neck, clothes and ears: all that lies around the face, from the parameters and the head's outlines.

None of it has a class of its own: to the label map it is background.
"""

from __future__ import annotations

import math

import numpy as np
import skia

from ohlora.portraits.colours import Colours, blend, rgb
from ohlora.portraits.curves import curve, mix
from ohlora.portraits.head import EYE_LINE, TILT_DEGREES, Head
from ohlora.portraits.painter import Painter


def paint_background(painter: Painter, head: Head, colours: Colours) -> None:
    """A softly lit backdrop, in image units (256 across)."""
    b = np.clip(colours.background, 0, 255)
    centre = (128 + 70 * head.p.light_x, 84)
    painter.radial(None, centre, 240, [blend(b, (255, 255, 255), 0.16), b, b * 0.66], (0.0, 0.5, 1.0))


class Body:
    """Neck and clothes, in image units; they stand upright under a tilted head."""

    def __init__(self, head: Head) -> None:
        p = head.p
        tilt = math.radians(TILT_DEGREES) * p.roll
        # Where the throat is after the head was tilted about the middle between its eyes.
        self.x = 128.0 - 70.0 * math.sin(tilt) + 12.0 * p.pose
        self.chin = 256 * EYE_LINE + 89.0
        self.neck_half = mix(33.0, 44.0, head.wider(0.8 * head.masculine + 0.2 * p.jaw_width)) * head.proportions.neck
        self.shoulder = mix(104.0, 126.0, head.masculine)
        n, x, c = self.neck_half, self.x, self.chin
        self.neck = curve(
            [
                (x - n, c - 62),
                (x - n * 0.95, c - 12),
                (x - n * 1.02, c + 8),
                (x - n * 1.7, c + 30),
                (x - n * 1.8, 320),
                (x + n * 1.8, 320),
                (x + n * 1.7, c + 30),
                (x + n * 1.02, c + 8),
                (x + n * 0.95, c - 12),
                (x + n, c - 62),
            ]
        )
        depth = mix(c + 20, c + 62, p.neckline)
        s = self.shoulder
        self.clothes = curve(
            [
                (x - n * 1.12, c + 10),
                (x - n * 1.8, c + 19),
                (x - s, c + 36),
                (x - s - 16, 330),
                (x + s + 16, 330),
                (x + s, c + 36),
                (x + n * 1.8, c + 19),
                (x + n * 1.12, c + 10),
                (x + n * 0.62, mix(c + 18, c + 34, p.neckline)),
                (x, depth),
                (x - n * 0.62, mix(c + 18, c + 34, p.neckline)),
            ]
        )
        self.collar = curve(
            [
                (x - n * 1.12, c + 10),
                (x - n * 0.62, mix(c + 18, c + 34, p.neckline)),
                (x, depth),
                (x + n * 0.62, mix(c + 18, c + 34, p.neckline)),
                (x + n * 1.12, c + 10),
            ],
            closed=False,
        )


def paint_body(painter: Painter, head: Head, body: Body, face_in_image: skia.Path, colours: Colours) -> None:
    """Neck with the face's shadow on it, then the clothes."""
    skin = colours.skin * colours.light
    lx = head.p.light_x
    toward = 1.0 if lx > 0 else -1.0
    n, x, c = body.neck_half, body.x, body.chin
    edge = skin * mix(0.84, 0.55, abs(lx)) * rgb(1.0, 0.92, 0.89)
    painter.gradient(body.neck, (x - n * toward, 0), (x + n * toward, 0), [edge, skin * 0.84, skin * 0.92])
    with painter.clip(body.neck):
        with painter.shifted(-7 * lx, 15):
            painter.fill(face_in_image, colours.shadow * 0.95, 165, blur=8)
        for s in (-1, 1):
            collarbone = [(x + s * 4, c + 44), (x + s * 40, c + 36), (x + s * 60, c + 40)]
            painter.stroke(curve(collarbone, closed=False), colours.shadow, 4.0, alpha=60, blur=3.0)
    cloth = np.clip(colours.clothes, 12, 245)
    with painter.shifted(0, -3):
        painter.fill(body.clothes, (0, 0, 0), 60, blur=5)
    shades = [blend(cloth, (255, 255, 255), 0.16), cloth, cloth * 0.62]
    painter.gradient(body.clothes, (128 + 100 * lx, c), (128 - 100 * lx, 256), shades)
    with painter.clip(body.clothes):
        painter.stroke(body.collar, cloth * 0.58, 7.0, alpha=150)
        painter.stroke(body.collar, blend(cloth, (255, 255, 255), 0.18), 1.2, alpha=120)
        for s in (-1, 1):
            fold = [(x + s * n * 1.5, c + 24), (x + s * n * 1.9, c + 44), (x + s * n * 1.8, 300)]
            painter.stroke(curve(fold, closed=False), cloth * 0.5, 5.0, alpha=80, blur=4.0)


def paint_ears(painter: Painter, head: Head, colours: Colours) -> None:
    """Both ears, behind the face."""
    for s in (-1, 1):
        path = head.ear(s)
        skin = colours.skin * colours.light * (0.84 + 0.10 * s * head.p.light_x)
        painter.fill(path, skin * rgb(1.0, 0.93, 0.91))
        with painter.clip(path):
            box = path.getBounds()
            hollow = (box.centerX() + 1.5 * s, box.centerY() - 1.0)
            painter.ellipse(hollow, 4.4, 9.5, colours.shadow, 135, blur=2.6)
            if head.p.edition > 0.5:
                _paint_ear_folds(painter, path, s, colours)
        painter.stroke(path, colours.shadow, 1.2, alpha=110, blur=0.6)


def _paint_ear_folds(painter: Painter, path: skia.Path, side: int, colours: Colours) -> None:
    """The rim's fold, the inner ridge and a lit lobe."""
    box = path.getBounds()
    width, top, height = box.width(), box.top(), box.height()
    inner = box.left() if side > 0 else box.right()

    def at(across: float, down: float) -> tuple[float, float]:
        return inner + side * across * width, top + down * height

    fold = [at(0.42, 0.16), at(0.72, 0.13), at(0.84, 0.32), at(0.72, 0.58)]
    painter.stroke(curve(fold, closed=False), colours.shadow, 1.3, alpha=150, blur=0.5)
    ridge = [at(0.48, 0.34), at(0.64, 0.44), at(0.58, 0.66), at(0.44, 0.74)]
    painter.stroke(curve(ridge, closed=False), colours.skin * 1.06, 2.0, alpha=120, blur=0.7)
    painter.ellipse(at(0.45, 0.87), 0.18 * width, 0.07 * height, colours.skin * 1.1, 110, blur=1.2)

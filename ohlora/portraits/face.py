"""The face's picture: skin, nose, mouth, eyes, brows and the signs of age, painted from the back to the front.

Shapes come from `Head`, which the label map is drawn from too; what is painted here only gives them colour, light and
detail, so that picture and label map cannot disagree.
"""

from __future__ import annotations

import math

import numpy as np
import skia

from ohlora.portraits.beards import paint_stubble_hairs
from ohlora.portraits.colours import DARK, Colours, blend, rgb
from ohlora.portraits.curves import Points, curve, mix, resample, smoothstep
from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter
from ohlora.portraits.shading import paint_light

# Fixed: freckles keep their places from one portrait to the next.
_JITTER = np.random.default_rng(11).uniform(-1.0, 1.0, size=512)


def paint_face(painter: Painter, head: Head, colours: Colours) -> None:
    """Everything inside the face's outline, back to front."""
    painter.fill(head.face, colours.skin)
    with painter.clip(head.face):
        _paint_blush(painter, head, colours)
        _paint_stubble(painter, head, colours)
        _paint_freckles(painter, head, colours)
        _paint_mouth(painter, head, colours)
        paint_light(painter.canvas, head, colours)
        _paint_nose(painter, head, colours)
        _paint_folds(painter, head, colours)
        _paint_lip_details(painter, head, colours)
        for side in (-1, 1):
            _paint_eye(painter, head, colours, side)
            _paint_brow(painter, head, colours, side)
    painter.stroke(head.face, colours.shadow, 1.2, alpha=70, blur=0.6)


def _paint_blush(painter: Painter, head: Head, colours: Colours) -> None:
    p, at = head.p, head.view.project
    paint = p.makeup * mix(0.15, 1.0, p.gender)
    flat = math.cos(head.view.turn)
    for s in (-1, 1):
        painter.ellipse(
            at(s * 42, 29)[0], 19 * flat, 13, blend(colours.skin, (216, 74, 70), 0.55), 34 + 46 * paint, blur=9
        )
        socket = blend(colours.skin * 0.58, (124, 64, 62), 0.3)
        painter.ellipse(at(s * head.eye_x, -1)[0], 19 * flat, 11.5, socket, 54 + 54 * p.age, blur=6)
        shadow = blend((92, 50, 62), colours.clothes * 0.55, 0.35)
        painter.ellipse(at(s * head.eye_x, -8)[0], 16 * flat, 6.5, shadow, 120 * paint, blur=3.5)
    painter.ellipse(
        at(0, head.nose_y, head.nose_lift * 0.6)[0], 10, 9, blend(colours.skin, (206, 82, 72), 0.5), 50, blur=6
    )


def _paint_stubble(painter: Painter, head: Head, colours: Colours) -> None:
    if head.p.edition > 0.5:
        paint_stubble_hairs(painter, head, colours)
        return
    p, at = head.p, head.view.project
    amount = head.masculine * smoothstep(p.stubble, 0.25, 1.0)
    if amount < 0.02:
        return
    d, my = head.jaw_drop, head.mouth_y
    x = np.array([-67, -61, -45, -22, 0, 22, 45, 61, 67, 50, 34, 0, -34, -50], dtype=float)
    y = np.array([22, 62, 92, 106, 110, 106, 92, 62, 22, 52, my + 2, my + 6, my + 2, 52.0])
    y = y + d * np.array([0, 0.3, 0.7, 1, 1, 1, 0.7, 0.3, 0, 0, 0, 0.4, 0, 0])
    shade = blend(colours.own_hair * 0.6, colours.skin * 0.6, 0.45)
    painter.fill(curve(at(x, y, z=np.where(np.abs(x) > 55, 8.0, 40.0))), shade, 128 * amount, blur=6.5)
    moustache = np.vstack(
        [
            at([-27, -12, 0, 12, 27], [my + 5, my - 8, my - 6, my - 8, my + 5], 3),
            at([18, 0, -18], [my - 11, head.nose_y + 9, my - 11], 3),
        ]
    )
    painter.fill(curve(moustache), shade, 120 * amount, blur=2.6)


def _paint_freckles(painter: Painter, head: Head, colours: Colours) -> None:
    count = int(60 * head.p.freckles)
    for i in range(count):
        x, y = 52.0 * _JITTER[2 * i], 24.0 + 14.0 * _JITTER[2 * i + 1]
        painter.ellipse(head.view.project(x, y)[0], 0.9, 0.8, colours.skin * rgb(0.72, 0.56, 0.46), 130)


def _paint_mouth(painter: Painter, head: Head, colours: Colours) -> None:
    painter.fill(head.lower_lip, colours.shadow, 70, blur=5)
    if head.shows_inner_mouth:
        _paint_inner_mouth(painter, head)
    painter.fill(head.upper_lip, colours.lips * 0.82)
    painter.fill(head.lower_lip, colours.lips)


def _paint_inner_mouth(painter: Painter, head: Head) -> None:
    at, gap = head.view.project, head.gap
    x = head.lip_columns
    t = x / head.mouth_half
    edge = head.lip_rows[1]
    painter.fill(head.inner_mouth, (58, 18, 22))
    with painter.clip(head.inner_mouth):
        tongue = at(0, head.mouth_y + 0.98 * gap, 1)[0]
        painter.ellipse(tongue, 14.0, 0.34 * gap + 1.0, (182, 80, 84), 230, blur=1.5)
        tooth = min(0.6 * gap, 8.5)
        teeth = np.vstack([at(x * 0.9, edge - 4, 1), at(x * 0.86, edge + tooth * (1 - 0.45 * t**2), 1)[::-1]])
        painter.fill(curve(teeth), (244, 239, 230))
        for k in range(-4, 5):
            ends = at([k * 4.4, k * 4.4], [edge[4] - 4, edge[4] + tooth], 1).tolist()
            painter.stroke(curve(ends, closed=False), (176, 158, 148), 0.7, alpha=80)
        painter.fill(head.upper_lip, (34, 8, 12), 140, blur=3)


def _paint_lip_details(painter: Painter, head: Head, colours: Colours) -> None:
    p, at = head.p, head.view.project
    painter.stroke(
        curve(head.lip_line, closed=False), colours.lips * 0.40, 1.5, alpha=225 * (1 - min(head.gap / 8.0, 0.8))
    )
    gloss = at(-1 + 4 * p.light_x, head.mouth_y + 5.2 + head.gap, 4)[0]
    painter.ellipse(gloss, 8.0, 1.7, (255, 240, 238), 70 + 70 * p.gender * p.makeup, blur=1.5)
    for s in (-1, 1):
        corner = at(s * (head.mouth_half + 0.6), head.mouth_y + head.corner_lift, 3)[0]
        painter.ellipse(corner, 2.2, 2.2, colours.shadow, 130, blur=1.4)
    chin = at([-11, 0, 11], np.array([15.0, 16.8, 15.0]) + head.mouth_y + 0.95 * head.gap, 2)
    painter.stroke(curve(chin, closed=False), colours.shadow, 3.0, alpha=62, blur=2.4)


def _paint_nose(painter: Painter, head: Head, colours: Colours) -> None:
    p, at, w, y = head.p, head.view.project, head.nose_half, head.nose_y
    dark = colours.shadow
    away = -1.0 if p.light_x > 0 else 1.0
    flank = np.vstack(
        [
            at(away * 5.5, -4, 2),
            at(away * 7.5, 14, 6),
            at(away * w * 0.9, y - 6, 5),
            at(away * w * 1.4, y + 2, 0),
            at(away * 12, 10, 0),
        ]
    )
    painter.fill(curve(flank), dark, 6 + 62 * abs(p.light_x), blur=4.5)
    painter.stroke(curve(head.nose_base, closed=False), dark, 2.6, alpha=90, blur=1.6)
    for s in (-1, 1):
        hidden = 1.0 - 0.72 * max(0.0, -s * p.pose)
        nostril = at(s * w * 0.47, y + 4.2, 9)[0]
        painter.canvas.save()
        painter.canvas.translate(*nostril.tolist())
        painter.canvas.rotate(-s * 16)
        painter.ellipse((0, 0), 3.7 * hidden, 1.7, colours.shadow * rgb(0.6, 0.45, 0.45), 215, blur=0.7)
        painter.canvas.restore()
        wing = np.vstack([at(s * w * 0.98, y - 6, 4), at(s * w * 1.06, y, 3), at(s * w * 0.84, y + 4.6, 5)])
        painter.stroke(curve(wing, closed=False), dark, 1.5, alpha=140 * hidden, blur=0.7)
    painter.ellipse(head.nose_tip + np.array([2.6 * p.light_x, -1.5]), 2.6, 2.4, (255, 250, 242), 92, blur=1.7)


def _paint_folds(painter: Painter, head: Head, colours: Colours) -> None:
    p, at = head.p, head.view.project
    dark, w = colours.shadow, head.nose_half
    for s in (-1, 1):
        fold = np.vstack(
            [
                at(s * w * 1.25, head.nose_y, 2),
                at(s * (w + 9.5), head.nose_y + 11, 1),
                at(s * (head.mouth_half + 6), head.mouth_y + 1, 1),
            ]
        )
        painter.stroke(
            curve(fold, closed=False), dark, 2.0, alpha=46 * head.grin + 120 * max(p.age - 0.15, 0), blur=1.4
        )
        bag = np.vstack(
            [at(s * (head.eye_x - 11), 13, 0), at(s * head.eye_x, 16, 0), at(s * (head.eye_x + 11), 12.5, 0)]
        )
        painter.stroke(curve(bag, closed=False), dark, 1.4, alpha=150 * max(p.age - 0.3, 0), blur=1.0)
        for k in range(3):
            crow = at(s * np.array([53.0, 58.0]), np.array([-2.0 + 4 * k, -5.0 + 6 * k]), 0)
            painter.stroke(curve(crow, closed=False), dark, 1.2, alpha=130 * max(p.age - 0.45, 0), blur=0.7)
    for row in (-38.0, -47.0, -56.0):
        line = at(np.array([-30.0, -12, 0, 12, 30]), row + np.array([1.2, 0, -0.8, 0, 1.2]))
        painter.stroke(curve(line, closed=False), dark, 1.4, alpha=130 * max(p.age - 0.35, 0), blur=0.9)


def _paint_eye(painter: Painter, head: Head, colours: Colours, side: int) -> None:
    p = head.p
    outline: Points = head.eyes[0 if side < 0 else 1]
    path = curve(outline)
    upper, lower = outline[:6], np.vstack([outline[5:], outline[:1]])
    dark = colours.shadow * 0.9
    painter.stroke(path, dark, 4.2, alpha=105, blur=2.0)
    painter.fill(path, rgb(243, 239, 236) * (0.97 - 0.08 * max(0.0, -side * p.light_x)))
    with painter.clip(path):
        _paint_iris(painter, head, colours, side)
        painter.stroke(curve(upper + np.array([0, 1.4]), closed=False), DARK, 4.4, alpha=110, blur=1.6)
    painter.stroke(curve(lower, closed=False), blend(dark, (150, 84, 80), 0.3), 1.2, alpha=150)
    lashes = head.smooth_gender(0.2, 0.8)
    paint = p.makeup * lashes
    painter.stroke(curve(upper, closed=False), DARK, 1.9 + 1.3 * lashes + 0.9 * paint, alpha=240)
    corner = upper[-1]
    wing = corner + np.array([side * 1.0, -0.55]) * (2.6 + 2.6 * lashes + 2.6 * paint)
    painter.stroke(curve([upper[-2], corner, wing], closed=False), DARK, 1.7, alpha=(90 + 140 * lashes))
    for k in range(6):
        root = resample(upper, 9)[k + 3]
        tip = root + np.array([side * (-0.1 + 0.24 * k) * math.cos(head.view.turn), -1.0 + 0.08 * k]) * (
            3.4 + 1.6 * paint
        )
        painter.stroke(curve([root, tip], closed=False), DARK, 1.0, alpha=200 * lashes)
    crease = (
        upper[:6]
        + np.array([0.0, -3.6 - 1.8 * (1 - min(head.lid, 1.0))])
        + np.array([[side * 2.0, 2.0], [0, 0], [0, 0], [0, 0], [0, 0], [0, -0.8]])
    )
    painter.stroke(curve(crease, closed=False), dark, 1.5, alpha=150, blur=0.6)


def _paint_iris(painter: Painter, head: Head, colours: Colours, side: int) -> None:
    p = head.p
    x = side * head.eye_x + p.gaze * 4.4
    centre = head.view.project(x, -0.8 - 2.8 * p.gaze_height, -2)[0]
    radius = 7.4 * head.eye_scale**0.5 * head.proportions.eyes**0.45
    iris = np.clip(colours.iris * 1.12, 0, 255)
    disc = skia.Path()
    flat = math.cos(head.view.turn) ** 0.5
    disc.addOval(
        skia.Rect.MakeXYWH(float(centre[0]) - radius * flat, float(centre[1]) - radius, 2 * radius * flat, 2 * radius)
    )
    shades = [iris * 0.75, blend(iris, (255, 255, 255), 0.2), iris, iris * 0.35]
    painter.radial(disc, (centre[0], centre[1] + 2.0), radius * 1.12, shades, (0.0, 0.48, 0.76, 1.0))
    painter.ellipse(centre, 3.2, 3.2, (14, 10, 10))
    glint = 1.0 if p.light_x > 0 else -1.0
    painter.ellipse(
        centre + np.array([2.4 * glint * min(1.0, 4 * abs(p.light_x)), -2.7]), 1.8, 1.8, (255, 255, 255), 240
    )
    painter.ellipse(centre + np.array([-2.2, 3.0]), 1.1, 1.1, (255, 255, 255), 80)


def _paint_brow(painter: Painter, head: Head, colours: Colours, side: int) -> None:
    outline = head.brows[0 if side < 0 else 1]
    painter.fill(curve(outline), colours.brow, 215, blur=0.7)
    middle = 0.5 * (outline[:7] + outline[7:][::-1])
    for k, root in enumerate(resample(middle, 12)):
        t = k / 11
        reach = head.brow_half * (1.3 - 0.8 * t)
        lean = np.array([side * (0.6 + 1.1 * t), -1.0 + 1.2 * t]) * reach
        painter.stroke(curve([root - 0.6 * lean, root + 0.8 * lean], closed=False), colours.brow * 0.78, 1.2, alpha=120)

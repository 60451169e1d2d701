"""The hair's picture: what lies behind the head, and the locks, fringe and sheen in front of it.

Shapes come from `Hair`, which the label map is drawn from too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import skia

from ohlora.portraits.colours import Colour, Colours, blend
from ohlora.portraits.curves import curve, resample
from ohlora.portraits.hair import Hair, Lock, Side
from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter
from ohlora.portraits.strands.haircut import Haircut

# Fixed: curls keep their places from one portrait to the next.
_CURLS = np.random.default_rng(23).uniform(0.0, 1.0, size=(420, 3))


def paint_back_hair(painter: Painter, head: Head, hair: Hair | Haircut, colours: Colours) -> None:
    """What hangs behind face and neck."""
    if isinstance(hair, Haircut):
        hair.layers.paint(painter.canvas, front=False)
        return
    if not hair.visible:
        return
    c = colours.hair * colours.light
    with rim(painter, hair):
        if hair.afro is not None:
            painter.fill(hair.afro[0], c * 0.74)
            with painter.clip(hair.afro[0]):
                _paint_curls(painter, hair, colours)
        else:
            top, bottom = head.centre[1] - 60, head.centre[1] + 150
            painter.gradient(hair.back, (0, top), (0, bottom), [c * 0.58, c * 0.40])
        if hair.bun is not None:
            _paint_bun(painter, hair, colours)


def paint_hair_shadow(painter: Painter, head: Head, hair: Hair | Haircut, colours: Colours) -> None:
    """The shadow that hair throws on the face; called inside the face's clip."""
    if isinstance(hair, Haircut):
        hair.layers.paint_shadow(painter.canvas, colours.shadow * 0.8, 118, 3.6, -4.0 * head.p.light_x, 4.0)
        return
    if not hair.visible or hair.rim_only:
        return
    dx = -4.0 * head.p.light_x
    with painter.shifted(dx, 4.0):
        for side in hair.sides:
            painter.fill(side.under, colours.shadow * 0.8, 105, blur=4.5)
        for lock in hair.fringe:
            painter.fill(lock.path, colours.shadow * 0.8, 60 * hair.fringe_strength, blur=3.5)


def paint_shadow_on_body(painter: Painter, head: Head, hair: Hair | Haircut, colours: Colours) -> None:
    """The shadow that the second edition's hair throws on neck and clothes, before ears and face are drawn."""
    if isinstance(hair, Haircut):
        hair.layers.paint_shadow(painter.canvas, colours.shadow * 0.5, 96, 5.0, -6.0 * head.p.light_x, 7.0)


def paint_front_hair(painter: Painter, head: Head, hair: Hair | Haircut, colours: Colours) -> None:
    """Curtains, fringe and sheen in front of the face."""
    if isinstance(hair, Haircut):
        hair.layers.paint(painter.canvas, front=True)
        return
    if not hair.visible:
        return
    if hair.afro is not None:
        painter.fill(hair.afro[1], colours.hair * colours.light * 0.72)
        with painter.clip(hair.afro[1]):
            _paint_curls(painter, hair, colours)
        return
    with rim(painter, hair):
        order = hair.sides if head.p.part > 0 else hair.sides[::-1]
        for side in order:
            _paint_side(painter, head, hair, side, colours)
        if hair.fringe:
            _paint_fringe(painter, head, hair, colours)


@contextmanager
def rim(painter: Painter, hair: Hair) -> Iterator[None]:
    """Inside this block only the rim of a bald head's hair is drawn; all hair otherwise."""
    if hair.rim_clip is None:
        yield
        return
    with painter.clip(hair.rim_clip):
        yield


def mark_back_hair(painter: Painter, hair: Hair | Haircut, grey: float) -> None:
    """Fill what hair behind the head covers with one grey."""
    if isinstance(hair, Haircut):
        hair.layers.mark(painter.canvas, front=False, grey=grey)
        return
    if not hair.visible:
        return
    with rim(painter, hair):
        painter.fill(hair.back if hair.afro is None else hair.afro[0], (grey,) * 3)
        if hair.bun is not None:
            centre, radius = hair.bun
            painter.ellipse(centre, radius, radius * 0.92, (grey,) * 3)


def mark_front_hair(painter: Painter, hair: Hair | Haircut, grey: float) -> None:
    """Fill what hair in front of the head covers with one grey."""
    if isinstance(hair, Haircut):
        hair.layers.mark(painter.canvas, front=True, grey=grey)
        return
    with rim(painter, hair):
        for path in hair_paths(hair):
            painter.fill(path, (grey,) * 3)


def hair_paths(hair: Hair) -> list[skia.Path]:
    """Every shape in front of the face that counts as hair, for the label map."""
    if not hair.visible:
        return []
    if hair.afro is not None:
        return [hair.afro[1]]
    locks = [lock for side in hair.sides for lock in side.locks]
    return [side.under for side in hair.sides] + [lock.path for lock in (*locks, *hair.fringe)]


def _lit(head: Head, colours: Colours, x: float) -> float:
    """Brightness of hair at horizontal position `x` (-1 left .. 1 right of the head) under the portrait's light."""
    return 1.0 + 0.13 * x * head.p.light_x


def _paint_side(painter: Painter, head: Head, hair: Hair, side: Side, colours: Colours) -> None:
    base = colours.hair * colours.light * _lit(head, colours, side.side)
    painter.fill(side.under, base * 0.62)
    for k, lock in enumerate(side.locks):
        depth = 0.86 + 0.14 * np.sin(np.pi * (k + 0.5) / len(side.locks))
        _paint_lock(painter, lock, base * depth)
    whole = skia.Path()
    for lock in side.locks:
        whole.addPath(lock.path)
    with painter.clip(whole):
        _paint_sheen(painter, head, hair, side, base)
        painter.stroke(curve(side.outer[::2], closed=False), base * 0.45, 7.0, alpha=95, blur=4.0)
        painter.stroke(curve(side.inner[::2], closed=False), base * 0.36, 4.5, alpha=105, blur=3.0)


def _paint_lock(painter: Painter, lock: Lock, colour: Colour, alpha: float = 255.0) -> None:
    """A lock with a lit middle and darker, soft edges."""
    tone = colour * lock.tone
    painter.fill(lock.path, tone, alpha)
    painter.stroke(lock.path, colour * 0.55, 2.2, alpha=0.36 * alpha, blur=0.9)
    light = blend(tone, (255, 244, 226), 0.15)
    painter.stroke(curve(lock.middle[1:-3:2], closed=False), light, 4.2, alpha=0.42 * alpha, blur=1.5)


def _paint_sheen(painter: Painter, head: Head, hair: Hair, side: Side, base: Colour) -> None:
    """A band of light across the locks where the hair bends over the head."""
    shine = blend(base, (255, 246, 230), 0.42)
    strength = max(0.0, 0.62 + 0.38 * side.side * head.p.light_x) * (1.0 - 0.6 * hair.curl)
    band = np.vstack([resample(side.inner * (1 - s) + side.outer * s, 9)[2] for s in np.linspace(0.12, 0.92, 6)])
    painter.stroke(curve(band, closed=False), shine, 13.0, alpha=92 * strength, blur=5.0)


def _paint_fringe(painter: Painter, head: Head, hair: Hair, colours: Colours) -> None:
    base = colours.hair * colours.light * _lit(head, colours, 0.0)
    for lock in hair.fringe:
        _paint_lock(painter, lock, base * 0.91, 255.0 * hair.fringe_strength)
    whole = skia.Path()
    for lock in hair.fringe:
        whole.addPath(lock.path)
    band = head.view.project(np.linspace(-46, 46, 7), hair.hairline - 4 + 9 * np.linspace(-1, 1, 7) ** 2, lift=10.0)
    with painter.clip(whole):
        painter.stroke(
            curve(band, closed=False),
            blend(base, (255, 246, 230), 0.4),
            10.0,
            alpha=80 * hair.fringe_strength,
            blur=4.5,
        )


def _paint_curls(painter: Painter, hair: Hair, colours: Colours) -> None:
    """Small arcs of light and dark all over an afro."""
    assert hair.afro is not None
    _, _, centre, radius = hair.afro
    base = colours.hair * colours.light
    angle, distance = 2 * np.pi * _CURLS[:, 0], np.sqrt(_CURLS[:, 1])
    x = centre[0, 0] + radius * distance * np.cos(angle)
    y = centre[0, 1] + 0.92 * radius * distance * np.sin(angle)
    lit = 1.0 - 0.25 * distance
    for k in range(len(_CURLS)):
        dark = _CURLS[k, 2] < 0.5
        colour = base * (0.5 if dark else 1.16 * lit[k])
        turn = 360.0 * _CURLS[k, 2] * 2
        arc = skia.Path()
        arc.addArc(skia.Rect.MakeXYWH(float(x[k]) - 4, float(y[k]) - 3.4, 8, 6.8), turn, 210)
        painter.stroke(arc, colour, 1.7, alpha=120)


def _paint_bun(painter: Painter, hair: Hair, colours: Colours) -> None:
    assert hair.bun is not None
    centre, radius = hair.bun
    base = colours.hair * colours.light
    painter.ellipse(centre, radius, radius * 0.92, base * 0.8)
    for k in range(5):
        inner = radius * (0.86 - 0.17 * k)
        arc = skia.Path()
        box = skia.Rect.MakeXYWH(float(centre[0]) - inner, float(centre[1]) - 0.9 * inner, 2 * inner, 1.8 * inner)
        arc.addArc(box, 40.0 * k, 230)
        painter.stroke(arc, base * (1.14 if k % 2 else 0.55), 2.2, alpha=150, blur=0.4)

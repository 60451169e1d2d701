"""The scene: all geometry of one portrait, and the order in which it is drawn.

Shapes are given in units of 1/256 of the picture's width. Picture and part map are drawn from them at any size, in the
same order, and agree to the pixel; the label map is the part map with every part's class.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.accessories import paint_beard, paint_earrings, paint_glasses
from ohlora.portraits.backdrop import paint_backdrop
from ohlora.portraits.body import Body, paint_background, paint_body, paint_ears
from ohlora.portraits.colours import Colours
from ohlora.portraits.curves import curve
from ohlora.portraits.face import paint_face
from ohlora.portraits.hair import Hair
from ohlora.portraits.hair_painter import (
    mark_back_hair,
    mark_front_hair,
    paint_back_hair,
    paint_front_hair,
    paint_hair_shadow,
    paint_shadow_on_body,
)
from ohlora.portraits.head import EYE_LINE, TILT_DEGREES, Head
from ohlora.portraits.painter import Painter
from ohlora.portraits.parameters import PortraitParameters
from ohlora.portraits.parts import CLASS_OF_PART, Part
from ohlora.portraits.proportions import NATURAL, Proportions
from ohlora.portraits.strands.haircut import Haircut
from ohlora.portraits.wardrobe import collar_paths, paint_collar

UNITS = 256.0
"""Width of a portrait in the units that all shapes are given in."""
# Greys this far apart leave room for rounding, and those of all parts fit a byte.
_GREY_STEP = 16


class Scene:
    """All geometry of one portrait, ready to be drawn as a picture or as labels."""

    def __init__(self, p: PortraitParameters, proportions: Proportions = NATURAL) -> None:
        self.head = Head(p, proportions)
        self.body = Body(self.head)
        self.colours = Colours(p)
        self.hair = self._hair()
        matrix = skia.Matrix()
        matrix.preTranslate(UNITS / 2, UNITS * EYE_LINE)
        matrix.preRotate(TILT_DEGREES * p.roll)
        matrix.preTranslate(-float(self.head.centre[0]), -float(self.head.centre[1]))
        self.to_image = matrix

    def _hair(self) -> Hair | Haircut:
        if self.head.p.edition > 0.5:
            return Haircut(self.head, self.colours.hair * self.colours.light)
        return Hair(self.head)

    def draw(self, size: int) -> npt.NDArray[np.uint8]:
        """The shaded picture, (size, size, 3) uint8, RGB."""
        surface = skia.Surface(size, size)
        canvas = surface.getCanvas()
        canvas.scale(size / UNITS, size / UNITS)
        painter, head, hair, colours = Painter(canvas), self.head, self.hair, self.colours
        paint_background(painter, head, colours)
        paint_backdrop(painter, head)
        with in_head(canvas, self.to_image):
            paint_back_hair(painter, head, hair, colours)
        face_in_image = skia.Path()
        head.face.transform(self.to_image, face_in_image)
        paint_body(painter, head, self.body, face_in_image, colours)
        paint_collar(painter, head, self.body, colours)
        with in_head(canvas, self.to_image):
            paint_shadow_on_body(painter, head, hair, colours)
        with in_head(canvas, self.to_image):
            paint_ears(painter, head, colours)
            paint_earrings(painter, head)
            paint_face(painter, head, colours)
            with painter.clip(head.face):
                paint_hair_shadow(painter, head, hair, colours)
            paint_beard(painter, head, colours)
            paint_front_hair(painter, head, hair, colours)
            paint_glasses(painter, head)
        pixels = surface.toarray(colorType=skia.kRGBA_8888_ColorType)
        return np.ascontiguousarray(pixels[..., :3])

    def draw_labels(self, size: int) -> npt.NDArray[np.uint8]:
        """The label map, (size, size) uint8: the class of every pixel's part."""
        labels: npt.NDArray[np.uint8] = CLASS_OF_PART[self.draw_parts(size)]
        return labels

    def draw_parts(self, size: int) -> npt.NDArray[np.uint8]:
        """The part map, (size, size) uint8: the same shapes in the same order, without antialiasing."""
        surface = skia.Surface(size, size)
        canvas = surface.getCanvas()
        canvas.clear(skia.Color(0, 0, 0))
        canvas.scale(size / UNITS, size / UNITS)
        painter, head, hair = Painter(canvas, antialias=False), self.head, self.hair

        def mark(path: skia.Path, part: Part) -> None:
            painter.fill(path, (float(_GREY_STEP * part),) * 3)

        with in_head(canvas, self.to_image):
            mark_back_hair(painter, hair, float(_GREY_STEP * Part.BACK_HAIR))
        mark(self.body.neck, Part.NECK)
        for clothes in (self.body.clothes, *collar_paths(self.head, self.body)):
            mark(clothes, Part.CLOTHES)
        with in_head(canvas, self.to_image):
            for side in (-1, 1):
                mark(head.ear(side), Part.EAR)
            mark(head.face, Part.FACE_SKIN)
            with painter.clip(head.face):
                mark(head.nose, Part.NOSE)
                if head.shows_inner_mouth:
                    mark(head.inner_mouth, Part.INNER_MOUTH)
                mark(head.upper_lip, Part.UPPER_LIP)
                mark(head.lower_lip, Part.LOWER_LIP)
                for outline, part in zip(head.eyes, (Part.LEFT_EYE, Part.RIGHT_EYE), strict=True):
                    mark(curve(outline), part)
                for outline, part in zip(head.brows, (Part.LEFT_EYEBROW, Part.RIGHT_EYEBROW), strict=True):
                    mark(curve(outline), part)
            mark_front_hair(painter, hair, float(_GREY_STEP * Part.HAIR))
        pixels = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., 0]
        parts: npt.NDArray[np.uint8] = ((pixels.astype(np.int32) + _GREY_STEP // 2) // _GREY_STEP).astype(np.uint8)
        return parts


class in_head:
    """Draw in head coordinates inside a `with` block."""

    def __init__(self, canvas: skia.Canvas, matrix: skia.Matrix) -> None:
        self.canvas, self.matrix = canvas, matrix

    def __enter__(self) -> None:
        self.canvas.save()
        self.canvas.concat(self.matrix)

    def __exit__(self, *_: object) -> None:
        self.canvas.restore()

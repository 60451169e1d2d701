"""Rendering: from the parameters of a portrait to its picture, its exact label map and its true attributes.

One scene holds all shapes, in units of 1/256 of the picture's width; picture and label map are drawn from it at any
size, in the same order, and agree to the pixel. True attributes come from the parameters and shapes, not from the
picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from ohlora.errors import OhloraError
from ohlora.portraits.accessories import paint_beard, paint_earrings, paint_glasses
from ohlora.portraits.body import Body, paint_background, paint_body, paint_ears
from ohlora.portraits.colours import Colours
from ohlora.portraits.curves import curve
from ohlora.portraits.face import paint_face
from ohlora.portraits.hair import Hair, hair_length
from ohlora.portraits.hair_painter import hair_paths, paint_back_hair, paint_front_hair, paint_hair_shadow, rim
from ohlora.portraits.head import EYE_LINE, TILT_DEGREES, Head
from ohlora.portraits.painter import Painter
from ohlora.portraits.parameters import PortraitParameters
from segmentation.classes import FaceClass

MAX_SIZE = 512
UNITS = 256.0
"""Width of a portrait in the units that all shapes are given in."""


TRUTH_NAMES = ("gender", "eyes", "hair_color", "hair_length", "mouth", "pose")
"""The true attributes of a portrait, in the order in which training sets hold them."""


@dataclass(frozen=True)
class Portrait:
    """A drawn portrait.

    Attributes:
        image: (size, size, 3) uint8, RGB.
        label_map: (label_size, label_size) uint8, the 11 classes of `segmentation.classes`; None if not asked for.
        truth: the true attributes: gender (0 male, 1 female), eyes, hair_length and mouth in 0..1, hair_color as the
            mean of the hair's own RGB in 0..255 (NaN without hair), pose in -1..1 (+1 = to the person's own right).
    """

    image: npt.NDArray[np.uint8]
    label_map: npt.NDArray[np.uint8] | None
    truth: dict[str, float]


def render(p: PortraitParameters, size: int = 256, label_size: int | None = None) -> Portrait:
    """Draw the portrait of `p`, the same pixels every time.

    Args:
        p: the parameters.
        size: edge of the square picture in pixels, 16..512.
        label_size: edge of the label map in pixels, 16..512; None draws none.

    Raises:
        OhloraError: a size lies outside its range.
    """
    for name, value in (("size", size), ("label_size", label_size)):
        if value is not None and not 16 <= value <= MAX_SIZE:
            raise OhloraError(f"portrait {name} must lie in 16..{MAX_SIZE} pixels, got {value}")
    scene = _Scene(p)
    labels = None if label_size is None else scene.draw_labels(label_size)
    return Portrait(scene.draw(size), labels, true_attributes(scene.head, scene.hair, scene.colours))


def true_attributes(head: Head, hair: Hair, colours: Colours) -> dict[str, float]:
    """The attributes that scores are judged by."""
    p = head.p
    nan = float("nan")
    return {
        "gender": float(p.gender > 0.5),
        "eyes": p.eye_open,
        "hair_color": float(colours.hair.mean()) if hair.visible else nan,
        "hair_length": hair_length(head) if hair.visible else nan,
        "mouth": head.opening,
        "pose": p.pose,
    }


class _Scene:
    """All geometry of one portrait, ready to be drawn as a picture or as labels."""

    def __init__(self, p: PortraitParameters) -> None:
        self.head = Head(p)
        self.hair = Hair(self.head)
        self.body = Body(self.head)
        self.colours = Colours(p)
        matrix = skia.Matrix()
        matrix.preTranslate(UNITS / 2, UNITS * EYE_LINE)
        matrix.preRotate(TILT_DEGREES * p.roll)
        matrix.preTranslate(-float(self.head.centre[0]), -float(self.head.centre[1]))
        self.to_image = matrix

    def draw(self, size: int) -> npt.NDArray[np.uint8]:
        surface = skia.Surface(size, size)
        canvas = surface.getCanvas()
        canvas.scale(size / UNITS, size / UNITS)
        painter, head, hair, colours = Painter(canvas), self.head, self.hair, self.colours
        paint_background(painter, head, colours)
        with _in_head(canvas, self.to_image):
            paint_back_hair(painter, head, hair, colours)
        face_in_image = skia.Path()
        head.face.transform(self.to_image, face_in_image)
        paint_body(painter, head, self.body, face_in_image, colours)
        with _in_head(canvas, self.to_image):
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
        """The same shapes in the same order, each in its class's grey and without antialiasing."""
        surface = skia.Surface(size, size)
        canvas = surface.getCanvas()
        canvas.clear(skia.Color(0, 0, 0))
        canvas.scale(size / UNITS, size / UNITS)
        painter, head, hair = Painter(canvas, antialias=False), self.head, self.hair

        def mark(path: skia.Path, label: FaceClass) -> None:
            # Greys 20 apart leave room for rounding, and those of eleven classes fit a byte.
            painter.fill(path, (20.0 * label,) * 3)

        with _in_head(canvas, self.to_image):
            if hair.visible:
                with rim(painter, hair):
                    mark(hair.back if hair.afro is None else hair.afro[0], FaceClass.HAIR)
                    if hair.bun is not None:
                        centre, radius = hair.bun
                        painter.ellipse(centre, radius, radius * 0.92, (20.0 * FaceClass.HAIR,) * 3)
        mark(self.body.neck, FaceClass.BACKGROUND)
        mark(self.body.clothes, FaceClass.BACKGROUND)
        with _in_head(canvas, self.to_image):
            for side in (-1, 1):
                mark(head.ear(side), FaceClass.BACKGROUND)
            mark(head.face, FaceClass.FACE_SKIN)
            with painter.clip(head.face):
                mark(head.nose, FaceClass.NOSE)
                if head.shows_inner_mouth:
                    mark(head.inner_mouth, FaceClass.INNER_MOUTH)
                mark(head.upper_lip, FaceClass.UPPER_LIP)
                mark(head.lower_lip, FaceClass.LOWER_LIP)
                for outline, label in zip(head.eyes, (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE), strict=True):
                    mark(curve(outline), label)
                for outline, label in zip(head.brows, (FaceClass.LEFT_EYEBROW, FaceClass.RIGHT_EYEBROW), strict=True):
                    mark(curve(outline), label)
            with rim(painter, hair):
                for path in hair_paths(hair):
                    mark(path, FaceClass.HAIR)
        pixels = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., 0]
        classes: npt.NDArray[np.uint8] = ((pixels.astype(np.int32) + 10) // 20).astype(np.uint8)
        return classes


class _in_head:
    """Draw in head coordinates inside a `with` block."""

    def __init__(self, canvas: skia.Canvas, matrix: skia.Matrix) -> None:
        self.canvas, self.matrix = canvas, matrix

    def __enter__(self) -> None:
        self.canvas.save()
        self.canvas.concat(self.matrix)

    def __exit__(self, *_: object) -> None:
        self.canvas.restore()

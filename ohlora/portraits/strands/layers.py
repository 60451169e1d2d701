"""Layers of hair: the mesh drawn once for a canvas, then laid onto pictures, shadows and label maps.

A pixel belongs to the hair in a label map where the layer covers at least half of it, so that picture and label map have
one outline, and single hairs have none.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import skia_colour


class HairLayers:
    """A haircut's layers, each drawn once for every size and frame of a canvas.

    Args:
        draw: draws the hair before (True) or behind (False) the ears.
    """

    def __init__(self, draw: Callable[[skia.Canvas, bool], None]) -> None:
        self._draw = draw
        self._drawn: dict[tuple[object, ...], skia.Image] = {}

    def layer(self, canvas: skia.Canvas, front: bool) -> skia.Image:
        """The hair before or behind the ears as it lies on the canvas, in the canvas's pixels, on nothing."""
        size, matrix = canvas.getBaseLayerSize(), canvas.getTotalMatrix()
        key = (size.width(), size.height(), front, *(matrix.get(k) for k in range(6)))
        if key not in self._drawn:
            surface = skia.Surface(size.width(), size.height())
            with surface as empty:
                empty.concat(matrix)
                self._draw(empty, front)
            self._drawn[key] = surface.makeImageSnapshot()
        return self._drawn[key]

    def paint(self, canvas: skia.Canvas, front: bool) -> None:
        """Lay the hair onto a picture."""
        _lay(canvas, self.layer(canvas, front), skia.Paint())

    def paint_shadow(
        self, canvas: skia.Canvas, colour: npt.ArrayLike, alpha: float, blur: float, dx: float, dy: float
    ) -> None:
        """Lay the shadow of the hair in front onto a picture: softened by `blur` and moved, all in units."""
        scale = abs(canvas.getTotalMatrix().getMaxScale())
        paint = skia.Paint(
            ColorFilter=skia.ColorFilters.Blend(skia_colour(colour), skia.BlendMode.kSrcIn),
            ImageFilter=skia.ImageFilters.Blur(blur * scale, blur * scale),
            Alphaf=alpha / 255.0,
        )
        _lay(canvas, self.layer(canvas, front=True), paint, dx * scale, dy * scale)

    def mark(self, canvas: skia.Canvas, front: bool, grey: float) -> None:
        """Give every pixel that is at least half covered one grey, and leave the others."""
        pixels = self.layer(canvas, front).toarray(colorType=skia.kRGBA_8888_ColorType)
        pixels = np.where(pixels[..., 3:] >= 128, np.array([grey, grey, grey, 255.0]), 0.0).astype(np.uint8)
        _lay(canvas, skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType), skia.Paint())


def _lay(canvas: skia.Canvas, layer: skia.Image, paint: skia.Paint, dx: float = 0.0, dy: float = 0.0) -> None:
    canvas.save()
    canvas.resetMatrix()
    canvas.drawImage(layer, dx, dy, skia.SamplingOptions(), paint)
    canvas.restore()

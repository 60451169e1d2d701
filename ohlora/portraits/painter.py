"""The painter: from paths, colours, alpha and blur to fills and strokes on skia's canvas.

Pictures are drawn with antialiasing, label maps without: there a mixture of two classes would be a third.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import skia_colour


class Painter:
    """Draws on one canvas; lengths are in the canvas's current units, alpha is 0..255."""

    def __init__(self, canvas: skia.Canvas, antialias: bool = True) -> None:
        self.canvas = canvas
        self.antialias = antialias

    def _paint(self, colour: npt.ArrayLike, alpha: float, blur: float) -> skia.Paint:
        paint = skia.Paint(AntiAlias=self.antialias, Color=skia_colour(colour, alpha))
        if blur > 0.0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        return paint

    def fill(self, path: skia.Path, colour: npt.ArrayLike, alpha: float = 255.0, blur: float = 0.0) -> None:
        """Fill a path."""
        if alpha >= 1.0:
            self.canvas.drawPath(path, self._paint(colour, alpha, blur))

    def stroke(
        self, path: skia.Path, colour: npt.ArrayLike, width: float, alpha: float = 255.0, blur: float = 0.0
    ) -> None:
        """Stroke a path with round caps and joins."""
        if alpha < 1.0 or width <= 0.0:
            return
        paint = self._paint(colour, alpha, blur)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path, paint)

    def ellipse(
        self,
        centre: Sequence[float] | npt.NDArray[np.float64],
        rx: float,
        ry: float,
        colour: npt.ArrayLike,
        alpha: float = 255.0,
        blur: float = 0.0,
    ) -> None:
        """Fill an axis-parallel ellipse."""
        if alpha >= 1.0:
            box = skia.Rect.MakeXYWH(float(centre[0]) - rx, float(centre[1]) - ry, 2 * rx, 2 * ry)
            self.canvas.drawOval(box, self._paint(colour, alpha, blur))

    def gradient(
        self,
        path: skia.Path | None,
        start: Sequence[float],
        end: Sequence[float],
        colours: Sequence[npt.ArrayLike],
        alphas: Sequence[float] | None = None,
        blend: skia.BlendMode = skia.BlendMode.kSrcOver,
    ) -> None:
        """Fill a path (or everything) with a linear gradient of evenly spaced colours."""
        shades = [skia_colour(c, 255.0 if alphas is None else alphas[i]) for i, c in enumerate(colours)]
        points = [skia.Point(float(start[0]), float(start[1])), skia.Point(float(end[0]), float(end[1]))]
        shader = skia.GradientShader.MakeLinear(points, shades)
        paint = skia.Paint(AntiAlias=self.antialias, Shader=shader, BlendMode=blend)
        if path is None:
            self.canvas.drawPaint(paint)
        else:
            self.canvas.drawPath(path, paint)

    def radial(
        self,
        path: skia.Path | None,
        centre: Sequence[float],
        radius: float,
        colours: Sequence[npt.ArrayLike],
        stops: Sequence[float],
    ) -> None:
        """Fill a path (or everything) with a radial gradient."""
        point = skia.Point(float(centre[0]), float(centre[1]))
        shader = skia.GradientShader.MakeRadial(point, radius, [skia_colour(c) for c in colours], list(stops))
        paint = skia.Paint(AntiAlias=self.antialias, Shader=shader)
        if path is None:
            self.canvas.drawPaint(paint)
        else:
            self.canvas.drawPath(path, paint)

    @contextmanager
    def clip(self, path: skia.Path) -> Iterator[None]:
        """Restrict drawing to a path inside a `with` block."""
        self.canvas.save()
        self.canvas.clipPath(path, self.antialias)
        try:
            yield
        finally:
            self.canvas.restore()

    @contextmanager
    def shifted(self, dx: float, dy: float) -> Iterator[None]:
        """Translate drawing inside a `with` block."""
        self.canvas.save()
        self.canvas.translate(dx, dy)
        try:
            yield
        finally:
            self.canvas.restore()

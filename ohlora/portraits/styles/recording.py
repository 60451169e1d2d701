"""A recording of what the painters of face, ears and accessories draw, to be drawn again in another manner.

A painter that paints nothing keeps every fill and stroke with its colour, softness, clips and frame. A style then
chooses among these marks and draws them with edges, widths and colours of its own: what the renderer learns to draw,
every style can draw too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.accessories import paint_beard, paint_earrings, paint_glasses
from ohlora.portraits.body import paint_body, paint_ears
from ohlora.portraits.colours import Colour
from ohlora.portraits.face import paint_face
from ohlora.portraits.painter import Painter
from ohlora.portraits.scene import Scene, in_head

# The most that a feature's mark is blurred; what is softer is light, shadow or blush.
_FEATURE_BLUR = 1.65

Recolour = Callable[[Colour], Colour]


@dataclass(frozen=True)
class Mark:
    """One fill or stroke.

    Attributes:
        path: outline in the frame of `frame`.
        colours: one colour, or those of a gradient.
        width: of a stroke, in units; 0 for a fill.
        alpha: 0..255.
        blur: softness of the edge in units.
        frame: from the path's coordinates to units of the image.
        clips: what restricted the mark, outermost first, each with its frame.
        radial: centre, radius and stops of a radial gradient.
    """

    path: skia.Path
    colours: tuple[Colour, ...]
    width: float
    alpha: float
    blur: float
    frame: skia.Matrix
    clips: tuple[tuple[skia.Matrix, skia.Path], ...]
    radial: tuple[Any, ...] | None = None

    @property
    def colour(self) -> Colour:
        """Its colour, the middle one of a gradient."""
        return self.colours[len(self.colours) // 2]

    @property
    def is_feature(self) -> bool:
        """Whether it is sharp enough to be a feature rather than light."""
        return self.blur <= _FEATURE_BLUR

    def _draw(self, painter: Painter, recolour: Recolour, softer: float, thicker: float) -> None:
        colours = [recolour(c) for c in self.colours]
        blur = softer * self.blur
        painter.canvas.save()
        painter.canvas.concat(self.frame)
        if self.radial is not None:
            centre, radius, stops = self.radial
            painter.radial(self.path, centre, radius, colours, stops)
        elif self.width > 0.0:
            painter.stroke(self.path, colours[0], self.width * thicker, self.alpha, blur)
        else:
            painter.fill(self.path, colours[len(colours) // 2], self.alpha, blur)
        painter.canvas.restore()


def draw_marks(
    painter: Painter, marks: Iterable[Mark], recolour: Recolour, softer: float = 0.0, thicker: float = 1.0
) -> None:
    """Draw marks with other colours, `softer` times as blurred and with strokes `thicker` times as wide."""
    # Clipping costs more than drawing, and neighbouring marks have the same clips.
    for clips, group in groupby(marks, key=lambda mark: mark.clips):
        painter.canvas.save()
        for frame, path in clips:
            there = skia.Path()
            path.transform(frame, there)
            painter.canvas.clipPath(there, True)
        for mark in group:
            mark._draw(painter, recolour, softer, thicker)
        painter.canvas.restore()


class Recorder(Painter):
    """A painter that keeps marks instead of painting them."""

    def __init__(self) -> None:
        super().__init__(skia.Surface(1, 1).getCanvas())
        self.marks: list[Mark] = []
        self._clips: list[tuple[skia.Matrix, skia.Path]] = []

    def _keep(self, path: skia.Path, colours: tuple[Colour, ...], **rest: Any) -> None:
        style = {"width": 0.0, "alpha": 255.0, "blur": 0.0, **rest}
        frame = self.canvas.getTotalMatrix()
        self.marks.append(Mark(skia.Path(path), colours, frame=frame, clips=tuple(self._clips), **style))

    def fill(self, path: skia.Path, colour: npt.ArrayLike, alpha: float = 255.0, blur: float = 0.0) -> None:
        """Keep a fill."""
        if alpha >= 1.0:
            self._keep(path, (np.asarray(colour, dtype=np.float64),), alpha=alpha, blur=blur)

    def stroke(
        self, path: skia.Path, colour: npt.ArrayLike, width: float, alpha: float = 255.0, blur: float = 0.0
    ) -> None:
        """Keep a stroke."""
        if alpha >= 1.0 and width > 0.0:
            self._keep(path, (np.asarray(colour, dtype=np.float64),), width=width, alpha=alpha, blur=blur)

    def ellipse(
        self, centre: Any, rx: float, ry: float, colour: npt.ArrayLike, alpha: float = 255.0, blur: float = 0.0
    ) -> None:
        """Keep an ellipse as a fill."""
        oval = skia.Path()
        oval.addOval(skia.Rect.MakeXYWH(float(centre[0]) - rx, float(centre[1]) - ry, 2 * rx, 2 * ry))
        self.fill(oval, colour, alpha, blur)

    def gradient(self, path: skia.Path | None, start: Any, end: Any, colours: Any, *_: Any, **__: Any) -> None:
        """Keep a linear gradient as a fill."""
        if path is not None:
            self._keep(path, tuple(np.asarray(c, dtype=np.float64) for c in colours))

    def radial(self, path: skia.Path | None, centre: Any, radius: float, colours: Any, stops: Any) -> None:
        """Keep a radial gradient."""
        if path is not None:
            shades = tuple(np.asarray(c, dtype=np.float64) for c in colours)
            self._keep(path, shades, radial=(centre, radius, stops))

    @contextmanager
    def clip(self, path: skia.Path) -> Iterator[None]:
        """Keep a clip for the marks inside the block."""
        self._clips.append((self.canvas.getTotalMatrix(), skia.Path(path)))
        try:
            yield
        finally:
            self._clips.pop()


def recorded(scene: Scene, paint: Callable[[Recorder], None], upright: bool = False) -> list[Mark]:
    """What `paint` paints, in the frame of the head, or in that of the image if `upright`."""
    recorder = Recorder()
    if upright:
        paint(recorder)
    else:
        with in_head(recorder.canvas, scene.to_image):
            paint(recorder)
    return recorder.marks


def feature_marks(scene: Scene) -> list[Mark]:
    """What is drawn on collar, ears and face and sharp enough to be a feature, the beard included."""
    marks = [*cloth_marks(scene), *earring_marks(scene), *face_marks(scene)]
    return [mark for mark in marks if mark.is_feature] + beard_marks(scene)


def face_marks(scene: Scene) -> list[Mark]:
    """What is painted on the face and its ears, their own fills apart."""
    ears = recorded(scene, lambda recorder: paint_ears(recorder, scene.head, scene.colours))
    face = recorded(scene, lambda recorder: paint_face(recorder, scene.head, scene.colours))
    return [mark for mark in ears if mark.clips or mark.width > 0.0] + face[1:]


def beard_marks(scene: Scene) -> list[Mark]:
    """The beard's shape and hairs."""
    return recorded(scene, lambda recorder: paint_beard(recorder, scene.head, scene.colours))


def earring_marks(scene: Scene) -> list[Mark]:
    """Earrings, which hair covers."""
    return recorded(scene, lambda recorder: paint_earrings(recorder, scene.head))


def glasses_marks(scene: Scene) -> list[Mark]:
    """Glasses, which nothing covers."""
    return recorded(scene, lambda recorder: paint_glasses(recorder, scene.head))


def cloth_marks(scene: Scene) -> list[Mark]:
    """The strokes of collar and folds."""
    marks = recorded(
        scene, lambda recorder: paint_body(recorder, scene.head, scene.body, skia.Path(), scene.colours), upright=True
    )
    return [mark for mark in marks if mark.width > 0.0]

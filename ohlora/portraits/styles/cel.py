"""Cel: flat colours in two or three tones, cut by the light, under an even dark line, as on animation cels.

The light on the face is cut at one level into a lit and a shaded tone, hair into three by its own brightness. Outlines
follow the borders of the parts, thicker on the side away from the light; the features are the painter's own marks with
hard edges, and a few strands part the hair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import Colour
from ohlora.portraits.painter import Painter
from ohlora.portraits.parts import Part
from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.contours import outlines
from ohlora.portraits.styles.flat import flat_colours, relative_light, vivid
from ohlora.portraits.styles.ink import strokes, swelling
from ohlora.portraits.styles.layers import FACE, HAIR, Floats, Layers, blended, over, step
from ohlora.portraits.styles.recording import draw_marks, feature_marks, glasses_marks
from ohlora.portraits.styles.strands import STEPS, Tress, hair_tresses, paint_tresses
from ohlora.portraits.styles.style import Style, setting


@dataclass(frozen=True)
class Cel(Style):
    """Flat tones under an even line."""

    name: ClassVar[str] = "cel"

    line_width: float = setting(0.6, 4.0, 1.7, "width of the outlines, in 1/256 of the picture")
    line_darkness: float = setting(0.0, 1.0, 0.8, "outlines in the colour they bound (0) to black (1)")
    shadow: float = setting(0.0, 1.0, 0.55, "how dark the shaded tone is")
    shadow_size: float = setting(0.0, 1.0, 0.5, "little (0) to much (1) of the portrait in the shaded tone")
    saturation: float = setting(0.5, 1.6, 1.1, "grey to vivid colours; 1 = the portrait's own")

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """Flat tones, features, lines."""
        layers = Layers(scene, size)
        behind_hair = 1.0 - layers.mask([Part.HAIR], 0.35)
        picture = self._tones(layers)
        picture = over(picture, layers.paint(lambda painter: self._paint_features(painter, scene)), behind_hair)
        picture = self._inked(layers, picture)
        glasses = layers.paint(lambda painter: draw_marks(painter, glasses_marks(scene), self._vivid))
        return layers.finished(over(picture, glasses))

    def _vivid(self, colour: Colour) -> Colour:
        return vivid(colour, self.saturation)

    def _tones(self, layers: Layers) -> Floats:
        """Flat colours cut into tones."""
        flat = flat_colours(layers, self.saturation)
        light = layers.blurred(relative_light(layers), 0.9)
        picture = blended(flat, flat * self._shades()[layers.parts], self._shaded(layers, light))
        return blended(picture, 1.0 - (1.0 - flat) * np.float32(0.78), self._shining(layers, light))

    def _shades(self) -> Floats:
        """What the shaded tone of every part is multiplied by, (parts, 3)."""
        shades = np.tile(np.array([0.66, 0.53, 0.56]), (len(Part), 1))
        shades[[Part.HAIR, Part.BACK_HAIR, Part.CLOTHES]] = (0.6, 0.54, 0.62)
        shades[Part.BACKGROUND] = (0.84, 0.82, 0.88)
        return np.asarray(shades ** (1.8 * self.shadow), dtype=np.float32)

    def _shaded(self, layers: Layers, light: Floats) -> Floats:
        """Where the shaded tone lies, (edge, edge) in 0..1."""
        level = 0.62 + 0.36 * self.shadow_size
        light = np.where(layers.mask(FACE) > 0.5, layers.light, light)
        # Hair is painted darker than its colour, and the wall behind is brightest in the middle.
        levels = np.full(len(Part), level, dtype=np.float32)
        levels[[Part.HAIR, Part.BACK_HAIR]] = level - 0.06
        levels[Part.BACKGROUND] = level + 0.08
        cut = levels[layers.parts]
        return layers.blurred(step(light, cut + 0.015, cut - 0.015), 0.4)

    def _shining(self, layers: Layers, light: Floats) -> Floats:
        """Where hair shines."""
        return layers.mask([Part.HAIR]) * step(light, 1.08, 1.12)

    def _paint_features(self, painter: Painter, scene: Scene) -> None:
        self._paint_cheeks(painter, scene)
        draw_marks(painter, feature_marks(scene), self._vivid)

    def _paint_cheeks(self, painter: Painter, scene: Scene) -> None:
        """Nothing; for styles that blush."""

    def _inked(self, layers: Layers, picture: Floats) -> Floats:
        """The picture under its outlines."""
        ink = layers.blurred(picture, 1.0) * np.float32(0.42 * (1.0 - self.line_darkness))
        lines = outlines(layers, self.line_width)
        picture = blended(picture, ink, lines)
        hair = layers.paint(lambda painter: paint_tresses(painter, hair_tresses(layers.scene), self._hair_lines))
        return blended(picture, ink, 0.8 * hair[..., 3] * layers.mask(HAIR, 0.3))

    def _hair_lines(self, tress: Tress) -> skia.Path:
        """One edge of a lock and a strand inside it, or every other curl."""
        lines = tress.strands[:2] if tress.cover is not None else tress.strands[::2]
        widths = np.array([0.8, 0.45])[np.arange(len(lines)) % 2, None] * swelling(STEPS, 0.3)
        return strokes(lines, self.line_width * widths)

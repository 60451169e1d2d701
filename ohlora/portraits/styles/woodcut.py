"""Woodcut: black cut into lines that go round the form, over a tint that leaves the lights as paper.

The face, the neck and the wall are lines whose width is their darkness, bent by the height of the face; hair is black,
with white cuts along its strands that open into the lights. Contours are black between lights and white between
darks, so that dark hair stands clear of a dark wall. A second block prints a tint, as in a chiaroscuro woodcut.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ohlora.portraits.parts import Part
from ohlora.portraits.scene import UNITS, Scene
from ohlora.portraits.styles.contours import outlines
from ohlora.portraits.styles.flat import relative_light
from ohlora.portraits.styles.form import form_height
from ohlora.portraits.styles.hatching import Hatch, hatched
from ohlora.portraits.styles.layers import HAIR, Floats, Layers, blended, fitted, resized, step
from ohlora.portraits.styles.paper import noise
from ohlora.portraits.styles.strands import hair_tresses, strand_directions
from ohlora.portraits.styles.style import Style, setting
from ohlora.portraits.styles.tone import tone, with_features

_PAPER = np.array([0.955, 0.925, 0.85], dtype=np.float32)
_INK = np.array([0.10, 0.085, 0.085], dtype=np.float32)
_OWN = {Part.HAIR: 0.95, Part.BACK_HAIR: 1.0, Part.CLOTHES: 0.75, Part.BACKGROUND: 0.7}
_FIELD = 128


@dataclass(frozen=True)
class Woodcut(Style):
    """Black lines and a tint."""

    name: ClassVar[str] = "woodcut"

    line_spacing: float = setting(2.4, 7.0, 3.6, "distance of the cuts, in 1/256 of the picture")
    contrast: float = setting(0.0, 1.0, 0.5, "even (0) to hard (1) light")
    tint: float = setting(0.0, 1.0, 0.6, "black on paper alone (0) to a full second ink (1)")
    tint_hue: float = setting(0.0, 1.0, 0.1, "hue of the second ink, 0..1 around the colour circle")
    roughness: float = setting(0.0, 1.0, 0.4, "sharp cuts in even ink (0) to a worn block (1)")

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """Two blocks on paper."""
        layers = Layers(scene, size)
        darkness = tone(layers, _OWN)
        hair = layers.mask(HAIR, 0.4)
        drawn = with_features(layers, self._steeper(darkness), thicker=1.45)
        key = self._lines(layers, drawn)
        key = key * (1.0 - hair) + hair * self._hair(layers, darkness)
        key = self._contoured(layers, key, layers.blurred(darkness, 3.0))
        tint = self._tint_block(layers, np.minimum(darkness, drawn + 0.1))
        hue = np.array(colorsys.hls_to_rgb(self.tint_hue, 0.62, 0.42), dtype=np.float32)
        picture = blended(np.broadcast_to(_PAPER, (*key.shape, 3)), _PAPER * hue, tint)
        return layers.finished(blended(picture, _INK, self._printed(layers, key)))

    def _steeper(self, darkness: Floats) -> Floats:
        """The tone with its darks and lights driven apart."""
        slope = 0.9 + 0.9 * self.contrast
        return np.asarray(np.clip(0.42 + (darkness - 0.42) * slope, 0.0, 1.0), dtype=np.float32)

    def _lines(self, layers: Layers, darkness: Floats) -> Floats:
        """The key block outside the hair: lines as wide as it is dark."""
        steps = (np.arange(layers.edge, dtype=np.float32) + 0.5) / layers.scale
        x, y = steps[None], steps[:, None]
        height = resized(form_height(layers.scene), layers.edge)
        wobble = 0.25 * self.line_spacing * self.roughness * noise(61, 18.0, layers.edge)
        round_face = y + 0.42 * height
        slant = 1.0 if layers.scene.head.p.light_x > 0 else -1.0
        across_cloth = 0.62 * y + slant * 0.78 * x
        straight = np.broadcast_to(y, height.shape)
        table = np.zeros(len(Part), dtype=np.int64)
        table[[Part.CLOTHES, Part.BACKGROUND, Part.NECK]] = (1, 2, 3)
        bowed = y + 0.004 * (x - 0.5 * UNITS) ** 2 * -1.0
        place = np.choose(table[layers.parts], [round_face, across_cloth, straight, bowed])
        phase = (place + wobble) / self.line_spacing
        ridge = np.abs(phase - np.floor(phase) - 0.5) * 2.0
        # Lines thinner than a cut's edge are cut away, gaps narrower than that fill with ink.
        wide = np.clip((darkness - 0.1) / 0.78, 0.0, 1.0)
        sharp = 0.7 * self.line_spacing * layers.scale
        ink = np.clip(0.5 + (wide * 1.04 - 0.02 - ridge) * 0.5 * sharp, 0.0, 1.0)
        return np.asarray(ink * step(darkness, 0.1, 0.16), dtype=np.float32)

    def _hair(self, layers: Layers, darkness: Floats) -> Floats:
        """The key block in the hair: black with white cuts along the strands."""
        shine = np.clip(relative_light(layers) - 0.9, 0.0, 0.8)
        lightness = fitted(layers.blurred(1.0 - self._steeper(darkness) + 0.8 * shine, 1.0), _FIELD)
        along = strand_directions(hair_tresses(layers.scene), _FIELD)
        gap = 0.85 * self.line_spacing
        cuts = Hatch(0.0, gap, 30.0, 0.14, 0.85, 1.2 * gap, 7, thinnest=0.3 * gap)
        path = hatched(cuts, along, lightness)
        return 1.0 - layers.paint(lambda painter: painter.fill(path, (0, 0, 0)))[..., 3]

    def _contoured(self, layers: Layers, key: Floats, around: Floats) -> Floats:
        """The key block with a white line along every contour, and a black one inside it among lights."""
        white = outlines(layers, 2.1)
        key = key * (1.0 - white * step(around, 0.35, 0.55))
        black: Floats = np.maximum(key, outlines(layers, 1.5) * step(around, 0.72, 0.5))
        return black

    def _tint_block(self, layers: Layers, darkness: Floats) -> Floats:
        """The second block: everything but the lights."""
        smooth = layers.blurred(darkness, 1.6) + 0.008 * self.roughness * noise(62, 5.0, layers.edge)
        # The wall is printed whole.
        printed = np.maximum(step(smooth, 0.16, 0.19), layers.parts == Part.BACKGROUND)
        return np.asarray(self.tint * printed, dtype=np.float32)

    def _printed(self, layers: Layers, key: Floats) -> Floats:
        """The key block as ink on paper: worn edges and specks where it did not take."""
        worn = layers.blurred(key, 0.3) + 0.14 * self.roughness * noise(63, 1.6, layers.edge)
        specks = step(noise(64, 1.3, layers.edge), 2.9 - 0.9 * self.roughness, 3.3 - 0.9 * self.roughness)
        return step(worn, 0.38, 0.62) * (1.0 - 0.8 * self.roughness * specks)

"""Watercolour: washes of transparent pigment that gather at their rims and bleed into each other on rough paper.

Each part is a wash of its own colour; a second layer carries the shadows, a third the features and the hair's strands,
drawn with a fine brush. Pigment is an amount of absorbance, so that layers multiply as glazes do (Beer and Lambert's
law). Where a wash ends pigment has flowed to its rim; between washes a little paper stays white, or, where both were
wet, one runs into the other. The wall is a loose wash that leaves the sheet's border free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.painter import Painter
from ohlora.portraits.parts import Part
from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.contours import outlines
from ohlora.portraits.styles.flat import part_colours, relative_light, vivid
from ohlora.portraits.styles.ink import strokes, swelling
from ohlora.portraits.styles.layers import FACE, HAIR, SKIN, Floats, Layers, shown, step
from ohlora.portraits.styles.paper import noise, tooth
from ohlora.portraits.styles.recording import draw_marks, face_marks, feature_marks, glasses_marks
from ohlora.portraits.styles.strands import STEPS, Tress, hair_tresses, paint_tresses
from ohlora.portraits.styles.style import Style, setting

_PAPER = np.array([0.985, 0.975, 0.95], dtype=np.float32)
# Absorbance of the shadows' own pigment: a thin violet grey, which keeps shaded skin from turning orange.
_SHADE = np.array([0.20, 0.27, 0.22], dtype=np.float32)
_WASHES = ((Part.BACKGROUND,), (*SKIN, *FACE), HAIR, (Part.CLOTHES,))


@dataclass(frozen=True)
class Watercolour(Style):
    """Washes on rough paper."""

    name: ClassVar[str] = "watercolour"

    bleed: float = setting(0.0, 1.0, 0.45, "crisp washes (0) to edges that wander and run (1)")
    rim: float = setting(0.0, 1.0, 0.5, "how much pigment gathers at the rims of washes")
    granulation: float = setting(0.0, 1.0, 0.35, "how much pigment settles in the paper's hollows")
    pigment: float = setting(0.3, 1.6, 0.9, "thin (0.3) to strong (1.6) washes; 1 = the portrait's own colours")
    detail: float = setting(0.0, 1.0, 0.6, "washes alone (0) to drawn strands and contours (1)")

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """Washes, shadows, fine brush, paper."""
        layers = Layers(scene, size)
        washes, rims = self._washes(layers)
        shade, shade_rim = self._shadows(layers)
        pools = 1.0 + 0.15 * noise(71, 26.0, layers.edge) + 0.06 * noise(72, 9.0, layers.edge)
        settled = 1.0 + self.granulation * (1.1 * (0.5 - tooth(73, layers.edge)))
        density = (pools * settled)[..., None]
        second = shade + 0.5 * self.rim * shade_rim
        amount = washes * (1.0 + 0.75 * self.rim * rims + 0.5 * second)[..., None] + _SHADE * second[..., None]
        picture = _PAPER * np.exp(-self.pigment * amount * density)
        fine = self._fine_brush(layers)
        picture = picture * (1.0 - fine[..., 3:] * 0.94) + fine[..., :3] * 0.94
        sheet = 1.0 - 0.045 * (1.0 - tooth(73, layers.edge))[..., None]
        return layers.finished((picture * sheet).astype(np.float32))

    def _washes(self, layers: Layers) -> tuple[Floats, Floats]:
        """Absorbance (edge, edge, 3) of the first layer, and how much of a rim there is, (edge, edge) in 0..1."""
        colours = np.clip(part_colours(layers.scene), 0.02, 1.0)
        absorbed = -np.log(np.clip(0.06 + 0.94 * colours, 0.0, 0.99)).astype(np.float32)
        wandered = self._wandered(layers)
        total = np.zeros((layers.edge, layers.edge, 3), dtype=np.float32)
        rims = np.zeros((layers.edge, layers.edge), dtype=np.float32)
        for wash in _WASHES:
            mask = shown(wandered, wash)
            if wash == (Part.BACKGROUND,):
                mask = mask * self._loose(layers)
            wet = layers.blurred(mask, 1.0 + 3.2 * self.bleed)
            # What ran out of the wash, and what stayed where it was laid.
            run = np.clip(wet - 0.12, 0.0, 1.0) * (0.5 + 0.5 * np.clip(noise(74, 22.0, layers.edge), -1.0, 1.0))
            laid = np.maximum(mask, self.bleed * run)
            total += laid[..., None] * (absorbed * 0.92)[wash[0]]
            rims += mask * step(layers.blurred(mask, 1.5), 0.95, 0.55)
        return total, np.clip(rims, 0.0, 1.0)

    def _wandered(self, layers: Layers) -> npt.NDArray[np.uint8]:
        """The part map with edges that the brush did not follow, (edge, edge)."""
        reach = layers.scale * (0.35 + 1.3 * self.bleed)
        shifts = [
            reach * (noise(seed, 11.0, layers.edge) + 0.35 * noise(seed + 1, 3.5, layers.edge)) for seed in (75, 77)
        ]
        rows, columns = (
            np.clip(index + shift.astype(np.int64), 0, layers.edge - 1)
            for index, shift in zip(np.ogrid[: layers.edge, : layers.edge], shifts, strict=True)
        )
        return np.asarray(layers.parts[rows, columns], dtype=np.uint8)

    def _loose(self, layers: Layers) -> Floats:
        """The wash of the wall, (edge, edge): inside an uneven border, paler upwards."""
        along = np.abs(np.linspace(-1.0, 1.0, layers.edge, dtype=np.float32))
        border = np.maximum(along[None], along[:, None])
        return step(border + 0.05 * noise(79, 24.0, layers.edge) + 0.012 * noise(80, 4.0, layers.edge), 0.93, 0.88)

    def _shadows(self, layers: Layers) -> tuple[Floats, Floats]:
        """Amount of the second layer, (edge, edge), and its rims: half of it in soft washes, half with edges."""
        around = relative_light(layers)
        light = np.where(layers.mask(FACE) > 0.5, layers.light, np.minimum(layers.blurred(around, 1.0), 1.1))
        dark = np.clip(1.02 - light, 0.0, 0.8)
        dark = np.where(layers.parts == Part.BACKGROUND, 0.3 * dark, dark).astype(np.float32)
        cut = layers.blurred(dark + 0.03 * noise(81, 6.0, layers.edge), 0.9)
        glaze = 0.5 * step(cut, 0.2, 0.25) + 0.6 * step(cut, 0.42, 0.48)
        rim = step(cut, 0.2, 0.23) * step(cut, 0.30, 0.24)
        return (0.55 * dark + 0.5 * glaze).astype(np.float32), rim

    def _fine_brush(self, layers: Layers) -> Floats:
        """Features, strands and contours, (edge, edge, 4) premultiplied."""
        scene = layers.scene

        def features(painter: Painter) -> None:
            draw_marks(
                painter,
                [m for m in face_marks(scene) if not m.is_feature],
                lambda c: vivid(c, 1.15),
                softer=1.0,
                thicker=1.1,
            )
            draw_marks(painter, feature_marks(scene), lambda c: vivid(c, 1.15), softer=0.5, thicker=1.1)

        def glasses(painter: Painter) -> None:
            draw_marks(painter, glasses_marks(scene), lambda c: c)

        hair = layers.mask(HAIR, 0.3)
        fine = layers.paint(features) * (1.0 - layers.mask([Part.HAIR], 0.5))[..., None]
        dark = np.clip(np.asarray(scene.colours.hair) * 0.5 / 255.0, 0.0, 1.0).astype(np.float32)
        lines = layers.paint(lambda painter: paint_tresses(painter, hair_tresses(scene), _brushed))[..., 3]
        strands = 0.7 * self.detail * lines * hair * np.clip(0.65 + 0.3 * noise(82, 12.0, layers.edge), 0.0, 1.0)
        edge = 0.55 * self.detail * outlines(layers, 0.7) * np.clip(0.5 + 0.5 * noise(83, 16.0, layers.edge), 0.0, 1.0)
        fine = _glazed(fine, strands, dark)
        fine = _glazed(fine, edge, np.array([0.24, 0.17, 0.17], dtype=np.float32))
        above = layers.paint(glasses)
        return fine * (1.0 - above[..., 3:]) + above


def _glazed(below: Floats, amount: Floats, colour: Floats) -> Floats:
    """A premultiplied layer with some `amount` (edge, edge) of a colour over it."""
    layer = np.concatenate([colour * amount[..., None], amount[..., None]], axis=-1)
    glazed: Floats = below * (1.0 - amount[..., None]) + layer
    return glazed


def _brushed(tress: Tress) -> skia.Path:
    chosen = tress.strands[::3] if tress.cover is None else tress.strands[:2]
    pressure = np.array([1.5, 0.9])[np.arange(len(chosen)) % 2, None]
    return strokes(chosen, pressure * swelling(STEPS, 0.3, 0.05))

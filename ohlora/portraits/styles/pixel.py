"""Pixel art: a sprite of few blocks and few colours, with ordered dithering between tones and a clean outline.

A block belongs to the part that fills most of it. Every material has a ramp of a few shades that turn to violet in the
dark and to yellow in the light; the light on a block chooses between two of them by a Bayer matrix. Where a part lies
over another its outermost blocks are its darkest shade. Eyes, mouth and glasses are snapped to colours of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ohlora.portraits.parts import Part
from ohlora.portraits.scene import UNITS, Scene
from ohlora.portraits.styles.flat import part_colours, relative_light, vivid
from ohlora.portraits.styles.layers import FACE, Floats, Layers, averaged
from ohlora.portraits.styles.recording import Mark, draw_marks, feature_marks, glasses_marks
from ohlora.portraits.styles.style import Style, setting

_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], dtype=np.float32) / 16.0 - 15.0 / 32.0
_DARK = np.array([0.36, 0.27, 0.50], dtype=np.float32)
_PALE = np.array([1.0, 0.97, 0.84], dtype=np.float32)
# Which part lies above which, for the outline: hair over the face, the face over the neck.
_RANK = {Part.BACK_HAIR: 1, Part.NECK: 2, Part.CLOTHES: 3, Part.EAR: 4, Part.HAIR: 6}


@dataclass(frozen=True)
class Pixel(Style):
    """Blocks of a limited palette."""

    name: ClassVar[str] = "pixel"

    block: float = setting(2.0, 8.0, 4.0, "edge of a block, in 1/256 of the picture")
    shades: float = setting(2.0, 7.0, 4.0, "shades of every material, rounded to whole ones")
    dither: float = setting(0.0, 1.0, 0.45, "hard bands (0) to full ordered dithering (1) between shades")
    outline: float = setting(0.0, 1.0, 0.75, "no outline (0) to a dark one (1)")
    saturation: float = setting(0.5, 1.6, 1.15, "grey to vivid colours; 1 = the portrait's own")

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """The sprite, enlarged without interpolation."""
        sprite = self._sprite(scene, min(round(UNITS / self.block), size))
        rows = ((np.arange(size) + 0.5) * len(sprite) / size).astype(int)
        enlarged: npt.NDArray[np.uint8] = sprite[rows[:, None], rows[None]]
        return enlarged

    def _sprite(self, scene: Scene, count: int) -> npt.NDArray[np.uint8]:
        """The picture, one pixel a block: (count, count, 3)."""
        layers = Layers(scene, count)
        parts, light = self._blocks(layers)
        ramps = self._ramps(scene)
        shade = self._shade(parts, light)
        sprite = ramps[parts, shade]
        edge = self.outline * _outermost(parts)[..., None]
        sprite = sprite + (ramps[parts, 0] * np.float32(0.55) - sprite) * edge
        palette = self._palette(scene, ramps)
        covered = (parts == Part.HAIR)[..., None]
        sprite = np.where(
            covered, sprite, self._snapped(sprite, _drawn(layers, feature_marks(scene), 1.5), palette, 0.5)
        )
        sprite = self._snapped(sprite, _drawn(layers, glasses_marks(scene), 1.2), palette, 0.42)
        finished: npt.NDArray[np.uint8] = np.clip(sprite * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
        return finished

    def _blocks(self, layers: Layers) -> tuple[npt.NDArray[np.uint8], Floats]:
        """Part of each block, (count, count), and the light on what shows of that part."""
        face = layers.mask(FACE) > 0.5
        light = np.where(face, layers.light, relative_light(layers))
        shares = np.stack([averaged(layers.mask([part]), layers.size) for part in Part])
        lit = np.stack([averaged(layers.mask([part]) * light, layers.size) for part in Part])
        parts = shares.argmax(axis=0)
        chosen = np.take_along_axis(lit, parts[None], 0)[0] / np.take_along_axis(shares, parts[None], 0)[0]
        return parts.astype(np.uint8), chosen.astype(np.float32)

    def _ramps(self, scene: Scene) -> Floats:
        """The shades of every part from dark to light, (parts, shades, 3)."""
        own = part_colours(scene, self.saturation)
        own[[Part.LEFT_EYEBROW, Part.RIGHT_EYEBROW]] = np.clip(scene.colours.brow / 255.0, 0.0, 1.0)
        own = own[:, None]
        position = np.linspace(0.0, 1.0, round(self.shades), dtype=np.float32)[None, :, None]
        dark, light = own * (0.35 + 0.6 * _DARK), own + (_PALE - own) * 0.28
        lower, upper = np.clip(position / 0.62, 0.0, 1.0), np.clip((position - 0.62) / 0.38, 0.0, 1.0)
        ramps = dark + (own - dark) * lower
        return np.asarray(ramps + (light - ramps) * upper, dtype=np.float32)

    def _shade(self, parts: npt.NDArray[np.uint8], light: Floats) -> npt.NDArray[np.int64]:
        """Which shade each block has."""
        last = round(self.shades) - 1
        level = np.clip(0.62 + 1.15 * (light - 0.96), 0.0, 1.0) * last
        tiles = -(-len(parts) // 4)
        pattern = np.tile(_BAYER, (tiles, tiles))[: len(parts), : len(parts)]
        return np.asarray(np.clip(np.rint(level + self.dither * pattern), 0, last), dtype=np.int64)

    def _palette(self, scene: Scene, ramps: Floats) -> Floats:
        """The colours of features, (N, 3)."""
        c = scene.colours
        iris = np.clip(c.iris * 1.12, 0, 255)
        own = [(26, 16, 20), (244, 239, 230), (205, 196, 196), iris, iris * 0.5, c.lips, c.lips * 0.72, (58, 18, 22)]
        own += [(182, 80, 84), c.brow, c.hair * 0.7, (200, 156, 60), (255, 236, 170), c.shadow, c.skin * 0.62]
        mixed = np.clip(vivid(np.array([np.asarray(k, dtype=np.float64) for k in own]) / 255.0, self.saturation), 0, 1)
        return np.concatenate([mixed.astype(np.float32), ramps[Part.FACE_SKIN]])

    def _snapped(self, sprite: Floats, marks: Floats, palette: Floats, least: float) -> Floats:
        """The sprite with the blocks that marks (edge, edge, 4) cover at least so far, each in its nearest colour."""
        block = averaged(marks, len(sprite))
        shown = block[..., 3] >= least
        colours = block[shown][:, :3] + sprite[shown] * (1.0 - block[shown][:, 3:])
        nearest = np.abs(colours[:, None] - palette[None]).sum(axis=2).argmin(axis=1)
        snapped = sprite.copy()
        snapped[shown] = palette[nearest]
        return snapped


def _outermost(parts: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Blocks of a part beside which one lies that it covers."""
    ranks = np.array([_RANK.get(part, 5 if part in FACE else 0) for part in Part])[parts]
    padded = np.pad(ranks, 1, mode="edge")
    around = [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
    return np.asarray(np.min(around, axis=0) < ranks)


def _drawn(layers: Layers, marks: list[Mark], thicker: float) -> Floats:
    return layers.paint(lambda painter: draw_marks(painter, marks, lambda colour: colour, thicker=thicker))

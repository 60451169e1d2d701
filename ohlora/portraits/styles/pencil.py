"""Pencil: graphite strokes on toothed paper, along the hair and round the form of the face.

Tone is laid in up to three directions of hatching, each beginning at its own darkness, over a faint smudge; hair is
drawn strand by strand. Every part has a tone of its own, lighter than it is, so that dark skin keeps its features and
dark hair its strands. The background is shaded on the side away from the light only, and clothes fade out below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.parts import Part
from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.contours import outlines
from ohlora.portraits.styles.form import form_directions, form_height
from ohlora.portraits.styles.hatching import Hatch, hatched
from ohlora.portraits.styles.ink import strokes, swelling
from ohlora.portraits.styles.layers import HAIR, Floats, Layers, blended, fitted, resized, step
from ohlora.portraits.styles.paper import noise, tooth
from ohlora.portraits.styles.strands import STEPS, Tress, hair_tresses, paint_tresses, strand_directions
from ohlora.portraits.styles.style import Style, setting
from ohlora.portraits.styles.tone import tone, with_features

_PAPER = np.array([0.975, 0.965, 0.94], dtype=np.float32)
_GRAPHITE = np.array([0.16, 0.16, 0.18], dtype=np.float32)
_OWN = {Part.HAIR: 0.8, Part.BACK_HAIR: 0.95, Part.CLOTHES: 0.5, Part.BACKGROUND: 0.25}
_FIELD = 128


@dataclass(frozen=True)
class Pencil(Style):
    """Hatching on toothed paper."""

    name: ClassVar[str] = "pencil"

    hatch_spacing: float = setting(1.6, 6.0, 2.5, "distance of the hatching's strokes, in 1/256 of the picture")
    hatch_angle: float = setting(-60.0, 60.0, -38.0, "degrees that the hatching is turned against the face's form")
    softness: float = setting(0.0, 1.0, 0.5, "hard and pale (0) to soft and black (1) lead")
    smudge: float = setting(0.0, 1.0, 0.4, "clean strokes (0) to tone rubbed with a finger (1)")
    grain: float = setting(0.0, 1.0, 0.5, "smooth to coarse paper")

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """Tone, hatching, strands, contours and features, then paper."""
        layers = Layers(scene, size)
        darkness = layers.blurred(np.clip(tone(layers, _OWN) * self._finish(layers), 0.0, 1.0), 0.6)
        hair = layers.mask(HAIR, 0.5)
        laid = self._hatching(layers, darkness, hair)
        laid = np.maximum(laid, self._strands(layers, darkness) * hair)
        laid = 1.0 - (1.0 - laid) * (1.0 - 0.75 * self.smudge * darkness)
        laid = np.maximum(laid, self._contours(layers))
        laid = with_features(layers, laid)
        return layers.finished(self._on_paper(layers, laid))

    def _finish(self, layers: Layers) -> Floats:
        """How far the drawing is worked out, (edge, edge): a corner of the background, less of the clothes below."""
        along = np.linspace(0.0, 1.0, layers.edge, dtype=np.float32)
        away = along if layers.scene.head.p.light_x <= 0.0 else along[::-1]
        near = layers.mask([part for part in Part if part != Part.BACKGROUND], 22.0)
        finish = np.ones_like(near)
        background, clothes = (layers.parts == part for part in (Part.BACKGROUND, Part.CLOTHES))
        beside = near * (0.15 + 1.7 * step(away, 0.25, 0.95))[None]
        finish[background] = beside[background]
        finish[clothes] = np.broadcast_to(step(along, 1.06, 0.8)[:, None], finish.shape)[clothes]
        return finish

    def _hatching(self, layers: Layers, darkness: Floats, hair: Floats) -> Floats:
        """Graphite of the hatching, (edge, edge) in 0..1."""
        form = form_directions(form_height(layers.scene), 0.5)
        across = resized(form, _FIELD)
        down = strand_directions(hair_tresses(layers.scene), _FIELD)
        dark = fitted(darkness, _FIELD)
        covered = fitted(hair, _FIELD)
        laid: Floats = np.zeros_like(darkness)
        for hatch, field, where in self._hatches(across, down, covered):
            path = hatched(hatch, field, dark * where)
            stroke = layers.paint(lambda painter, path=path: painter.fill(path, (0, 0, 0)))[..., 3]  # type: ignore[misc]
            free = (1.0 - laid) * (1.0 - (0.32 + 0.32 * self.softness) * stroke)
            laid = np.asarray(1.0 - free, dtype=np.float32)
        return laid

    def _hatches(self, across: Floats, down: Floats, hair: Floats) -> list[tuple[Hatch, Floats, Floats]]:
        """The hatches with their directions and where they are laid."""
        gap, angle, width = self.hatch_spacing, self.hatch_angle, 0.75 + 0.4 * self.softness
        skin = np.float32(1.0) - hair
        return [
            (Hatch(angle, gap, 17.0, 0.07, 0.42, width, 1), across, skin),
            (Hatch(angle + 52.0, gap * 1.1, 13.0, 0.28, 0.66, width, 2), across, skin),
            (Hatch(angle - 46.0, gap * 1.1, 11.0, 0.5, 0.85, width, 3), across, skin),
            (Hatch(-3.0, gap * 0.8, 22.0, 0.12, 0.7, width * 1.1, 4), down, hair),
            (Hatch(4.0, gap * 0.9, 16.0, 0.45, 0.85, width * 1.2, 5), down, hair),
        ]

    def _strands(self, layers: Layers, darkness: Floats) -> Floats:
        """Graphite of the hair's strands."""
        width = 0.55 + 0.35 * self.softness

        def lines(tress: Tress) -> skia.Path:
            chosen = tress.strands
            pressure = np.array([1.3, 0.7, 0.9])[np.arange(len(chosen)) % 3, None]
            return strokes(chosen, width * pressure * swelling(STEPS, 0.4, 0.15))

        tresses = hair_tresses(layers.scene)
        drawn = layers.paint(lambda painter: paint_tresses(painter, tresses, lines))[..., 3]
        return drawn * (0.35 + 0.6 * darkness)

    def _contours(self, layers: Layers) -> Floats:
        """Graphite of the contours: a sketched line that cuts corners, and a firm one of uneven pressure."""
        pressure = np.clip(0.72 + 0.2 * noise(41, 14.0, layers.edge), 0.3, 1.0)
        firm = outlines(layers, 0.8 + 0.5 * self.softness) * pressure
        return np.asarray(np.maximum(firm, 0.4 * outlines(layers, 0.4, soft=3.2)), dtype=np.float32)

    def _on_paper(self, layers: Layers, laid: Floats) -> Floats:
        """The picture (edge, edge, 3) of some graphite: it clings to the paper's heights first."""
        height = tooth(17, layers.edge)
        reached = laid * (1.0 + self.grain * (1.5 * height - 0.95))
        amount = np.clip((0.72 + 0.4 * self.softness) * reached, 0.0, 1.0)
        paper = _PAPER * (1.0 - 0.05 * self.grain * height[..., None])
        return blended(paper.astype(np.float32), _GRAPHITE, amount.astype(np.float32))

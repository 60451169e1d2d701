"""Cartoon: cel painting of a caricature with large eyes, small nose, mouth and chin on a slim neck.

The geometry itself changes, by factors on the sizes of the head, so the label map is that of the changed face. Lines
are thick and in the colour that they bound, colours are vivid, cheeks blush.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ohlora.portraits.colours import blend
from ohlora.portraits.painter import Painter
from ohlora.portraits.proportions import Proportions
from ohlora.portraits.scene import Scene, in_head
from ohlora.portraits.styles.cel import Cel
from ohlora.portraits.styles.style import setting


@dataclass(frozen=True)
class Cartoon(Cel):
    """Flat tones on changed proportions."""

    name: ClassVar[str] = "cartoon"

    line_width: float = setting(0.6, 4.0, 2.5, "width of the outlines, in 1/256 of the picture")
    line_darkness: float = setting(0.0, 1.0, 0.25, "outlines in the colour they bound (0) to black (1)")
    shadow: float = setting(0.0, 1.0, 0.35, "how dark the shaded tone is")
    shadow_size: float = setting(0.0, 1.0, 0.35, "little (0) to much (1) of the portrait in the shaded tone")
    saturation: float = setting(0.5, 1.6, 1.3, "grey to vivid colours; 1 = the portrait's own")
    exaggeration: float = setting(0.0, 1.0, 0.75, "the portrait's own (0) to a caricature's (1) geometry")
    blush: float = setting(0.0, 1.0, 0.5, "pale to red cheeks")

    @property
    def proportions(self) -> Proportions:
        """Larger eyes, all else smaller."""
        e = self.exaggeration
        return Proportions(
            eyes=1.0 + 0.5 * e,
            nose=1.0 - 0.3 * e,
            mouth=1.0 - 0.14 * e,
            chin=1.0 - 0.11 * e,
            jaw=1.0 - 0.09 * e,
            neck=1.0 - 0.25 * e,
        )

    def _paint_cheeks(self, painter: Painter, scene: Scene) -> None:
        head = scene.head
        red = self._vivid(blend(scene.colours.skin, (226, 70, 72), 0.6))
        with in_head(painter.canvas, scene.to_image):
            for side in (-1, 1):
                cheek = head.view.project(side * 43.0, 30.0)[0]
                painter.ellipse(cheek, 15.0 * float(np.cos(head.view.turn)), 10.0, red, 150.0 * self.blush, blur=3.0)

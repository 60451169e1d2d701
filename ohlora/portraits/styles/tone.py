"""Tone: how dark a drawing in one colour has to be where, and the features' marks in greys.

Every part takes a share of the darkness of its own colour, which leaves room for light and shadow on dark skin and for
strands in dark hair.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ohlora.portraits.colours import Colour
from ohlora.portraits.painter import Painter
from ohlora.portraits.parts import Part
from ohlora.portraits.styles.flat import part_colours, relative_light
from ohlora.portraits.styles.layers import FEATURES, Floats, Layers
from ohlora.portraits.styles.recording import draw_marks, feature_marks, glasses_marks

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_SKIN_SHARE = 0.58
# Pupils and lashes are black, lips a light grey, teeth and glints are left out.
_BRIGHTNESS = (12.0, 45.0, 80.0, 130.0, 200.0)
_GREYS = (15.0, 60.0, 115.0, 180.0, 255.0)


def tone(layers: Layers, shares: Mapping[Part, float]) -> Floats:
    """Darkness, (edge, edge), from 0 to about 1, with the `shares` of some parts' own darkness; 0.58 for all others."""
    own = 1.0 - part_colours(layers.scene) @ _LUMA
    share = np.array([shares.get(part, _SKIN_SHARE) for part in Part], dtype=np.float32)
    # Features are drawn as marks, on the light of the face alone.
    light = np.where(layers.mask(FEATURES) > 0.5, layers.light, relative_light(layers))
    base = (own * share)[layers.parts]
    return base + (1.0 - base) * np.clip(1.04 - light, -0.3, 0.8) * np.float32(0.95)


def with_features(layers: Layers, darkness: Floats, thicker: float = 0.9) -> Floats:
    """Darkness (edge, edge) with the marks of face, collar and accessories drawn into it, `thicker` than painted."""
    scene = layers.scene

    def features(painter: Painter) -> None:
        draw_marks(painter, feature_marks(scene), _grey, thicker=thicker)

    def glasses(painter: Painter) -> None:
        draw_marks(painter, glasses_marks(scene), _grey)

    drawn = _drawn(darkness, layers.paint(features), np.float32(1.0) - layers.mask([Part.HAIR], 0.35))
    return _drawn(drawn, layers.paint(glasses), np.ones_like(drawn))


def _grey(colour: Colour) -> Colour:
    return np.full(3, np.interp(float(np.clip(colour, 0, 255) @ _LUMA), _BRIGHTNESS, _GREYS))


def _drawn(darkness: Floats, marks: Floats, shown: Floats) -> Floats:
    """Darkness under marks (edge, edge, 4), premultiplied, where `shown` lets them be seen."""
    alpha = marks[..., 3] * shown
    return darkness * (1.0 - alpha) + (alpha - marks[..., 0] * shown)

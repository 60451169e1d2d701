"""Contours: lines along the borders of the parts, as a draughtsman goes round hair, face and clothes."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.parts import Part
from ohlora.portraits.styles.layers import FACE, HAIR, SKIN, Floats, Layers

_OUTLINED = (HAIR, (*SKIN, *FACE), FACE, (Part.CLOTHES,))


def outlines(layers: Layers, width: float, soft: float = 0.9) -> Floats:
    """Lines of about `width` units around hair, skin, face and clothes, (edge, edge) in 0..1.

    They are thinner towards the light and thicker away from it. With a larger `soft`, in units, they cut corners, as the
    first lines of a sketch do.
    """
    lines = np.zeros((layers.edge, layers.edge), dtype=np.float32)
    light_x = np.float32(layers.scene.head.p.light_x)
    for parts in _OUTLINED:
        mask = layers.mask(parts, soft)
        dy, dx = np.gradient(mask)
        toward = (dy - light_x * dx) / (np.sqrt(dx * dx + dy * dy) + np.float32(1e-6))
        lines = np.maximum(lines, layers.line(mask, width * (1.0 - 0.35 * np.clip(toward, -1.0, 1.0)), soft))
    return lines

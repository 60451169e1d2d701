"""Light on hair: from the direction of strands and of the light to the brightness along every lock.

Diffuse light falls on the head's roundness; highlights are those of thin cylinders, strongest where a strand runs across
the half vector of light and view (Kajiya and Kay, "Rendering fur with three dimensional textures", 1989).
"""

from __future__ import annotations

import numpy as np

from ohlora.portraits.colours import Colour
from ohlora.portraits.head import Head
from ohlora.portraits.shading import light_direction
from ohlora.portraits.strands.locks import Locks
from ohlora.portraits.strands.scalp import Floats, outward

_KNEE = 180.0


def lit_colours(head: Head, locks: Locks, colour: Colour) -> Floats:
    """Colours (N, S, 3), 0..255, of locks in the hair's own colour under the portrait's light."""
    turned = _turned(head, np.gradient(locks.points, axis=1))
    tangent = turned / (np.linalg.norm(turned, axis=2, keepdims=True) + 1e-9)
    # Half turned: the far side of the head stands out a little in the picture, and should not lie in the dark.
    normal = _turned(head, outward(locks.points), 0.5)
    light = light_direction(head)
    diffuse = np.clip((normal @ light + 0.75) / 1.7, 0.0, 1.0)
    half = light + np.array([0.0, -0.25, 1.0])
    half /= np.linalg.norm(half)
    along = tangent @ half - 0.06
    shine = np.clip(1.0 - along**2, 0.0, 1.0) ** 14 * np.clip(normal @ half, 0.0, 1.0) ** 3
    covered = (0.50 + 0.50 * locks.depth)[:, None]
    amount = (0.42 + 0.70 * diffuse) * covered * locks.tone[:, None]
    rim = np.clip(normal[..., 0] * np.sign(head.p.rim_light), 0.0, 1.0) ** 3 * abs(head.p.rim_light)
    amount = amount + 0.8 * rim * locks.depth[:, None]
    bright = 0.5 * colour + np.array([92.0, 86.0, 78.0])
    # Backs and undersides let little light through, so a highlight belongs to what lies on top.
    strength = (0.8 * locks.shine * shine * locks.depth[:, None] * locks.tone[:, None])[..., None]
    result: Floats = colour * 1.22 * amount[..., None] + bright * strength
    # Brighter than white would shift the hue, and interpolated colours that reach 255 overflow skia's eight bits.
    brightest = result.max(axis=2, keepdims=True)
    knee = _KNEE + (246.0 - _KNEE) * np.tanh((brightest - _KNEE) / (246.0 - _KNEE))
    limited: Floats = np.where(brightest > _KNEE, result * knee / np.maximum(brightest, 1.0), result)
    return limited


def _turned(head: Head, vectors: Floats, share: float = 1.0) -> Floats:
    """Vectors (..., 3) of the head as the viewer sees them, turned by a share of its turn."""
    sine, cosine = np.sin(share * head.view.turn), np.cos(share * head.view.turn)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([x * cosine - z * sine, y, x * sine + z * cosine], axis=-1)

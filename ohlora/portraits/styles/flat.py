"""Flat colours: every part in its own colour, before light, and how bright the picture is against it."""

from __future__ import annotations

import numpy as np

from ohlora.portraits.colours import Colour, Colours
from ohlora.portraits.parts import Part
from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.layers import FEATURES, HAIR, SKIN, Floats, Layers

_LUMA = np.array([0.299, 0.587, 0.114])


def part_colours(scene: Scene, saturation: float = 1.0) -> Floats:
    """The colour of every part, (parts, 3) in 0..1, more or less saturated."""
    colours: Colours = scene.colours
    table = np.zeros((len(Part), 3))
    table[Part.BACKGROUND] = colours.background
    table[[*SKIN, *FEATURES]] = colours.skin * colours.light
    table[list(HAIR)] = colours.hair * colours.light
    table[Part.CLOTHES] = np.clip(colours.clothes, 12, 245)
    return np.clip(vivid(table / 255.0, saturation), 0.0, 1.0).astype(np.float32)


def flat_colours(layers: Layers, saturation: float = 1.0) -> Floats:
    """The flat picture, (edge, edge, 3)."""
    flat: Floats = part_colours(layers.scene, saturation)[layers.parts]
    return flat


def relative_light(layers: Layers) -> Floats:
    """Brightness of the shaded picture as a multiple of the part's own, (edge, edge); 1 = as bright as its colour."""
    own = (part_colours(layers.scene) @ _LUMA).astype(np.float32)
    light: Floats = layers.luminance / np.maximum(own, 0.02)[layers.parts]
    return light


def vivid(colour: Colour, saturation: float) -> Colour:
    """A colour (..., 3) moved away from its grey (saturation above 1) or towards it."""
    grey = (np.asarray(colour) @ _LUMA)[..., None]
    moved: Colour = grey + (np.asarray(colour) - grey) * saturation
    return moved

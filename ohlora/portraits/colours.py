"""Colours: from tone parameters to the colours of skin, hair, eyes, clothes and light.

A palette is a few anchors from one end of a parameter to the other; between them colours are mixed linearly, which
makes them continuous in their parameters. A colour is a float array (3,), RGB, 0..255.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.parameters import PortraitParameters

Colour = npt.NDArray[np.float64]

SKIN = ((255, 226, 208), (247, 208, 182), (236, 188, 152), (214, 158, 118), (176, 120, 82), (128, 84, 58), (84, 54, 40))
HAIR = ((24, 20, 22), (52, 36, 30), (92, 62, 42), (142, 102, 64), (196, 156, 100), (236, 212, 164))
IRIS = ((62, 36, 22), (104, 66, 32), (118, 108, 52), (82, 124, 82), (74, 122, 168), (130, 158, 178))
DARK = np.array([26.0, 16.0, 16.0])


def rgb(red: float, green: float, blue: float) -> Colour:
    """A colour from its three channels."""
    return np.array([red, green, blue], dtype=np.float64)


def blend(a: npt.ArrayLike, b: npt.ArrayLike, t: float) -> Colour:
    """`a` at t = 0, `b` at t = 1."""
    return np.asarray(a, dtype=np.float64) * (1.0 - t) + np.asarray(b, dtype=np.float64) * t


def palette(stops: Sequence[Sequence[float]], t: float) -> Colour:
    """The colour at `t` in 0..1 along evenly spaced `stops`."""
    position = min(max(t, 0.0), 1.0) * (len(stops) - 1)
    index = min(int(position), len(stops) - 2)
    return blend(stops[index], stops[index + 1], position - index)


def skia_colour(colour: npt.ArrayLike, alpha: float = 255.0) -> int:
    """The packed colour that skia takes; channels are clipped to 0..255."""
    r, g, b = (int(c) for c in np.clip(np.asarray(colour, dtype=np.float64), 0, 255))
    return int(skia.Color(r, g, b, int(min(max(alpha, 0.0), 255.0))))


def opponent(lightness: float, blue_yellow: float, green_red: float, chroma: float) -> Colour:
    """RGB from lightness (0..255) and two opponent axes (-1..1), linear, so that no hue is an angle."""
    return lightness + chroma * (blue_yellow * rgb(0.6, 0.35, -1.0) + green_red * rgb(1.0, -0.75, 0.15))


class Colours:
    """All base colours of one portrait, before light."""

    def __init__(self, p: PortraitParameters) -> None:
        skin = palette(SKIN, p.skin_tone)
        self.skin: Colour = np.clip(skin + p.skin_hue * rgb(-2.0, 3.0, -7.0), 0, 255)
        self.hair: Colour = hair_colour(p)
        self.own_hair: Colour = own_hair_colour(p)
        self.brow: Colour = blend(self.own_hair * 0.62, (46, 32, 28), 0.45)
        if p.edition > 0.5:
            # Darker than dark skin, so that brows stay visible on it.
            self.brow = self.brow * mix(1.0, 0.55, smoothstep(p.skin_tone, 0.55, 0.9))
        self.iris: Colour = palette(IRIS, p.iris_tone * (1.0 - 0.75 * smoothstep(p.skin_tone, 0.55, 0.9)))
        paint = p.makeup * mix(0.15, 1.0, p.gender)
        natural = blend(blend(self.skin, (186, 82, 84), 0.5), self.skin * 0.76, 0.55 * (1.0 - p.gender))
        self.lips: Colour = blend(natural, (184, 30, 58), 0.75 * paint)
        self.shadow: Colour = self.skin * rgb(0.40, 0.28, 0.26)
        self.clothes: Colour = opponent(
            mix(48.0, 205.0, p.clothes_lightness), p.clothes_blue_yellow, p.clothes_green_red, chroma=44.0
        )
        background = mix(66.0, 214.0, p.background_lightness)
        self.background: Colour = opponent(background, p.background_blue_yellow, p.background_green_red, chroma=34.0)
        self.light: Colour = rgb(1.0 + 0.05 * p.light_warmth, 1.0, 1.0 - 0.08 * p.light_warmth)


def own_hair_colour(p: PortraitParameters) -> Colour:
    """The colour of brows, stubble and beard, which somebody else's or dyed hair doesn't change."""
    if p.brow_own > 0.5:
        return 255.0 * rgb(p.brow_red, p.brow_green, p.brow_blue)
    return hair_colour(p if p.edition <= 0.5 else p.replace(dye=0.0))


def age_grey(p: PortraitParameters) -> float:
    """Share of grey in the hair that comes with age, 0..1."""
    return smoothstep(p.age, 0.55, 0.95)


def grey_share(p: PortraitParameters) -> float:
    """Share of grey in the hair, 0..1."""
    return min(max(age_grey(p) + p.greyness, 0.0), 1.0)


def hair_colour(p: PortraitParameters) -> Colour:
    """The hair's own colour; its mean over RGB is the true `hair_color` of a portrait."""
    natural = palette(HAIR, p.hair_lightness)
    copper = rgb(178, 78, 36) * (0.42 + 0.72 * p.hair_lightness)
    red = smoothstep(p.hair_redness, 0.5, 1.0) * smoothstep(p.hair_lightness, 0.1, 0.35)
    natural = blend(natural, copper, 0.7 * red)
    grey = rgb(1.0, 1.0, 1.02) * natural.mean() + 28.0
    natural = blend(natural, grey, 0.85 * grey_share(p))
    dyed = np.array(colorsys.hsv_to_rgb(p.dye_hue, 0.62, 0.45 + 0.5 * p.hair_lightness)) * 255.0
    return np.clip(blend(natural, dyed, p.dye), 0, 255)

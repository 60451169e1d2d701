"""The pattern of strands inside a lock: one small picture of twelve locks, made once from fixed random numbers.

Brightness holds the strands, alpha the lock's soft sides and its tip, where strands end one after the other. The mesh of
all locks is textured with it, which costs less than drawing strands one by one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import skia

from ohlora.portraits.strands.scalp import Floats

CELLS, CELL_WIDTH, MARGIN, HEIGHT = 12, 28, 2, 96
TIP = 0.80
"""Where along the pattern the strands begin to end."""


@cache
def strand_pattern() -> skia.Image:
    """The pattern (HEIGHT, CELLS * CELL_WIDTH) as a picture with alpha, one cell beside the other."""
    random = np.random.default_rng(41)
    cells = [_cell(random) for _ in range(CELLS)]
    rgba = np.concatenate(cells, axis=1)
    premultiplied = np.concatenate([rgba[..., :1].repeat(3, axis=2) * rgba[..., 1:], rgba[..., 1:]], axis=2)
    pixels = np.ascontiguousarray(np.clip(premultiplied * 255.0, 0.0, 255.0).astype(np.uint8))
    picture = skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    return picture.withDefaultMipmaps()


def _cell(random: np.random.Generator) -> Floats:
    """Brightness and alpha (HEIGHT, CELL_WIDTH, 2) of one lock."""
    u = (np.arange(CELL_WIDTH) + 0.5 - MARGIN) / (CELL_WIDTH - 2 * MARGIN)
    v = (np.arange(HEIGHT) + 0.5)[:, None] / HEIGHT
    brightness = np.full((HEIGHT, CELL_WIDTH), 0.74)
    for _ in range(9):
        middle = (
            random.uniform(0.04, 0.96) + random.uniform(-0.08, 0.08) * v + 0.02 * np.sin(5.0 * v + random.uniform(0, 6))
        )
        width, height = random.uniform(0.03, 0.09), random.choice([-0.22, 0.16, 0.24, 0.12])
        brightness = brightness + height * np.exp(-0.5 * ((u - middle) / width) ** 2)
    rounded = np.sqrt(np.clip(1.0 - (2.0 * u - 1.0) ** 2, 0.0, 1.0))
    brightness = brightness * (0.74 + 0.26 * rounded)
    sides = np.clip(np.minimum(u, 1.0 - u) / 0.14, 0.0, 1.0)
    sides = sides * sides * (3.0 - 2.0 * sides)
    ends = TIP + 0.2 * np.clip(np.convolve(random.uniform(-0.3, 1.3, CELL_WIDTH), [0.25, 0.5, 0.25], "same"), 0.0, 1.0)
    ends = ends - 0.12 * np.abs(2.0 * u - 1.0) ** 2
    tip = np.clip((ends - v) / 0.035 + 0.5, 0.0, 1.0)
    starts = 0.07 * np.convolve(random.uniform(0.0, 1.0, CELL_WIDTH), [0.25, 0.5, 0.25], "same")
    root = np.clip((v - starts) / 0.06, 0.0, 1.0)
    return np.stack([np.clip(brightness, 0.25, 0.97), sides * tip * root], axis=2)

"""The second edition's backdrop: light from above or below, and a soft mottling, laid over the plain background."""

from __future__ import annotations

import numpy as np
import skia

from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter

_GRID = 48


def _mottling() -> skia.Image:
    """Soft grey noise of two sizes about the middle, fixed for all portraits."""
    random = np.random.default_rng(83)
    noise = np.zeros((_GRID, _GRID))
    for cells, weight in ((6, 1.0), (12, 0.6), (24, 0.35), (48, 0.18)):
        coarse = random.uniform(-1.0, 1.0, size=(cells, cells))
        noise += weight * coarse.repeat(_GRID // cells, axis=0).repeat(_GRID // cells, axis=1)
    for axis in (0, 1):
        for _ in range(3):
            noise = 0.25 * np.roll(noise, 1, axis) + 0.5 * noise + 0.25 * np.roll(noise, -1, axis)
    grey = np.clip(128.0 + 110.0 * noise / np.abs(noise).max(), 0.0, 255.0).astype(np.uint8)
    rgba = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    return skia.Image.fromarray(np.ascontiguousarray(rgba), skia.kRGBA_8888_ColorType)


_MOTTLING = _mottling()


def paint_backdrop(painter: Painter, head: Head) -> None:
    """Over the plain background, in image units (256 across); nothing where both parameters are 0."""
    p = head.p
    if p.background_grade != 0.0:
        strength = 120.0 * abs(p.background_grade)
        dark, light = [0.0, 0.0, strength], [0.55 * strength, 0.0, 0.0]
        if p.background_grade < 0.0:
            dark, light = dark[::-1], light[::-1]
        painter.gradient(None, (0, 0), (0, 256), [(10, 8, 16)] * 3, dark)
        painter.gradient(None, (0, 0), (0, 256), [(255, 250, 240)] * 3, light)
    if p.background_texture > 0.0:
        paint = skia.Paint(BlendMode=skia.BlendMode.kSoftLight, Alphaf=p.background_texture)
        sampling = skia.SamplingOptions(skia.CubicResampler.Mitchell())
        painter.canvas.drawImageRect(_MOTTLING, skia.Rect.MakeXYWH(-8, -8, 272, 272), sampling, paint)

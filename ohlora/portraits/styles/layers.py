"""The layers of a scene that drawing styles work with: parts, tone, light and the picture's working resolution.

Styles draw larger than they are asked to and average in the end, so that lines and edges are smooth whatever they are
made of. Pictures are float32 arrays in 0..1; lengths are in units of 1/256 of the picture's width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import skia
from PIL import Image
from scipy.ndimage import gaussian_filter

from ohlora.portraits.hair_painter import paint_hair_shadow
from ohlora.portraits.painter import Painter
from ohlora.portraits.parts import Part
from ohlora.portraits.scene import UNITS, Scene, in_head
from ohlora.portraits.shading import paint_light

Floats = npt.NDArray[np.float32]

FACE = tuple(part for part in Part if Part.FACE_SKIN <= part < Part.HAIR)
"""Everything inside the outline of the face."""
FEATURES = tuple(part for part in FACE if part not in (Part.FACE_SKIN, Part.NOSE))
SKIN = (Part.FACE_SKIN, Part.NOSE, Part.EAR, Part.NECK)
HAIR = (Part.HAIR, Part.BACK_HAIR)
BODY = (Part.NECK, Part.CLOTHES)
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class Layers:
    """The layers of one scene for a picture of `size` pixels.

    Attributes:
        edge: pixels of a layer's edge, a multiple of `size`.
        scale: pixels of a layer to a unit.
    """

    def __init__(self, scene: Scene, size: int) -> None:
        self.scene, self.size = scene, size
        self.edge = size * max(-(-UNITS // size), 2 if size < 2 * UNITS else 1).__int__()
        self.scale = self.edge / UNITS
        # Light is smooth: it is drawn no larger than this.
        self._shaded_edge = min(size, int(UNITS))

    @cached_property
    def parts(self) -> npt.NDArray[np.uint8]:
        """The part map, (edge, edge)."""
        return self.scene.draw_parts(self.edge)

    @cached_property
    def natural(self) -> Floats:
        """The shaded picture, (edge, edge, 3)."""
        return enlarged(self.scene.draw(self._shaded_edge), self.edge)

    @cached_property
    def luminance(self) -> Floats:
        """Brightness of the shaded picture, (edge, edge)."""
        return self.natural @ _LUMA

    @cached_property
    def light(self) -> Floats:
        """Light on a white face with the hair's shadow on it, (edge, edge); it means something inside the face only."""
        surface, canvas = blank(self._shaded_edge)
        scene, painter = self.scene, Painter(canvas)
        canvas.clear(skia.ColorWHITE)
        with in_head(canvas, scene.to_image):
            paint_light(canvas, scene.head, scene.colours)
            paint_hair_shadow(painter, scene.head, scene.hair, scene.colours)
        return enlarged(pixels_of(surface)[..., :3], self.edge) @ _LUMA

    def mask(self, parts: Iterable[Part], soft: float = 0.0) -> Floats:
        """Where some parts show, (edge, edge) in 0..1, blurred by `soft` units."""
        return self.blurred(shown(self.parts, parts), soft)

    def blurred(self, layer: Floats, soft: float) -> Floats:
        """A layer (edge, edge[, channels]) blurred by a Gaussian of `soft` units."""
        sigma = soft * self.scale
        # Averaging to the picture's pixels is as smooth as a Gaussian this narrow.
        if sigma < 0.75:
            return layer
        # Wide Gaussians are as good, and many times faster, on a coarser grid.
        step = next((k for k in (8, 4, 2) if sigma >= 1.5 * k and self.edge % k == 0), 1)
        sigmas = (sigma / step, sigma / step, 0.0)[: layer.ndim]
        small: Floats = gaussian_filter(averaged(layer, self.edge // step), sigmas, mode="nearest", truncate=2.5)
        return small if step == 1 else resized(small, self.edge)

    def line(self, mask: Floats, width: float | Floats, soft: float) -> Floats:
        """A line of `width` units where a mask that was blurred by `soft` units crosses a half."""
        # Along an edge that a Gaussian blurred, the mask is the normal distribution function of the distance; these are
        # the first two terms of its inverse.
        inside = mask - np.float32(0.5)
        distance = np.abs(inside) * (1.0 + 1.047 * inside * inside) * np.float32(2.5066 * soft * self.scale)
        half = np.float32(0.5 * self.scale) * np.asarray(width, dtype=np.float32) + np.float32(0.5)
        line: Floats = np.clip(half - distance, 0.0, 1.0)
        return line

    def paint(self, draw: Callable[[Painter], None]) -> Floats:
        """What `draw` paints on a transparent canvas in units of the image: (edge, edge, 4), premultiplied RGBA."""
        surface, canvas = blank(self.edge)
        draw(Painter(canvas))
        return pixels_of(surface).astype(np.float32) / np.float32(255.0)

    def finished(self, picture: Floats) -> npt.NDArray[np.uint8]:
        """A picture (edge, edge, 3) in 0..1 as (size, size, 3) uint8."""
        small = averaged(picture, self.size)
        finished: npt.NDArray[np.uint8] = np.clip(small * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
        return finished


def shown(part_map: npt.NDArray[np.uint8], parts: Iterable[Part]) -> Floats:
    """Where a part map shows some parts: 1 there, 0 elsewhere."""
    table = np.zeros(len(Part), dtype=np.float32)
    table[list(parts)] = 1.0
    seen: Floats = table[part_map]
    return seen


def blank(edge: int) -> tuple[skia.Surface, skia.Canvas]:
    """A transparent square surface and its canvas in units of the image."""
    surface = skia.Surface(edge, edge)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    canvas.scale(edge / UNITS, edge / UNITS)
    return surface, canvas


def pixels_of(surface: skia.Surface) -> npt.NDArray[np.uint8]:
    """The pixels (edge, edge, 4) of a surface, premultiplied RGBA."""
    pixels = np.empty((surface.height(), surface.width(), 4), dtype=np.uint8)
    info = skia.ImageInfo.Make(surface.width(), surface.height(), skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface.readPixels(info, pixels)
    return pixels


def over(below: Floats, layer: Floats, seen: Floats | float = 1.0) -> Floats:
    """A premultiplied layer (edge, edge, 4) over a picture (edge, edge, 3), where it is `seen`."""
    if not isinstance(seen, float):
        layer = layer * seen[..., None]
    return below * (np.float32(1.0) - layer[..., 3:]) + layer[..., :3]


def blended(a: Floats, b: npt.ArrayLike, amount: Floats) -> Floats:
    """`a` (edge, edge, 3) where `amount` (edge, edge) is 0, the colour or picture `b` where it is 1."""
    return a + (np.asarray(b, dtype=np.float32) - a) * amount[..., None]


def step(x: Floats, low: float | Floats, high: float | Floats) -> Floats:
    """0 below `low`, 1 above `high`, a smooth cubic between; falls where `low` is the greater."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def averaged(layer: Floats, edge: int) -> Floats:
    """A layer averaged to `edge` pixels, a divisor of its own."""
    k = layer.shape[0] // edge
    if k == 1:
        return layer
    blocks: Floats = layer.reshape(edge, k, edge, k, *layer.shape[2:]).mean(axis=(1, 3), dtype=np.float32)
    return blocks


def enlarged(pixels: npt.NDArray[np.uint8], edge: int) -> Floats:
    """Pixels (N, N, 3) uint8 as (edge, edge, 3) in 0..1, interpolated."""
    image = Image.fromarray(np.ascontiguousarray(pixels)).resize((edge, edge), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32) / np.float32(255.0)


def resized(layer: Floats, edge: int) -> Floats:
    """A layer (N, N[, channels]) interpolated to `edge` pixels."""
    if layer.ndim == 2:
        image = Image.fromarray(layer).resize((edge, edge), Image.Resampling.BICUBIC)
        return np.asarray(image, dtype=np.float32)
    return np.stack([resized(layer[..., c], edge) for c in range(layer.shape[2])], axis=-1)


def fitted(layer: Floats, edge: int) -> Floats:
    """A layer averaged or interpolated to `edge` pixels."""
    return averaged(layer, edge) if layer.shape[0] % edge == 0 else resized(layer, edge)

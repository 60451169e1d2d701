"""Light on the face: from a coarse height field and a light's direction to a diffuse and a specular picture.

The height field is an ellipsoid with Gaussian bumps for nose, brows, cheeks and chin; a wrapped Lambert term
and Blinn and Phong's highlight of its normals are laid over the skin. So light falls on the face as a whole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import Colours
from ohlora.portraits.curves import mix
from ohlora.portraits.head import Head

# Samples a side: light on skin is smooth, and the picture is enlarged by a cubic filter.
GRID = 72
SPAN = 300.0
"""The height field covers SPAN x SPAN units around the middle between the eyes."""


class HeightField:
    """A sum of an ellipsoid and separable Gaussian bumps on a GRID x GRID raster of image-plane units."""

    def __init__(self, centre: npt.NDArray[np.float64]) -> None:
        self.origin = centre - SPAN / 2
        steps = (np.arange(GRID) + 0.5) * SPAN / GRID
        self.x, self.y = steps + self.origin[0], steps + self.origin[1]
        self._bumps: list[tuple[float, float, float, float, float]] = []

    def bump(self, at: npt.NDArray[np.float64], height: float, width: float, tall: float) -> None:
        """Add a Gaussian of standard deviations `width` and `tall` at a point (2,) or (1, 2)."""
        px, py = at.reshape(-1)[:2]
        self._bumps.append((float(px), float(py), height, width, tall))

    def heights(self, skull: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The field (GRID, GRID); `skull` is the ellipsoid's centre (2,)."""
        table = np.array(self._bumps)
        columns = np.exp(-0.5 * ((self.x[None] - table[:, 0:1]) / table[:, 3:4]) ** 2)
        rows = table[:, 2:3] * np.exp(-0.5 * ((self.y[None] - table[:, 1:2]) / table[:, 4:5]) ** 2)
        radius = ((self.x - skull[0]) / 80.0)[None] ** 2 + ((self.y - skull[1]) / 132.0)[:, None] ** 2
        field: npt.NDArray[np.float64] = 84.0 * np.sqrt(np.maximum(0.03, 1.0 - radius)) + rows.T @ columns
        return field


def light_direction(head: Head) -> npt.NDArray[np.float64]:
    """Unit vector (3,) from the face to the light."""
    p = head.p
    direction = np.array([0.95 * p.light_x, -mix(0.12, 0.75, p.light_y), 0.95])
    unit: npt.NDArray[np.float64] = direction / np.linalg.norm(direction)
    return unit


def face_relief(head: Head) -> HeightField:
    """The face's bumps and hollows as a height field."""
    p, at, m = head.p, head.view.project, head.masculine
    field = HeightField(head.centre)
    ny, nw, my, ex = head.nose_y, head.nose_half, head.mouth_y, head.eye_x
    for s in (-1, 1):
        field.bump(at(s * 26, head.brow_y + 5), 2.4 + 2.2 * m, 17, 6)
        field.bump(at(s * (ex - 2), 1), -7.0, 14, 9.5)
        field.bump(at(s * 43, 29), 4.0 + 3.6 * head.grin + 2.0 * (p.cheeks - 0.5), 16, 13)
        field.bump(at(s * nw * 0.86, ny + 0.5, 2), 5.0, 4.6, 4.8)
        field.bump(at(s * 22, ny + 9), -1.4 - 2.2 * head.grin - 1.5 * p.age, 6, 11)
        field.bump(at(s * 62, -30), -4.0, 11, 18)
        field.bump(at(s * 44, 60), -2.0 - 2.0 * (1 - p.cheeks) - p.age, 12, 16)
        field.bump(at(s * ex, 14), 0.9 + 1.4 * p.age, 11, 3.5)
        field.bump(at(s * 18, -56), 2.6, 20, 15)
    for y, height, width, tall, lift in ((0.0, 4.8, 7.0, 11.0, 4.0), (16.0, 6.2, 7.4, 11.5, 0.45 * head.nose_lift)):
        field.bump(at(0, y, lift), height, width, tall)
    field.bump(at(0, ny - 11, 0.7 * head.nose_lift), 6.6, 7.6, 8.5)
    field.bump(at(0, ny - 2.5, head.nose_lift), 9.0, 7.4, 6.6)
    field.bump(at(0, ny + 11.5, 2), -2.4, 5, 5)
    field.bump(at(0, my - 3.5, 3), 3.4, 16, 4)
    field.bump(at(0, my + 5 + 0.9 * head.gap, 3), 4.8, 14, 4.2)
    field.bump(at(0, my + 15 + 0.9 * head.gap, 2), -4.2, 17, 4.8)
    field.bump(at(0, head.chin_y - 8 + head.jaw_drop, 1), 6.5, 14 + 4 * m, 7.5)
    return field


def paint_light(canvas: skia.Canvas, head: Head, colours: Colours) -> None:
    """Multiply the face (already painted in its own colour) by diffuse light and screen the highlights on it."""
    field = face_relief(head)
    skull = head.centre + np.array([head.p.pose * 13.0, 8.0])
    heights = field.heights(skull)
    step = SPAN / GRID
    dy, dx = np.gradient(heights, step)
    inverse = 1.0 / np.sqrt(dx**2 + dy**2 + 1.0)
    normal = np.stack([-dx * inverse, -dy * inverse, inverse], axis=-1)
    light = light_direction(head)
    diffuse = np.clip((normal @ light + 0.24) / 1.2, 0.0, 1.0)[..., None] ** 0.9
    # Light scattered under the skin keeps shadows red rather than grey.
    shade = np.array([0.46, 0.33, 0.31]) + 0.05 * (1.0 - head.p.skin_tone)
    multiply = (shade + (1.05 - shade) * diffuse) * colours.light
    half = light + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    gloss = np.clip(normal @ half, 0.0, 1.0)[..., None] ** 28 * mix(0.15, 0.27, head.p.skin_tone)
    _draw_field(canvas, field, multiply, skia.BlendMode.kMultiply)
    _draw_field(canvas, field, gloss * np.array([1.0, 0.95, 0.88]), skia.BlendMode.kScreen)


def _draw_field(canvas: skia.Canvas, field: HeightField, values: npt.NDArray[np.float64], mode: skia.BlendMode) -> None:
    """Draw a (GRID, GRID, 3) picture in 0..1 over the field's square."""
    rgba = np.full((GRID, GRID, 4), 255, dtype=np.uint8)
    rgba[..., :3] = np.clip(values * 255.0, 0.0, 255.0)
    image = skia.Image.fromarray(rgba, skia.kRGBA_8888_ColorType)
    square = skia.Rect.MakeXYWH(float(field.origin[0]), float(field.origin[1]), SPAN, SPAN)
    sampling = skia.SamplingOptions(skia.CubicResampler.Mitchell())
    canvas.drawImageRect(image, square, sampling, skia.Paint(BlendMode=mode))

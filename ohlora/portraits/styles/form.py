"""The form of a portrait: along which lines a pencil or a burin goes round a face, a neck and a body.

The face's height field bends lines that are straight on a flat sheet, as the stripes of a projector would be bent; seen
from above, a line across the face is drawn lower where the face is nearer. Neck and body bend them like a cylinder.
"""

from __future__ import annotations

import numpy as np
import skia

from ohlora.portraits.scene import UNITS, Scene
from ohlora.portraits.shading import GRID, SPAN, face_relief
from ohlora.portraits.styles.layers import Floats

_SAMPLES = 96


def form_height(scene: Scene) -> Floats:
    """Height of face, neck and background towards the viewer, (96, 96) over the image, in units."""
    head = scene.head
    field = face_relief(head)
    heights = field.heights(head.centre + np.array([head.p.pose * 13.0, 8.0]))
    inverse = skia.Matrix()
    scene.to_image.invert(inverse)
    steps = (np.arange(_SAMPLES) + 0.5) * UNITS / _SAMPLES
    x, y = np.meshgrid(steps, steps)
    a = np.array([[inverse.get(i) for i in range(3 * k, 3 * k + 3)] for k in range(2)])
    column = (a[0, 0] * x + a[0, 1] * y + a[0, 2] - field.origin[0]) * GRID / SPAN
    row = (a[1, 0] * x + a[1, 1] * y + a[1, 2] - field.origin[1]) * GRID / SPAN
    index = [np.clip(v.astype(int), 0, GRID - 1) for v in (row, column)]
    face: Floats = heights[index[0], index[1]].astype(np.float32)
    return face


def form_directions(height: Floats, bend: float) -> Floats:
    """Unit vectors (N, N, 2) along the level lines of y - bend * height: across the form, to the viewer's right."""
    dy, dx = np.gradient(height, UNITS / len(height))
    down, right = 1.0 - bend * dy, -bend * dx
    length = np.sqrt(down**2 + right**2) + 1e-6
    return np.stack([np.abs(down) / length, -right * np.sign(down) / length], axis=-1).astype(np.float32)

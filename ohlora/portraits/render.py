"""Rendering: from the parameters of a portrait to its picture, its exact label map and its true attributes.

One scene holds all shapes; a drawing style makes the picture of it, and the label map is drawn from the same shapes.
True attributes come from the parameters and shapes, not from the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.portraits.parameters import PortraitParameters
from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.registry import style_named
from ohlora.portraits.styles.style import Style

MAX_SIZE = 1024
RENDERER_VERSION = 2
"""Version of the renderer, written beside the parameters of a portrait: what old seeds draw changes only with it."""

TRUTH_NAMES = ("gender", "eyes", "hair_color", "hair_length", "mouth", "pose")
"""The true attributes of a portrait, in the order in which training sets hold them."""


@dataclass(frozen=True)
class Portrait:
    """A drawn portrait.

    Attributes:
        image: (size, size, 3) uint8, RGB.
        label_map: (label_size, label_size) uint8, the 11 classes of `segmentation.classes`; None if not asked for.
        truth: the true attributes: gender (0 male, 1 female), eyes, hair_length and mouth in 0..1, hair_color as the
            mean of the hair's own RGB in 0..255 (NaN without hair), pose in -1..1 (+1 = to the person's own right).
    """

    image: npt.NDArray[np.uint8]
    label_map: npt.NDArray[np.uint8] | None
    truth: dict[str, float]


def render(
    p: PortraitParameters, size: int = 256, label_size: int | None = None, style: str | Style = "natural"
) -> Portrait:
    """Draw the portrait of `p`, the same pixels every time.

    Args:
        p: the parameters.
        size: edge of the square picture in pixels, 16..1024.
        label_size: edge of the label map in pixels, 16..1024; None draws none.
        style: the drawing style or its name. Label maps are the same in all but `cartoon`, which changes the shapes.

    Raises:
        OhloraError: a size lies outside its range, or no style has that name.
    """
    for name, value in (("size", size), ("label_size", label_size)):
        if value is not None and not 16 <= value <= MAX_SIZE:
            raise OhloraError(f"portrait {name} must lie in 16..{MAX_SIZE} pixels, got {value}")
    drawn = style_named(style) if isinstance(style, str) else style
    scene = Scene(p, drawn.proportions)
    labels = None if label_size is None else scene.draw_labels(label_size)
    return Portrait(drawn.draw(scene, size), labels, true_attributes(scene))


def true_attributes(scene: Scene) -> dict[str, float]:
    """The attributes that scores are judged by."""
    p, hair = scene.head.p, scene.hair
    nan = float("nan")
    return {
        "gender": float(p.gender > 0.5),
        "eyes": p.eye_open,
        "hair_color": float(scene.colours.hair.mean()) if hair.visible else nan,
        "hair_length": hair.true_length() if hair.visible else nan,
        "mouth": scene.head.opening,
        "pose": p.pose,
    }

"""Label maps drawn by hand: rectangles of classes on a background, and a simple face."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from segmentation.classes import FaceClass

Map = npt.NDArray[np.uint8]
Rectangle = tuple[FaceClass, int, int, int, int]

DATA = Path(__file__).resolve().parents[3] / "data"


@pytest.fixture(scope="session")
def golden() -> tuple[Map, Map, list[dict[str, Any]]]:
    """Eight label maps, their images and the published scores `v1` and `v2`."""
    with np.load(DATA / "attributes.npz") as arrays:
        label_maps, images = arrays["label_maps"], arrays["images"]
    return label_maps, images, json.loads((DATA / "attributes.json").read_text())


@pytest.fixture
def draw() -> Callable[..., tuple[Map, Map]]:
    """Builds a batch of one map from rectangles `(class, first row, first column, height, width)` and a grey image."""

    def build(*rectangles: Rectangle, brightness: int = 100) -> tuple[Map, Map]:
        label_map = np.zeros((1, 224, 224), dtype=np.uint8)
        for face_class, y, x, height, width in rectangles:
            label_map[0, y : y + height, x : x + width] = face_class
        return label_map, np.full((1, 224, 224, 3), brightness, dtype=np.uint8)

    return build


@pytest.fixture
def face() -> Callable[..., tuple[Map, Map]]:
    """Builds a batch of one simple face.

    The eyes' centres are `eye_distance` apart around (row 100, column 112); the whole is turned clockwise by `tilt` degrees
    about that point and scaled by `scale`. `nose` moves the nose to the viewer's right, `opening` is the eyes' height,
    `gap` the inner mouth's, all in pixels before scaling.
    """

    def build(
        tilt: float = 0.0,
        scale: float = 1.0,
        nose: float = 0.0,
        opening: float = 10.0,
        gap: float = 8.0,
        eyes: str = "both",
    ) -> tuple[Map, Map]:
        rows, columns = np.mgrid[0:224, 0:224].astype(np.float64)
        angle = np.radians(tilt)
        dx, dy = (columns - 112) / scale, (rows - 100) / scale
        x, y = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)

        def ellipse(cx: float, cy: float, width: float, height: float) -> npt.NDArray[np.bool_]:
            return (2 * (x - cx) / width) ** 2 + (2 * (y - cy) / height) ** 2 <= 1.0

        label_map = np.zeros((224, 224), dtype=np.uint8)
        label_map[ellipse(0, 5, 150, 190)] = FaceClass.HAIR
        label_map[ellipse(0, 15, 120, 160)] = FaceClass.FACE_SKIN
        for side, eye, brow in (
            (-28, FaceClass.LEFT_EYE, FaceClass.LEFT_EYEBROW),
            (28, FaceClass.RIGHT_EYE, FaceClass.RIGHT_EYEBROW),
        ):
            label_map[ellipse(side, -20, 30, 6)] = brow
            if eyes == "both":
                label_map[ellipse(side, 0, 26, opening)] = eye
        label_map[ellipse(nose, 20, 22, 36)] = FaceClass.NOSE
        label_map[ellipse(0, 55, 44, 12 + gap)] = FaceClass.LOWER_LIP
        label_map[ellipse(0, 55, 44, 12 + gap) & (y < 55)] = FaceClass.UPPER_LIP
        if gap:
            label_map[ellipse(0, 55, 38, gap)] = FaceClass.INNER_MOUTH
        return label_map[None], np.full((1, 224, 224, 3), 90, dtype=np.uint8)

    return build

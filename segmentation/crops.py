"""Crops of an image, and points carried between the two.

Point coordinates count pixels from the centre of the upper left one: (0, 0) is that centre, x to the right, y down. A box
x0, y0, x1, y1 names edges instead: it covers the pixels x0 <= x < x1, and the whole image is (0, 0, W, H).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.errors import SegmentationError

Box = tuple[float, float, float, float]
Points = npt.NDArray[np.float64]

CROP_SIZE = 224


@dataclass(frozen=True)
class CropFrame:
    """Where a square crop of `size` pixels was taken from.

    Attributes:
        box: x0, y0, x1, y1 in pixels of the image.
        size: Height and width of the crop after resizing.
    """

    box: Box
    size: int = CROP_SIZE

    def __post_init__(self) -> None:
        """Check the box.

        Raises:
            SegmentationError: The box is empty.
        """
        x0, y0, x1, y1 = self.box
        if not (x1 > x0 and y1 > y0 and self.size > 0):
            raise SegmentationError(f"expected a box x0 < x1, y0 < y1 and a positive size, got {self.box}, {self.size}")

    def to_image(self, points: npt.ArrayLike) -> Points:
        """Carry points `(..., 2)` from the crop to the image."""
        return (_points(points) + 0.5) * self._scale() + self._corner() - 0.5

    def to_crop(self, points: npt.ArrayLike) -> Points:
        """Carry points `(..., 2)` from the image to the crop; they may come to lie outside of it."""
        return (_points(points) + 0.5 - self._corner()) / self._scale() - 0.5

    def _corner(self) -> Points:
        return np.array(self.box[:2], dtype=np.float64)

    def _scale(self) -> Points:
        x0, y0, x1, y1 = self.box
        return np.array([x1 - x0, y1 - y0], dtype=np.float64) / self.size


def widen_box(box: Box, margin: float, width: int, height: int) -> Box:
    """Grow a box about its centre, clip it to the image and cut it to whole pixels.

    Args:
        box: x0, y0, x1, y1; it must touch the image.
        margin: Growth of each side's length, as a part of it; half of it goes to either end.
        width: Width of the image.
        height: Height of the image.

    Returns:
        Whole numbers, at least one pixel large.
    """
    x0, y0, x1, y1 = box
    grow_x, grow_y = (x1 - x0) * margin / 2, (y1 - y0) * margin / 2
    left, top = min(int(max(0.0, x0 - grow_x)), width - 1), min(int(max(0.0, y0 - grow_y)), height - 1)
    right, bottom = int(min(width, x1 + grow_x)), int(min(height, y1 + grow_y))
    return float(left), float(top), float(max(right, left + 1)), float(max(bottom, top + 1))


def _points(points: npt.ArrayLike) -> Points:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != 2:
        raise SegmentationError(f"expected points of shape (..., 2) as x, y, got {array.shape}")
    return array

"""Label maps as pictures."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from segmentation.classes import CLASS_COLORS, CLASS_NAMES, NUM_CLASSES
from segmentation.errors import SegmentationError

Pixels = npt.NDArray[np.uint8]


def color_label_map(label_map: Pixels) -> Pixels:
    """Paint every pixel in the colour of its class.

    Args:
        label_map: `(H, W)` uint8, class ids 0..10.

    Returns:
        `(H, W, 3)` uint8, RGB.

    Raises:
        SegmentationError: The map is empty, has another shape, or holds other ids.
    """
    if label_map.ndim != 2 or label_map.size == 0:
        raise SegmentationError(
            f"expected a label map (H, W), got {label_map.shape}; was the head `segmentation` asked for?"
        )
    if label_map.max() >= NUM_CLASSES:
        raise SegmentationError(f"expected class ids 0..{NUM_CLASSES - 1}, got {label_map.max()}")
    return np.take(CLASS_COLORS, label_map, axis=0)


def overlay_label_map(image: Pixels, label_map: Pixels, alpha: float = 0.5) -> Pixels:
    """Blend the colours of the classes over an image; background pixels keep the image.

    Args:
        image: `(H, W, 3)` uint8, RGB.
        label_map: `(H, W)` uint8 of the same size.
        alpha: Weight of the colours, 0 (image only) to 1 (colours only).

    Returns:
        `(H, W, 3)` uint8.

    Raises:
        SegmentationError: Sizes differ or alpha is out of its range.
    """
    colors = color_label_map(label_map)
    if image.shape != colors.shape:
        raise SegmentationError(f"expected an image of shape {colors.shape} for this label map, got {image.shape}")
    if not 0 <= alpha <= 1:
        raise SegmentationError(f"alpha: expected 0..1, got {alpha}")
    weight = np.where(label_map[..., None] == 0, 0.0, alpha)
    blended: Pixels = np.rint(image * (1 - weight) + colors * weight).astype(np.uint8)
    return blended


def draw_legend(width: int = 180, row: int = 22) -> Image.Image:
    """A picture that names the colour of every class, one row each."""
    picture = Image.new("RGB", (width, row * NUM_CLASSES), "white")
    draw = ImageDraw.Draw(picture)
    for index, name in enumerate(CLASS_NAMES):
        top = index * row
        draw.rectangle((4, top + 3, row, top + row - 3), fill=tuple(int(value) for value in CLASS_COLORS[index]))
        draw.text((row + 8, top + row // 2), f"{index} {name}", fill="black", anchor="lm")
    return picture

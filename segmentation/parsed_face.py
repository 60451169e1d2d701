"""What a parser says about one image."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from segmentation.crops import CROP_SIZE, Box, CropFrame, Points
from segmentation.images import pixels_of
from segmentation.overlay import overlay_label_map


@dataclass(frozen=True, eq=False)
class ParsedFace:
    """The face of one image.

    Attributes:
        label_map: `(224, 224)` uint8 class ids in the order of `segmentation.classes`. All background where no face was
            found, and empty `(0, 0)` where the head `segmentation` was not asked for.
        crop: `(224, 224, 3)` uint8 RGB: what was parsed.
        box: Edges x0, y0, x1, y1 of the crop in pixels of the image; beyond its edges where it had to be made square.
        image_size: Width and height of the image, after turning it upright.
        found: Whether there is a face.
        reason: Why there is none.
        heads: Outputs of the other heads, each float32, by name:

            `landmarks`: `(68, 2)` x, y in pixels of the image, in iBUG's order;
            `headpose`: `(3,)` pitch, yaw, roll in degrees. By the authors' drawing code, positive pitch raises the nose,
            positive yaw turns it to the viewer's right, positive roll tilts the head clockwise as seen;
            `attributes`: `(40,)` probabilities in CelebA's order;
            `visibility`: `(29,)` probabilities that a landmark of COFW can be seen;
            `age`, `gender`, `race`: `(8,)`, `(2,)`, `(5,)` probabilities, named in `segmentation.facexformer.labels`.
        gender: Probability of female, 0 (male) to 1 (female). The portraits parser always tells it; FaceXFormer when
            the head `gender` is asked for.
    """

    label_map: npt.NDArray[np.uint8]
    crop: npt.NDArray[np.uint8]
    box: Box
    image_size: tuple[int, int]
    found: bool = True
    reason: str | None = None
    heads: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    gender: float | None = None

    @property
    def frame(self) -> CropFrame:
        """The geometry between crop and image."""
        return CropFrame(self.box, self.crop.shape[0])

    def to_image(self, points: npt.ArrayLike) -> Points:
        """Carry points `(..., 2)` x, y from crop pixels to image pixels; see `segmentation.crops` for the frame."""
        return self.frame.to_image(points)

    def to_crop(self, points: npt.ArrayLike) -> Points:
        """Carry points `(..., 2)` x, y from image pixels to crop pixels."""
        return self.frame.to_crop(points)

    def overlay(self, alpha: float = 0.5) -> Image.Image:
        """The crop with the colours of the classes over it.

        Args:
            alpha: Weight of the colours, 0..1; background pixels show the crop.
        """
        return Image.fromarray(overlay_label_map(self.crop, self.label_map, alpha))


def crop_picture(picture: Image.Image, box: Box) -> Image.Image:
    """Cut a box of whole pixels out of a picture and resize it to 224x224, bicubic with antialiasing."""
    x0, y0, x1, y1 = (round(edge) for edge in box)
    # Cropping first keeps pixels beyond the edge out of the filter, as in the usual preparation.
    return picture.crop((x0, y0, x1, y1)).resize((CROP_SIZE, CROP_SIZE), Image.Resampling.BICUBIC)


def square_picture(picture: Image.Image, size: int) -> Image.Image:
    """Resize a picture to fit a square, bicubic with antialiasing; what is left is filled with the colours of its edges.

    A picture that is squeezed instead has other proportions than the face has, and every measured ratio is wrong.

    Args:
        picture: RGB, of any size.
        size: Height and width of the square in pixels.
    """
    longest = max(picture.size)
    width, height = (max(1, round(edge * size / longest)) for edge in picture.size)
    resized = picture.resize((width, height), Image.Resampling.BICUBIC)
    if width == height:
        return resized
    left, top = (size - width) // 2, (size - height) // 2
    margins = ((top, size - height - top), (left, size - width - left), (0, 0))
    return Image.fromarray(np.pad(pixels_of(resized), margins, mode="edge"))


def square_around(picture: Image.Image) -> Box:
    """The square box around the middle of a picture that covers it; it reaches beyond the shorter edges."""
    width, height = picture.size
    side = max(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def whole_image(picture: Image.Image) -> Box:
    """The box that covers a picture."""
    width, height = picture.size
    return 0.0, 0.0, float(width), float(height)


def no_face(picture: Image.Image, reason: str) -> ParsedFace:
    """The result for an image without a face: the whole image as crop, and no classes."""
    box = whole_image(picture)
    return ParsedFace(
        label_map=np.zeros((CROP_SIZE, CROP_SIZE), dtype=np.uint8),
        crop=pixels_of(crop_picture(picture, box)),
        box=box,
        image_size=picture.size,
        found=False,
        reason=reason,
    )

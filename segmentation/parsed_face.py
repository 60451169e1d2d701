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
        box: Edges x0, y0, x1, y1 of the crop in pixels of the image.
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

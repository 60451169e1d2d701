"""Reads image files that come from anywhere, and writes PNGs."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ohlora.errors import DatasetError
from ohlora.files import replacing
from segmentation.viewing import as_viewed


class PictureError(DatasetError):
    """A file that holds no picture that can be read.

    Attributes:
        reason: Why, in a few words without the path.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {path}: {reason}")
        self.reason = reason


def open_picture(path: Path) -> Image.Image:
    """Read an image file as viewers show it: upright, in sRGB, over white where it is transparent.

    Raises:
        PictureError: When the file is missing, damaged, not a picture, or far larger than any photograph.
    """
    try:
        with Image.open(path) as file:
            return as_viewed(file)
    except FileNotFoundError as error:
        raise PictureError(path, "no such file") from error
    except UnidentifiedImageError as error:
        raise PictureError(path, "not a picture, or of an unknown format") from error
    # Damaged bytes lead Pillow's decoders into errors of almost any type; all of them are about this file.
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(path, f"damaged picture ({reason})") from error


def square_pixels(path: Path, size: int) -> NDArray[np.uint8]:
    """Read an image file as `(S, S, 3)` uint8 RGB, its middle where it is not square.

    Raises:
        PictureError: As for `open_picture`.
    """
    picture = open_picture(path)
    if picture.size != (size, size):
        method = Image.Resampling.BOX if min(picture.size) > size else Image.Resampling.BICUBIC
        picture = ImageOps.fit(picture, (size, size), method)
    return np.asarray(picture)


def write_png(path: Path, picture: Image.Image) -> None:
    """Write a picture as a PNG, which appears whole or not at all."""
    with replacing(path) as temporary:
        picture.save(temporary, format="PNG")

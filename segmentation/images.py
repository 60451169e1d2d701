"""Images as they come from users, brought into one form: RGB pictures.

Accepted are PIL images, `(H, W, 3)` uint8 arrays in [0, 255], paths, and float tensors `(3, H, W)` or `(B, 3, H, W)` in
[-1, 1] as generators give them; and lists of any of these, mixed.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from segmentation.errors import ImageInputError
from segmentation.viewing import as_viewed


@dataclass(frozen=True, eq=False)
class PreparedImage:
    """An image of which a parser has kept what it needs; `FaceParser.prepare` makes it.

    Attributes:
        content: What the parser's backend kept.
    """

    content: Any


ImageLike = Image.Image | npt.NDArray[np.uint8] | Tensor | str | os.PathLike[str]

# Generators overshoot the range a little; more than this is a tensor on another scale.
OVERSHOOT = 1.0


def iterate_images(
    images: ImageLike | Iterable[ImageLike | PreparedImage],
) -> Iterator[Image.Image | PreparedImage]:
    """Yield RGB pictures one by one, reading files only when their turn comes; what is prepared already passes through.

    Raises:
        ImageInputError: An entry is none of what the module's docstring lists, or a file cannot be read.
    """
    if isinstance(images, (Image.Image, np.ndarray, Tensor, str, os.PathLike)):
        images = [images]
    for position, image in enumerate(images):
        try:
            if isinstance(image, PreparedImage):
                yield image
            elif isinstance(image, Tensor) and image.ndim == 4:
                yield from (_from_tensor(single) for single in image)
            else:
                yield _to_picture(image)
        except ImageInputError as error:
            raise ImageInputError(f"image {position}: {error}") from error


def pixels_of(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """The `(H, W, 3)` uint8 pixels of an RGB picture."""
    return np.array(picture, dtype=np.uint8)


def _to_picture(image: ImageLike) -> Image.Image:
    if isinstance(image, Image.Image):
        return as_viewed(image)
    if isinstance(image, Tensor):
        return _from_tensor(image)
    if isinstance(image, np.ndarray):
        return _from_array(image)
    if isinstance(image, (str, os.PathLike)):
        return _from_path(image)
    raise ImageInputError(f"expected a PIL image, an array, a tensor or a path, got {type(image).__name__}")


def _from_path(path: str | os.PathLike[str]) -> Image.Image:
    try:
        with Image.open(path) as image:
            return as_viewed(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else str(error).splitlines()[0]
        raise ImageInputError(f"cannot read {os.fspath(path)}: {reason}") from error


def _from_array(array: npt.NDArray[np.uint8]) -> Image.Image:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ImageInputError(
            f"expected an array (H, W, 3) uint8, RGB, [0, 255], got {array.shape} {array.dtype}; convert it first"
        )
    return Image.fromarray(array)


def _from_tensor(tensor: Tensor) -> Image.Image:
    if not tensor.is_floating_point() or tensor.ndim != 3 or tensor.shape[0] != 3 or 0 in tensor.shape:
        raise ImageInputError(
            f"expected a float tensor (3, H, W) or (B, 3, H, W) in [-1, 1], got {tuple(tensor.shape)} {tensor.dtype}"
        )
    tensor = tensor.detach().float()
    largest = float(tensor.abs().max())
    if not largest <= 1 + OVERSHOOT:  # also catches NaN
        raise ImageInputError(
            f"expected a tensor in [-1, 1], got values up to {largest:.4g}; scale it as x / 127.5 - 1"
        )
    pixels = ((tensor.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy())

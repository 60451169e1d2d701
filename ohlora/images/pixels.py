"""Images of networks, in [-1, 1] with channels first, as pixels, 0 to 255 with channels last, and back."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


def as_pixels(images: Tensor, size: int | None = None) -> Tensor:
    """Images `(B, 3, R, R)` in [-1, 1], values beyond clamped, as uint8 `(B, 3, size, size)`; the same size when None."""
    if size is not None and images.shape[-1] != size:
        images = F.interpolate(images, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
    return ((images.float().clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8)


def to_arrays(images: Tensor, size: int | None = None) -> NDArray[np.uint8]:
    """The same as an array `(B, size, size, 3)`, which is how pictures are stored."""
    array: NDArray[np.uint8] = as_pixels(images, size).permute(0, 2, 3, 1).cpu().numpy()
    return array


def from_arrays(pixels: NDArray[np.uint8]) -> Tensor:
    """Pictures `(B, R, R, 3)` as images `(B, 3, R, R)` in [-1, 1], float32."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1.0

"""Resampling with the low-pass filter of StyleGAN2, `outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64` (Karras et al. 2020, appendix B).

The filter is separable, yet one depthwise 4x4 convolution is faster than two of 4x1 and 1x4, on a CPU as well. Borders are zeros.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def low_pass_filter(like: Tensor | None = None) -> Tensor:
    """The filter `(4, 4)`, of sum 1.

    Args:
        like: Its type and device; None for float32 on the CPU.
    """
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    kernel = torch.outer(line, line) / 64.0
    return kernel if like is None else kernel.to(like)


def smooth(x: Tensor, *, padding: int, stride: int = 1, gain: float = 1.0) -> Tensor:
    """Filters feature maps.

    Args:
        x: `(B, C, H, W)`.
        padding: Zeros around, in pixels.
        stride: Every such pixel of the result is kept, from the first on.
        gain: Factor.

    Returns:
        `(B, C, H', W')` with `H' = (H + 2 * padding - 4) // stride + 1`.
    """
    channels = x.shape[1]
    kernel = (low_pass_filter(x) * gain).expand(channels, 1, 4, 4)
    return F.conv2d(x, kernel, padding=padding, stride=stride, groups=channels)


def double(image: Tensor) -> Tensor:
    """Doubles an image both ways: zeros between pixels, then the filter with gain 4; `(B, C, H, W)` -> `(B, C, 2H, 2W)`."""
    channels = image.shape[1]
    kernel = (low_pass_filter(image) * 4.0).expand(channels, 1, 4, 4)
    return F.conv_transpose2d(image, kernel, stride=2, padding=1, groups=channels)

"""Doubling and halving of resolutions: by nearest neighbours and pooling, with a blur (Karras et al. 2019, section 2)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def upsample_nearest(x: Tensor, factor: int = 2) -> Tensor:
    """Repeats every pixel `factor` times both ways: `(B, C, H, W)` -> `(B, C, factor * H, factor * W)`."""
    return F.interpolate(x, scale_factor=float(factor), mode="nearest")


def shifted_sum(kernel: Tensor) -> Tensor:
    """Sum of the four one-pixel shifts of a kernel: `(O, I, 3, 3)` -> `(O, I, 4, 4)`.

    A stride-2 convolution with a quarter of it is the 3x3 convolution followed by 2x2 average pooling; a stride-2
    transposed convolution with it is nearest upsampling followed by the 3x3 convolution with the mirrored kernel.
    """
    rows = F.pad(kernel, (0, 0, 0, 1)) + F.pad(kernel, (0, 0, 1, 0))
    return F.pad(rows, (0, 1)) + F.pad(rows, (1, 0))


class Blur(nn.Module):
    """Depthwise 3x3 low-pass filter [1, 2, 1] x [1, 2, 1] / 16 with zero padding.

    Args:
        channels: Number of channels C.
    """

    kernel: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0])
        kernel = torch.outer(line, line) / 16.0
        self.register_buffer("kernel", kernel.repeat(channels, 1, 1, 1))

    def forward(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """Filters `(B, C, H, W)` and adds a bias `(C,)` where one is given."""
        return F.conv2d(x, self.kernel, bias, padding=1, groups=self.kernel.shape[0])

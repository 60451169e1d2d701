"""Building blocks that the generator and the discriminator share.

Learned tensors are stored at about unit variance and scaled when they are used, so that every layer
learns at the same speed (equalised learning rate, Karras et al. 2018, section 4.1).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LEAKY_SLOPE = 0.2
RELU_GAIN = math.sqrt(2.0)
EPSILON = 1e-8


def pixel_norm(x: Tensor) -> Tensor:
    """Divides each vector by its root mean square: `x / sqrt(mean(x^2) + 1e-8)`.

    Args:
        x: Vectors `(B, D)`.

    Returns:
        `(B, D)` with unit mean square.
    """
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + EPSILON)


def leaky_relu(x: Tensor) -> Tensor:
    """Leaky ReLU with slope 0.2."""
    return F.leaky_relu(x, LEAKY_SLOPE)


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


class EqualizedWeight(nn.Module):
    """A weight and a bias with the scale that they are used at; the base of dense and convolution layers.

    Args:
        shape: Shape of the weight, outputs first.
        gain: Factor for the activation that follows, sqrt(2) for leaky ReLU, 1 for none.
        lr_mul: Learning-rate multiplier; weights are stored divided by it.
    """

    def __init__(self, *shape: int, gain: float = RELU_GAIN, lr_mul: float = 1.0) -> None:
        super().__init__()
        self.scale = gain / math.sqrt(math.prod(shape[1:])) * lr_mul
        self.lr_mul = lr_mul
        self.weight = nn.Parameter(torch.randn(shape) / lr_mul)
        self.bias = nn.Parameter(torch.zeros(shape[0]))

    def scaled_weight(self) -> Tensor:
        """The weight as the layer applies it, of the stored shape."""
        return self.weight * self.scale


class EqualizedDense(EqualizedWeight):
    """Dense layer `(B, in_features)` -> `(B, out_features)` without activation."""

    def __init__(self, in_features: int, out_features: int, *, gain: float = RELU_GAIN, lr_mul: float = 1.0) -> None:
        super().__init__(out_features, in_features, gain=gain, lr_mul=lr_mul)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer to `(B, in_features)`."""
        bias = self.bias if self.lr_mul == 1.0 else self.bias * self.lr_mul
        return F.linear(x, self.scaled_weight(), bias)


class EqualizedConv(EqualizedWeight):
    """Convolution of odd size that keeps the resolution, `(B, C, H, W)` -> `(B, O, H, W)`, without activation."""

    def __init__(self, in_channels: int, out_channels: int, size: int = 3, *, gain: float = RELU_GAIN) -> None:
        super().__init__(out_channels, in_channels, size, size, gain=gain)
        self.padding = size // 2

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer to `(B, C, H, W)`."""
        return F.conv2d(x, self.scaled_weight(), self.bias, padding=self.padding)


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

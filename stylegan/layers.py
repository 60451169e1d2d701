"""Building blocks that the networks of StyleGAN and its successors share.

Learned tensors are stored at about unit variance and scaled when they are used, so that every layer
learns at the same speed (equalised learning rate, Karras et al. 2018, section 4.1).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.errors import InputError

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


def activate(x: Tensor) -> Tensor:
    """Leaky ReLU that keeps the variance, `leaky_relu(x) * sqrt(2)`: StyleGAN2's and StyleGAN3's activation."""
    return leaky_relu(x) * RELU_GAIN


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

    def scaled_bias(self) -> Tensor:
        """The bias as the layer applies it."""
        return self.bias if self.lr_mul == 1.0 else self.bias * self.lr_mul


class EqualizedDense(EqualizedWeight):
    """Dense layer `(B, in_features)` -> `(B, out_features)` without activation."""

    def __init__(self, in_features: int, out_features: int, *, gain: float = RELU_GAIN, lr_mul: float = 1.0) -> None:
        super().__init__(out_features, in_features, gain=gain, lr_mul=lr_mul)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer to `(B, in_features)`."""
        return F.linear(x, self.scaled_weight(), self.scaled_bias())


class EqualizedConv(EqualizedWeight):
    """Convolution of odd size that keeps the resolution, `(B, C, H, W)` -> `(B, O, H, W)`, without activation."""

    def __init__(self, in_channels: int, out_channels: int, size: int = 3, *, gain: float = RELU_GAIN) -> None:
        super().__init__(out_channels, in_channels, size, size, gain=gain)
        self.padding = size // 2

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer to `(B, C, H, W)`."""
        return F.conv2d(x, self.scaled_weight(), self.bias, padding=self.padding)


def append_minibatch_deviation(x: Tensor, group: int) -> Tensor:
    """Appends one channel that tells how much images of a group differ (Karras et al. 2018, section 3).

    With G images a group, images `i`, `i + B / G`, `i + 2 * B / G`, ... form one.

    Args:
        x: Feature maps `(B, C, H, W)`.
        group: Most images in a group.

    Returns:
        `(B, C + 1, H, W)`; the last channel holds the group's standard deviation, averaged over C, H and W.

    Raises:
        InputError: When the batch is larger than a group and no multiple of it.
    """
    batch, _, height, width = x.shape
    size = min(group, batch)
    if batch % size:
        raise InputError(f"expected a batch of at most {group} images or a multiple of {group}, got {batch}")
    groups = x.float().reshape(size, batch // size, -1)
    deviation = torch.sqrt(groups.var(dim=0, correction=0) + EPSILON).mean(dim=1)
    channel = deviation.repeat(size).to(x.dtype).view(batch, 1, 1, 1).expand(-1, -1, height, width)
    return torch.cat([x, channel], dim=1)

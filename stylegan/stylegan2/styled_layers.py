"""Modulated convolutions: what a layer draws is set by scaling its input channels (Karras et al. 2020, section 2.2).

    y = d * conv(x * s, W),  d = 1 / sqrt(sum (W * s)^2 + 1e-8)

A dense layer makes the scales s of w. The demodulation d brings each output channel back to unit variance. Scaling the maps
before and after one plain convolution equals a convolution whose weights are scaled for each image, and takes a plain
convolution instead of a grouped one, which a CPU computes faster.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.generator import NoiseMode
from stylegan.layers import EPSILON, LEAKY_SLOPE, RELU_GAIN, EqualizedDense
from stylegan.stylegan2.resampling import smooth


class ModulatedConv(nn.Module):
    """A convolution whose input channels are scaled by w; the base of styled convolutions and of to-RGB layers.

    Args:
        in_channels: Channels I of the input.
        out_channels: Channels O of the output.
        w_dim: Length of w.
        size: Side of the kernel.
        clamp: Limit of the output's size; None for none.
    """

    def __init__(self, in_channels: int, out_channels: int, w_dim: int, size: int, clamp: float | None) -> None:
        super().__init__()
        self.clamp = clamp
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, size, size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.affine = EqualizedDense(w_dim, in_channels, gain=1.0)
        nn.init.ones_(self.affine.bias)

    def clamped(self, x: Tensor) -> Tensor:
        """Holds `(B, O, H, W)` within the limit."""
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)


class StyledConv(ModulatedConv):
    """3x3 modulated convolution, noise and activation: `(B, I, H, W)` -> `(B, O, H, W)`.

    Args:
        in_channels: Channels I of the input.
        out_channels: Channels O of the output.
        w_dim: Length of w.
        resolution: Side of the output in pixels.
        clamp: Limit of the output's size; None for none.
    """

    noise_const: Tensor

    def __init__(self, in_channels: int, out_channels: int, w_dim: int, resolution: int, clamp: float | None) -> None:
        super().__init__(in_channels, out_channels, w_dim, 3, clamp)
        self.register_buffer("noise_const", torch.randn(resolution, resolution))
        self.noise_strength = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor, w: Tensor, noise: NoiseMode) -> Tensor:
        """Applies the layer with w `(B, w_dim)`."""
        style = self.affine(w).float()
        demodulation = torch.rsqrt(style.square() @ self.weight.square().sum(dim=(2, 3)).T + EPSILON)
        x = self.convolve(x * style[:, :, None, None].to(x.dtype))
        # The activation's gain is taken along by its factors, since leaky ReLU commutes with it.
        bias, scale = (RELU_GAIN * values.to(x.dtype) for values in (self.bias, demodulation))
        x = torch.addcmul(bias[:, None, None], x, scale[:, :, None, None])
        return self.clamped(F.leaky_relu_(self._add_noise(x, noise), LEAKY_SLOPE))

    def convolve(self, x: Tensor) -> Tensor:
        """The plain convolution."""
        return F.conv2d(x, self.weight, padding=1)

    def _add_noise(self, x: Tensor, mode: NoiseMode) -> Tensor:
        if mode == "none":
            return x
        noise = self.noise_const
        if mode == "fresh":
            noise = torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device)
        return x.add_((noise * (RELU_GAIN * self.noise_strength)).to(x.dtype))


class UpsamplingStyledConv(StyledConv):
    """A styled convolution that doubles the resolution: `(B, I, H, W)` -> `(B, O, 2H, 2W)`."""

    def convolve(self, x: Tensor) -> Tensor:
        """A transposed convolution of stride 2, whose 2H + 1 pixels are filtered to 2H."""
        x = F.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
        return smooth(x, padding=1, gain=4.0)


class ToRGB(ModulatedConv):
    """1x1 modulated convolution to an image, without demodulation: `(B, I, H, W)` -> `(B, channels, H, W)`.

    Args:
        in_channels: Channels I of the input.
        image_channels: 3 for RGB.
        w_dim: Length of w.
        clamp: Limit of the output's size; None for none.
    """

    def __init__(self, in_channels: int, image_channels: int, w_dim: int, clamp: float | None) -> None:
        super().__init__(in_channels, image_channels, w_dim, 1, clamp)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Applies the layer with w `(B, w_dim)`."""
        style = self.affine(w) / math.sqrt(self.weight.shape[1])
        return self.clamped(F.conv2d(x * style[:, :, None, None].to(x.dtype), self.weight, self.bias))

"""The layers of the synthesis network: convolution, noise and a style from w (Karras et al. 2019, section 2).

Each layer takes feature maps and one w. The style, two numbers per channel that a dense layer makes of w, replaces the mean
and the deviation of every map (AdaIN), so that what a layer draws depends on its own w and on the layers before it alone.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.generator import NoiseMode
from stylegan.layers import EPSILON, EqualizedDense, EqualizedWeight, leaky_relu
from stylegan.stylegan1.resampling import Blur, shifted_sum, upsample_nearest

UpsampleMode = Literal["spec", "fused", "nearest"]

# From this resolution on published weights were trained as a transposed convolution, whose kernel is mirrored.
TRANSPOSED_FROM = 128


class NoiseStrength(nn.Module):
    """Adds one noise picture to all channels, scaled per channel.

    Args:
        channels: Number of channels C.
        resolution: Side of the feature map in pixels.
    """

    noise: Tensor

    def __init__(self, channels: int, resolution: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))
        self.register_buffer("noise", torch.randn(1, 1, resolution, resolution))

    def forward(self, x: Tensor, mode: NoiseMode) -> Tensor:
        """Adds the stored noise, or fresh noise for every image, to `(B, C, H, W)`; mode "none" adds nothing."""
        if mode == "none":
            return x
        noise = self.noise
        if mode == "fresh":
            noise = torch.randn(x.shape[0], 1, *x.shape[2:], device=x.device, dtype=x.dtype)
        return torch.addcmul(x, noise.to(x.dtype), self.weight.to(x.dtype).view(1, -1, 1, 1))


def normalize_and_style(x: Tensor, style: Tensor) -> Tensor:
    """Instance normalisation and style in one multiply-add (AdaIN, Karras et al. 2019, equation 1).

    Args:
        x: Feature maps `(B, C, H, W)`.
        style: `(B, 2C)`: scales s, then shifts b; the normalised map becomes `x * (s + 1) + b`.

    Returns:
        `(B, C, H, W)`, dtype of `x`.
    """
    scale, shift = style.float().view(*style.shape[:1], 2, -1, 1, 1).unbind(dim=1)
    variance, mean = torch.var_mean(x.float(), dim=(2, 3), correction=0, keepdim=True)
    scale = (scale + 1.0) * torch.rsqrt(variance + EPSILON)
    shift = shift - mean * scale
    return torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype))


class ConstantLayer(nn.Module):
    """First layer: a learned 4x4 constant, noise, activation and style.

    Args:
        channels: Number of channels C.
        w_dim: Length of w.
    """

    def __init__(self, channels: int, w_dim: int) -> None:
        super().__init__()
        self.const = nn.Parameter(torch.ones(1, channels, 4, 4))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.apply_noise = NoiseStrength(channels, 4)
        self.style = EqualizedDense(w_dim, 2 * channels, gain=1.0)

    def forward(self, w: Tensor, noise: NoiseMode) -> Tensor:
        """The first feature map `(B, C, 4, 4)` for w `(B, w_dim)`."""
        x = (self.const + self.bias.view(1, -1, 1, 1)).expand(w.shape[0], -1, -1, -1)
        return normalize_and_style(leaky_relu(self.apply_noise(x, noise)), self.style(w))


class StyledConv(EqualizedWeight):
    """3x3 convolution, noise, activation and style at one resolution.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels C of the output.
        resolution: Side of the output in pixels.
        w_dim: Length of w.
    """

    def __init__(self, in_channels: int, out_channels: int, resolution: int, w_dim: int) -> None:
        super().__init__(out_channels, in_channels, 3, 3)
        self.apply_noise = NoiseStrength(out_channels, resolution)
        self.style = EqualizedDense(w_dim, 2 * out_channels, gain=1.0)

    def forward(self, x: Tensor, w: Tensor, noise: NoiseMode) -> Tensor:
        """Applies the layer to a map `(B, in_channels, h, w)` with w `(B, w_dim)`."""
        x = leaky_relu(self.apply_noise(self.convolve(x), noise))
        return normalize_and_style(x, self.style(w))

    def convolve(self, x: Tensor) -> Tensor:
        """The convolution with its bias."""
        return F.conv2d(x, self.scaled_weight(), self.bias, padding=1)


class UpsamplingStyledConv(StyledConv):
    """A styled convolution that doubles the resolution first and blurs after it.

    Attributes:
        upsample: How the doubling is computed, see `SynthesisNetwork`; the result is the same.
    """

    upsample: UpsampleMode = "spec"

    def __init__(self, in_channels: int, out_channels: int, resolution: int, w_dim: int) -> None:
        super().__init__(in_channels, out_channels, resolution, w_dim)
        self.transposed = resolution >= TRANSPOSED_FROM
        self.blur = Blur(out_channels)

    def convolve(self, x: Tensor) -> Tensor:
        """Upsampling, convolution, blur and bias: `(B, in_channels, h, w)` -> `(B, C, 2h, 2w)`."""
        fused = self.upsample == "fused" or (self.upsample == "spec" and self.transposed)
        kernel = self.scaled_weight()
        if fused != self.transposed:
            kernel = kernel.flip(2, 3)
        if fused:
            x = F.conv_transpose2d(x, shifted_sum(kernel).transpose(0, 1), stride=2, padding=1)
        else:
            x = F.conv2d(upsample_nearest(x), kernel, padding=1)
        blurred: Tensor = self.blur(x, self.bias)
        return blurred

"""The synthesis network: one w per layer to an image, from 4x4 up (Karras et al. 2019, section 2)."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.errors import InputError
from stylegan.stylegan1.config import GeneratorConfig
from stylegan.stylegan1.layers import (
    EPSILON,
    Blur,
    EqualizedConv,
    EqualizedDense,
    EqualizedWeight,
    leaky_relu,
    shifted_sum,
    upsample_nearest,
)
from stylegan.stylegan1.level_of_detail import split_lod

NoiseMode = Literal["stored", "fresh", "none"]
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


class SynthesisNetwork(nn.Module):
    """Layers `layer{i}`, two per resolution, and to-RGB layers `output{k}`, one per resolution.

    Args:
        config: Sizes.
        upsample: How even layers double the resolution: "nearest" repeats pixels and convolves 3x3, "fused" uses one
            4x4 transposed convolution of stride 2, "spec" does what published weights were trained with (nearest
            below 128 pixels, fused from there on). All three give the same image up to rounding.
    """

    lod: Tensor

    def __init__(self, config: GeneratorConfig, upsample: UpsampleMode = "fused") -> None:
        super().__init__()
        self.num_blocks = config.num_blocks
        self.num_layers = config.num_layers
        self.w_dim = config.w_dim
        self.register_buffer("lod", torch.zeros(()))
        for block in range(self.num_blocks):
            resolution = 4 << block
            channels = config.channels(resolution)
            if block == 0:
                self.add_module("layer0", ConstantLayer(channels, config.w_dim))
            else:
                before = config.channels(resolution // 2)
                layer = UpsamplingStyledConv(before, channels, resolution, config.w_dim)
                self.add_module(f"layer{2 * block}", layer)
            self.add_module(f"layer{2 * block + 1}", StyledConv(channels, channels, resolution, config.w_dim))
            self.add_module(f"output{block}", EqualizedConv(channels, config.image_channels, 1, gain=1.0))
        self.upsample = upsample

    @property
    def upsample(self) -> UpsampleMode:
        """How even layers double the resolution; may be set at any time."""
        return self._upsample

    @upsample.setter
    def upsample(self, mode: UpsampleMode) -> None:
        if mode not in get_args(UpsampleMode):
            raise InputError(f"upsample must be one of {', '.join(get_args(UpsampleMode))}, got {mode!r}")
        self._upsample = mode
        for module in self.modules():
            if isinstance(module, UpsamplingStyledConv):
                module.upsample = mode

    def forward(
        self, ws: Tensor, lod: float | None = None, noise: NoiseMode = "stored", upscale: bool = True
    ) -> Tensor:
        """Draws images.

        Args:
            ws: One w per layer `(B, L, w_dim)`.
            lod: Level of detail: 0 draws the full resolution R, k leaves the top k resolutions out (they are not
                computed), a fraction blends two neighbours; None takes the stored `lod`.
            noise: "stored" adds the stored noise, "fresh" new noise per image, "none" no noise.
            upscale: Whether an image of a higher lod is repeated to the full size.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped; with `upscale=False`
            `(B, 3, R / 2^k, R / 2^k)` where k is the whole part of lod.

        Raises:
            InputError: When the shape of ws, lod or noise does not fit.
        """
        self._check(ws, noise)
        skipped, fraction = split_lod(float(self.lod) if lod is None else float(lod), self.num_blocks)
        last = self.num_blocks - 1 - skipped
        x = self._layer(0)(ws[:, 0], noise)
        x = self._layer(1)(x, ws[:, 1], noise)
        coarse = None
        for block in range(1, last + 1):
            if block == last and fraction > 0.0:
                coarse = upsample_nearest(self._output(block - 1)(x))
            for index in (2 * block, 2 * block + 1):
                x = self._layer(index)(x, ws[:, index], noise)
        image: Tensor = self._output(last)(x)
        if coarse is not None:
            image = torch.lerp(image, coarse, fraction)
        return upsample_nearest(image, 1 << skipped) if upscale and skipped else image

    def _layer(self, index: int) -> nn.Module:
        return self.get_submodule(f"layer{index}")

    def _output(self, block: int) -> nn.Module:
        return self.get_submodule(f"output{block}")

    def _check(self, ws: Tensor, noise: str) -> None:
        if ws.ndim != 3 or ws.shape[1:] != (self.num_layers, self.w_dim):
            raise InputError(f"expected ws of shape (B, {self.num_layers}, {self.w_dim}), got {tuple(ws.shape)}")
        if noise not in get_args(NoiseMode):
            raise InputError(f"noise must be one of {', '.join(get_args(NoiseMode))}, got {noise!r}")

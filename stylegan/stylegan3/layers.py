"""The layers of StyleGAN3's synthesis network (Karras et al. 2021, section 3.2, figure 4b).

A layer is a modulated convolution, then up-sampling, the activation at the higher rate, and down-sampling: what the activation
makes of frequencies beyond the band is filtered before it can alias.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.layers import EPSILON, LEAKY_SLOPE, RELU_GAIN, EqualizedDense
from stylegan.stylegan3.config import GeneratorConfig
from stylegan.stylegan3.filters import low_pass_filter
from stylegan.stylegan3.resampling import channels_last, cut, downsample, upsample


class SynthesisLayer(nn.Module):
    """One layer: `(B, I, H, H)` -> `(B, O, S, S)`.

    Args:
        config: Sizes.
        index: Its number, 0 to N; the last one is to-RGB.
    """

    magnitude_ema: Tensor
    up_filter: Tensor | None
    down_filter: Tensor | None

    def __init__(self, config: GeneratorConfig, index: int) -> None:
        super().__init__()
        before, after = config.geometry(max(index - 1, 0)), config.geometry(index)
        in_channels, out_channels = config.channels[max(index - 1, 0)], config.channels[index]
        self.is_torgb, self.clamp, self.size = index == config.last, config.conv_clamp, after.size
        self.kernel = 1 if self.is_torgb else config.kernel
        inner = max(before.rate, after.rate) * (1 if self.is_torgb else config.inner_upsampling)
        self.up, self.down = inner // before.rate, inner // after.rate
        up_taps, down_taps = (
            config.filter_size * factor if factor > 1 and not self.is_torgb else 1 for factor in (self.up, self.down)
        )
        total = (after.size - 1) * self.down + 1 - (before.size + self.kernel - 1) * self.up + up_taps + down_taps - 2
        first = (total + self.up) // 2
        self.padding = first, total - first
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, self.kernel, self.kernel))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.affine = EqualizedDense(config.w_dim, in_channels, gain=1.0)
        nn.init.ones_(self.affine.bias)
        self.register_buffer("magnitude_ema", torch.ones(()))
        radial = config.radial and not config.is_critical(index)
        low = low_pass_filter(up_taps, before.cutoff, 2 * before.half_width, inner)
        high = low_pass_filter(down_taps, after.cutoff, 2 * after.half_width, inner, radial=radial)
        self.register_buffer("up_filter", low)
        self.register_buffer("down_filter", high)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Applies the layer with w `(B, w_dim)`."""
        x = channels_last(self._convolve(x, self.affine(w).float()))
        if self.up_filter is not None:
            x = upsample(x, self.up_filter, self.up, self.padding)
        elif self.padding != (0, 0):
            x = self._cropped(x)
        if not self.is_torgb:
            x = F.leaky_relu(x, LEAKY_SLOPE) * RELU_GAIN
        if self.clamp is not None:
            x = x.clamp(-self.clamp, self.clamp)
        return x if self.down_filter is None else downsample(x, self.down_filter, self.down)

    def _convolve(self, x: Tensor, style: Tensor) -> Tensor:
        """The modulated convolution of the input, brought to unit variance, as one plain convolution."""
        weight: Tensor = self.weight
        bias = self.bias.to(x.dtype)
        scale = torch.rsqrt(self.magnitude_ema)
        if self.is_torgb:
            scaled = style * (scale / math.sqrt(weight[0].numel()))
            return F.conv2d(x * scaled[:, :, None, None].to(x.dtype), weight, bias)
        weight = weight * torch.rsqrt(weight.square().mean(dim=(1, 2, 3), keepdim=True))
        # The mean over one image and not the whole batch: it cancels below, and an image depends on no other.
        style = style * torch.rsqrt(style.square().mean(dim=1, keepdim=True))
        demodulation = torch.rsqrt(style.square() @ weight.square().sum(dim=(2, 3)).T + EPSILON) * scale
        x = F.conv2d(x * style[:, :, None, None].to(x.dtype), weight, padding=self.kernel - 1)
        return torch.addcmul(bias[:, None, None], x, demodulation[:, :, None, None].to(x.dtype))

    def _cropped(self, x: Tensor) -> Tensor:
        for axis in (2, 3):
            x = cut(x, axis, -self.padding[0], x.shape[axis] + sum(self.padding))
        return x

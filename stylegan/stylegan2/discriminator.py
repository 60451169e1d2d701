"""StyleGAN2's residual discriminator, which StyleGAN3 has as well: an image to a score of realness (Karras et al. 2020)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.errors import InputError
from stylegan.inputs import check_labels
from stylegan.layers import EqualizedConv, EqualizedDense, EqualizedWeight, activate, append_minibatch_deviation
from stylegan.stylegan2.config import DiscriminatorConfig
from stylegan.stylegan2.mapping import MappingNetwork
from stylegan.stylegan2.resampling import smooth

HALF = math.sqrt(0.5)


class SkipConv(EqualizedWeight):
    """Filter, every second pixel and a 1x1 convolution without bias: `(B, C, H, W)` -> `(B, O, H / 2, W / 2)`.

    Args:
        in_channels: Channels C of the input.
        out_channels: Channels O of the output.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(out_channels, in_channels, 1, 1, gain=1.0)
        del self.bias

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer."""
        return F.conv2d(smooth(x, padding=1, stride=2), self.scaled_weight())


class DownsamplingConv(EqualizedWeight):
    """Filter and 3x3 convolution of stride 2: `(B, C, H, W)` -> `(B, O, H / 2, W / 2)`, without activation.

    Args:
        in_channels: Channels C of the input.
        out_channels: Channels O of the output.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(out_channels, in_channels, 3, 3, gain=1.0)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer."""
        return F.conv2d(smooth(x, padding=2), self.scaled_weight(), self.bias, stride=2)


class DiscriminatorBlock(nn.Module):
    """The layers of one resolution, with a residual around them: `(B, C, H, W)` -> `(B, O, H / 2, W / 2)`.

    Args:
        config: Sizes.
        index: 1 for 8x8, 2 for 16x16 and so on; the last one also reads the image.
    """

    def __init__(self, config: DiscriminatorConfig, index: int) -> None:
        super().__init__()
        self.clamp = config.conv_clamp
        before, after = config.channels[index], config.channels[index - 1]
        if index == len(config.channels) - 1:
            self.fromrgb = EqualizedConv(config.image_channels, before, 1, gain=1.0)
        self.conv0 = EqualizedConv(before, before, gain=1.0)
        self.conv1 = DownsamplingConv(before, after)
        self.skip = SkipConv(before, after)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the block."""
        residual: Tensor = self.skip(x) * HALF
        x = activate_clamped(self.conv0(x), self.clamp)
        return residual + activate_clamped(self.conv1(x), self.clamp, HALF)


class Epilogue(nn.Module):
    """The 4x4 block: minibatch deviation, a convolution and two dense layers; `(B, C, 4, 4)` -> `(B, outputs)`.

    Args:
        config: Sizes.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.clamp, self.group = config.conv_clamp, config.minibatch_group
        channels = config.channels[0]
        extra = 1 if self.group is None or self.group > 1 else 0
        self.conv = EqualizedConv(channels + extra, channels, gain=1.0)
        self.fc = EqualizedDense(16 * channels, channels, gain=1.0)
        self.out = EqualizedDense(channels, config.outputs, gain=1.0)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the block."""
        group = len(x) if self.group is None else self.group
        if self.group is None or group > 1:
            x = append_minibatch_deviation(x, group)
        x = activate_clamped(self.conv(x), self.clamp)
        scores: Tensor = self.out(activate(self.fc(x.flatten(1))))
        return scores


class Discriminator(nn.Module):
    """StyleGAN2 discriminator whose entries are named as in NVLabs's PyTorch code.

    Args:
        config: Sizes.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        for index in range(len(config.channels) - 1, 0, -1):
            self.add_module(f"b{4 << index}", DiscriminatorBlock(config, index))
        self.b4 = Epilogue(config)
        if config.label_size:
            widths = [config.outputs] * config.mapping_layers
            self.mapping = MappingNetwork(0, widths, config.label_size, config.outputs)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Scores images.

        Args:
            images: RGB images `(B, 3, R, R)`, float, in [-1, 1].
            labels: Labels `(B, label_size)` for a conditional discriminator, else None.

        Returns:
            Scores `(B, 1)`, float; higher = looks more real.

        Raises:
            InputError: When a shape does not fit.
        """
        config = self.config
        expected = (config.image_channels, config.resolution, config.resolution)
        if tuple(images.shape[1:]) != expected:
            raise InputError(
                f"expected images of shape (B, {', '.join(map(str, expected))}), got {tuple(images.shape)}"
            )
        check_labels(labels, config.label_size, len(images))
        images = images.contiguous(memory_format=torch.channels_last)
        x = activate_clamped(self._block(config.resolution).get_submodule("fromrgb")(images), config.conv_clamp)
        for index in range(len(config.channels) - 1, 0, -1):
            x = self._block(4 << index)(x)
        scores: Tensor = self.b4(x)
        if labels is None:
            return scores
        mapped: Tensor = self.mapping(labels.new_zeros(len(labels), 0), labels)
        return (scores * mapped).sum(dim=1, keepdim=True) / math.sqrt(config.outputs)

    def _block(self, resolution: int) -> nn.Module:
        return self.get_submodule(f"b{resolution}")


def activate_clamped(x: Tensor, clamp: float | None, gain: float = 1.0) -> Tensor:
    """The activation, times a gain, held within the limit times the gain."""
    x = activate(x) * gain if gain != 1.0 else activate(x)
    return x if clamp is None else x.clamp(-clamp * gain, clamp * gain)

"""The discriminator: an image to a score of realness, from the full size down to 4x4 (Karras et al. 2018, 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylegan.errors import InputError
from stylegan.inputs import check_labels
from stylegan.layers import EqualizedConv, EqualizedDense, EqualizedWeight, append_minibatch_deviation, leaky_relu
from stylegan.stylegan1.config import DiscriminatorConfig
from stylegan.stylegan1.level_of_detail import split_lod
from stylegan.stylegan1.resampling import Blur, shifted_sum


class DownsamplingConv(EqualizedWeight):
    """Blur, 3x3 convolution, 2x2 average pooling and activation: `(B, C, H, W)` -> `(B, O, H / 2, W / 2)`.

    Args:
        in_channels: Channels C of the input.
        out_channels: Channels O of the output.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(out_channels, in_channels, 3, 3)
        self.blur = Blur(in_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Applies the layer; convolution and pooling are one 4x4 convolution of stride 2 at every resolution."""
        kernel = shifted_sum(self.scaled_weight() * 0.25)
        return leaky_relu(F.conv2d(self.blur(x), kernel, self.bias, stride=2, padding=1))


class Discriminator(nn.Module):
    """StyleGAN discriminator with the state-dict layout of published GenForce weights.

    Block k works at resolution R / 2^k with `input{k}` from RGB and the layers 2k and 2k + 1; the 4x4 block ends in two
    dense layers.

    Args:
        config: Sizes; None for the published 256x256 ones.
    """

    lod: Tensor

    def __init__(self, config: DiscriminatorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DiscriminatorConfig()
        self.num_blocks = config.num_blocks
        self.register_buffer("lod", torch.zeros(()))
        for block in range(self.num_blocks):
            resolution = config.resolution >> block
            channels = config.channels(resolution)
            self.add_module(f"input{block}", EqualizedConv(config.image_channels, channels, 1))
            if resolution > 4:
                after = config.channels(resolution // 2)
                self.add_module(f"layer{2 * block}", EqualizedConv(channels, channels))
                self.add_module(f"layer{2 * block + 1}", DownsamplingConv(channels, after))
        self._add_head(config)

    def _add_head(self, config: DiscriminatorConfig) -> None:
        channels, hidden = config.channels(4), config.channels(2)
        extra = 1 if config.minibatch_group > 1 else 0
        layers = (
            EqualizedConv(channels + extra, channels),
            EqualizedDense(16 * channels, hidden),
            EqualizedDense(hidden, max(config.label_size, 1), gain=1.0),
        )
        for index, layer in enumerate(layers, start=2 * (self.num_blocks - 1)):
            self.add_module(f"layer{index}", layer)

    def forward(self, images: Tensor, labels: Tensor | None = None, lod: float | None = 0.0) -> Tensor:
        """Scores images.

        Args:
            images: RGB images `(B, 3, R, R)`, float, in [-1, 1]; at a lod with whole part k also the small images
                `(B, 3, R / 2^k, R / 2^k)`.
            labels: Labels `(B, label_size)` for a conditional discriminator, else None.
            lod: Level of detail: 0 looks at the full resolution, k at images averaged down k times, a fraction blends
                two neighbours; None takes the stored `lod`.

        Returns:
            Scores `(B, 1)`, float; higher = looks more real.

        Raises:
            InputError: When a shape or lod does not fit.
        """
        skipped, fraction = split_lod(float(self.lod) if lod is None else float(lod), self.num_blocks)
        images = self._at_resolution(images, skipped)
        check_labels(labels, self.config.label_size, images.shape[0])
        x = self._from_rgb(skipped, images)
        for block in range(skipped, self.num_blocks - 1):
            x = leaky_relu(self._layer(2 * block)(x))
            x = self._layer(2 * block + 1)(x)
            if block == skipped and fraction > 0.0:
                x = torch.lerp(x, self._from_rgb(block + 1, F.avg_pool2d(images, 2)), fraction)
        scores = self._score(x)
        return scores if labels is None else (scores * labels.to(scores.dtype)).sum(dim=1, keepdim=True)

    def _at_resolution(self, images: Tensor, skipped: int) -> Tensor:
        full, channels = self.config.resolution, self.config.image_channels
        small = full >> skipped
        if images.ndim != 4 or images.shape[1] != channels or images.shape[2:] not in {(full, full), (small, small)}:
            wanted = f"(B, {channels}, {full}, {full})" + (f" or (B, {channels}, {small}, {small})" if skipped else "")
            raise InputError(f"expected images of shape {wanted}, got {tuple(images.shape)}")
        return images if images.shape[2] == small else F.avg_pool2d(images, 1 << skipped)

    def _from_rgb(self, block: int, images: Tensor) -> Tensor:
        return leaky_relu(self.get_submodule(f"input{block}")(images))

    def _score(self, x: Tensor) -> Tensor:
        first = 2 * (self.num_blocks - 1)
        if self.config.minibatch_group > 1:
            x = append_minibatch_deviation(x, self.config.minibatch_group)
        x = leaky_relu(self._layer(first)(x))
        x = leaky_relu(self._layer(first + 1)(x.flatten(1)))
        scores: Tensor = self._layer(first + 2)(x)
        return scores

    def _layer(self, index: int) -> nn.Module:
        return self.get_submodule(f"layer{index}")

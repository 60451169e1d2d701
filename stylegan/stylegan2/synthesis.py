"""The synthesis network of StyleGAN2: one w per layer to an image, from 4x4 up (Karras et al. 2020, figure 7b).

Each resolution has two styled convolutions, one at 4x4, and a to-RGB layer; the image is doubled from one resolution to the
next and summed up. Layer i of L is the i-th convolution; a to-RGB layer takes the w of the convolution after it, and the last
one is layer L - 1 itself. What lies between two layers is thus a feature map and the image so far: both belong to the features
that drawing can go on from.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from stylegan.generator import NoiseMode
from stylegan.inputs import check_layer, check_noise, check_start, check_ws
from stylegan.stylegan2.config import GeneratorConfig
from stylegan.stylegan2.resampling import double
from stylegan.stylegan2.styled_layers import StyledConv, ToRGB, UpsamplingStyledConv


class SynthesisBlock(nn.Module):
    """The layers of one resolution: `conv0` (none at 4x4, which begins with `const` instead), `conv1` and `torgb`.

    Args:
        config: Sizes.
        index: 0 for 4x4, 1 for 8x8 and so on.
    """

    def __init__(self, config: GeneratorConfig, index: int) -> None:
        super().__init__()
        side, channels, clamp = 4 << index, config.channels[index], config.conv_clamp
        if index == 0:
            self.const = nn.Parameter(torch.randn(channels, 4, 4))
        else:
            self.conv0 = UpsamplingStyledConv(config.channels[index - 1], channels, config.w_dim, side, clamp)
        self.conv1 = StyledConv(channels, channels, config.w_dim, side, clamp)
        self.torgb = ToRGB(channels, config.image_channels, config.w_dim, clamp)


class SynthesisNetwork(nn.Module):
    """Blocks `b4`, `b8` and so on up to the resolution.

    Args:
        config: Sizes.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.num_ws = config.num_ws
        for index in range(len(config.channels)):
            self.add_module(f"b{4 << index}", SynthesisBlock(config, index))

    def forward(self, ws: Tensor, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        """Draws images `(B, 3, R, R)` of ws `(B, L, w_dim)`; errors as for `features`."""
        return self.features(ws, self.num_ws - 1, noise, start)

    def features(
        self, ws: Tensor, layer: int, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None
    ) -> Tensor:
        """What a layer leaves for those after it.

        Args:
            ws: One w per layer `(B, L, w_dim)`; those after `layer` are not read.
            layer: 0 to L - 1.
            noise: "stored", "fresh" or "none".
            start: An earlier layer, or this one, and its features; None for the learned constant.

        Returns:
            `(B, C, S, S)`. S is 4 for layer 0, and doubles from layer 1 on with every second one. The last three channels
            are the image of the resolutions below, doubled to S; layer 0 has none, and layer L - 1 gives the image alone.

        Raises:
            InputError: When the shape of ws, the layer, noise or start does not fit.
        """
        check_ws(ws, self.num_ws, self.config.w_dim)
        check_noise(noise)
        check_layer(layer, self.num_ws)
        if start is None:
            done, (x, image) = 0, (self._first(ws[:, 0], noise), None)
        else:
            done = start[0]
            check_start(*start, (len(ws), *self._shape(done)), layer)
            x, image = self._unpacked(*start)
        for index in range(done + 1, layer + 1):
            x, image = self._step(index, x, image, ws[:, index], noise)
        return self._packed(layer, x, image)

    def _first(self, w: Tensor, noise: NoiseMode) -> Tensor:
        block = self._block(0)
        x = block.const.expand(len(w), -1, -1, -1).contiguous(memory_format=torch.channels_last)
        return cast(Tensor, block.conv1(x, w, noise))

    def _step(
        self, index: int, x: Tensor, image: Tensor | None, w: Tensor, noise: NoiseMode
    ) -> tuple[Tensor, Tensor | None]:
        """One layer further: the maps, and the image of the resolutions that are done, at the maps' size."""
        block = self._block((index + 1) // 2) if index < self.num_ws - 1 else None
        if index % 2 == 0:
            return cast(SynthesisBlock, block).conv1(x, w, noise), image
        # Sums stay float32 where the layers compute in less.
        drawn = self._block(index // 2).torgb(x, w).float()
        image = drawn if image is None else image + drawn
        return (x, image) if block is None else (block.conv0(x, w, noise), double(image))

    def _packed(self, layer: int, x: Tensor, image: Tensor | None) -> Tensor:
        if image is None:
            return x
        return image if layer == self.num_ws - 1 else torch.cat([x, image], dim=1)

    def _unpacked(self, layer: int, features: Tensor) -> tuple[Tensor, Tensor | None]:
        if layer in (0, self.num_ws - 1):
            return features, features if layer else None
        channels = self.config.channels[(layer + 1) // 2]
        x, image = features[:, :channels], features[:, channels:]
        return x.contiguous(memory_format=torch.channels_last), image

    def _shape(self, layer: int) -> tuple[int, int, int]:
        """Channels and sides of the features of a layer."""
        image = self.config.image_channels
        if not 0 < layer < self.num_ws - 1:
            return (self.config.channels[0], 4, 4) if layer <= 0 else (image, *2 * (self.config.resolution,))
        block = (layer + 1) // 2
        return self.config.channels[block] + image, 4 << block, 4 << block

    def _block(self, index: int) -> SynthesisBlock:
        return cast(SynthesisBlock, self.get_submodule(f"b{4 << index}"))

"""The synthesis network: one w per layer to an image, from 4x4 up (Karras et al. 2019, section 2).

Styled layers, two per resolution, draw feature maps from a learned constant; the last ones become an image by a 1x1
convolution. The maps after a layer can be asked for, and drawing can go on from them, because edits between layers (hair of
another face, for one) are made on them.
"""

from __future__ import annotations

from typing import get_args

import torch
from torch import Tensor, nn

from stylegan.errors import InputError
from stylegan.generator import NoiseMode
from stylegan.inputs import check_layer, check_noise, check_start, check_ws
from stylegan.layers import EqualizedConv
from stylegan.stylegan1.config import GeneratorConfig
from stylegan.stylegan1.level_of_detail import split_lod
from stylegan.stylegan1.resampling import upsample_nearest
from stylegan.stylegan1.styled_layers import ConstantLayer, StyledConv, UpsampleMode, UpsamplingStyledConv


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
        self.config = config
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
        self,
        ws: Tensor,
        lod: float | None = None,
        noise: NoiseMode = "stored",
        upscale: bool = True,
        start: tuple[int, Tensor] | None = None,
    ) -> Tensor:
        """Draws images.

        Args:
            ws: One w per layer `(B, L, w_dim)`.
            lod: Level of detail: 0 draws the full resolution R, k leaves the top k resolutions out (they are not
                computed), a fraction blends two neighbours; None takes the stored `lod`.
            noise: "stored" adds the stored noise, "fresh" new noise per image, "none" no noise.
            upscale: Whether an image of a higher lod is repeated to the full size.
            start: A layer and its features, see `features`, from which drawing goes on; None for the learned constant.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped; with `upscale=False`
            `(B, 3, R / 2^k, R / 2^k)` where k is the whole part of lod.

        Raises:
            InputError: When the shape of ws, lod, noise or start does not fit.
        """
        skipped, fraction = split_lod(float(self.lod) if lod is None else float(lod), self.num_blocks)
        last = self.num_blocks - 1 - skipped
        coarse = None
        if fraction > 0.0:
            before = self.features(ws, 2 * last - 1, noise, start)
            coarse, start = upsample_nearest(self._output(last - 1)(before)), (2 * last - 1, before)
        image: Tensor = self._output(last)(self.features(ws, 2 * last + 1, noise, start))
        if coarse is not None:
            image = torch.lerp(image, coarse, fraction)
        return upsample_nearest(image, 1 << skipped) if upscale and skipped else image

    def features(
        self, ws: Tensor, layer: int, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None
    ) -> Tensor:
        """The feature maps after a layer.

        Args:
            ws: One w per layer `(B, L, w_dim)`; those after `layer` are not read.
            layer: 0 to L - 1.
            noise: As for `forward`.
            start: An earlier layer, or this one, and its features; None for the learned constant.

        Returns:
            `(B, C, S, S)`: S is 4 for layers 0 and 1, and doubles with every second layer.

        Raises:
            InputError: When the shape of ws, the layer, noise or start does not fit.
        """
        check_ws(ws, self.num_layers, self.w_dim)
        check_noise(noise)
        check_layer(layer, self.num_layers)
        if start is None:
            start = 0, self._layer(0)(ws[:, 0], noise)
        done, x = start
        self._check_start(done, x, len(ws), layer)
        for index in range(done + 1, layer + 1):
            x = self._layer(index)(x, ws[:, index], noise)
        return x

    def _layer(self, index: int) -> nn.Module:
        return self.get_submodule(f"layer{index}")

    def _output(self, block: int) -> nn.Module:
        return self.get_submodule(f"output{block}")

    def _check_start(self, done: int, features: Tensor, batch: int, layer: int) -> None:
        side = 4 << (max(done, 0) // 2)
        channels = self.config.channels(min(side, self.config.resolution))
        check_start(done, features, (batch, channels, side, side), layer)

"""The synthesis network of StyleGAN3: Fourier features, then layers of rising bandwidth (Karras et al. 2021, figure 4).

Layer 0 of L is the Fourier features' own, layer i is `L{i-1}_{size}_{channels}`. There is no noise: every mode of it draws the
same picture.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from stylegan.generator import NoiseMode
from stylegan.inputs import check_layer, check_noise, check_start, check_ws
from stylegan.stylegan3.config import GeneratorConfig
from stylegan.stylegan3.fourier_features import FourierFeatures
from stylegan.stylegan3.layers import SynthesisLayer
from stylegan.stylegan3.resampling import channels_last


class SynthesisNetwork(nn.Module):
    """`input` and the layers.

    Args:
        config: Sizes.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.num_ws = config.num_ws
        self.input = FourierFeatures(config)
        for index in range(config.last + 1):
            self.add_module(config.layer_name(index), SynthesisLayer(config, index))

    def forward(self, ws: Tensor, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        """Draws images `(B, 3, R, R)` of ws `(B, L, w_dim)`; errors as for `features`."""
        return self.features(ws, self.num_ws - 1, noise, start).float() * self.config.output_scale

    def features(
        self, ws: Tensor, layer: int, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None
    ) -> Tensor:
        """The feature maps after a layer.

        Args:
            ws: One w per layer `(B, L, w_dim)`; those after `layer` are not read.
            layer: 0 to L - 1.
            noise: Read and checked, without a part in the picture.
            start: An earlier layer, or this one, and its features; None to begin with the Fourier features.

        Returns:
            `(B, C, S, S)`, margins around the image included; that of layer L - 1 is the image before its factor.

        Raises:
            InputError: When the shape of ws, the layer, noise or start does not fit.
        """
        check_ws(ws, self.num_ws, self.config.w_dim)
        check_noise(noise)
        check_layer(layer, self.num_ws)
        if start is None:
            start = 0, self.input(ws[:, 0])
        done, x = start
        check_start(done, x, (len(ws), *self._shape(done)), layer)
        x = channels_last(x)
        for index in range(done + 1, layer + 1):
            x = self._layer(index)(x, ws[:, index])
        return x

    def _shape(self, layer: int) -> tuple[int, int, int]:
        index = min(max(layer - 1, 0), self.config.last)
        size = self.config.geometry(index).size
        return self.config.channels[index], size, size

    def _layer(self, layer: int) -> SynthesisLayer:
        return cast(SynthesisLayer, self.get_submodule(self.config.layer_name(layer - 1)))

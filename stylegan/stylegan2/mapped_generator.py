"""What the generators of StyleGAN2 and StyleGAN3 share: everything of the contract but the synthesis network.

z -> mapping -> w -> truncation -> ws -> synthesis -> image
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn

from stylegan.appended import AppendedMapping
from stylegan.errors import InputError
from stylegan.generator import NoiseMode
from stylegan.layers import RELU_GAIN
from stylegan.stylegan2.config import DiscriminatorConfig, MappedConfig
from stylegan.stylegan2.discriminator import Discriminator
from stylegan.stylegan2.mapping import AveragedMappingNetwork
from stylegan.truncation import truncate


class Synthesis(Protocol):
    """The calls of a synthesis network."""

    def __call__(self, ws: Tensor, noise: NoiseMode, start: tuple[int, Tensor] | None) -> Tensor:
        """Images of ws."""
        ...

    def features(self, ws: Tensor, layer: int, noise: NoiseMode = "stored") -> Tensor:
        """What a layer leaves for those after it."""
        ...


class MappedGenerator(nn.Module):
    """A generator with StyleGAN2's mapping network, which holds `stylegan.generator.GeneratorNetwork`.

    Args:
        config: Sizes.
        synthesis: The synthesis network.
        num_ws: Number of vectors w that it takes.
        resolution: Side of its images in pixels.
    """

    def __init__(self, config: MappedConfig, synthesis: nn.Module, num_ws: int, resolution: int) -> None:
        super().__init__()
        widths = [config.mapping_dim] * (config.mapping_layers - 1) + [config.w_dim]
        self.mapping = AveragedMappingNetwork(config.z_dim, widths, config.label_size, config.embedding_dim)
        self.synthesis = synthesis
        self.z_dim, self.w_dim, self.num_ws = config.z_dim, config.w_dim, num_ws
        self.resolution, self.image_channels = resolution, config.image_channels
        self.label_size = config.label_size

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.average_w.device

    @property
    def average_w(self) -> Tensor:
        """The moving average of w, `(w_dim,)`, which truncation pulls towards."""
        return self.mapping.w_avg

    def forward(
        self, z: Tensor, labels: Tensor | None = None, *, psi: float = 1.0, noise: NoiseMode = "stored"
    ) -> Tensor:
        """Draws images `(B, 3, R, R)` of latents `(B, z_dim)` in one call, see `map`, `truncate` and `synthesise`."""
        return self.synthesise(self.truncate(self.map(z, labels), psi), noise=noise)

    def map(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Returns w `(B, w_dim)` of latents `(B, z_dim)` and labels `(B, label_size)`, see `MappingNetwork.forward`."""
        w: Tensor = self.mapping(z, labels)
        return w

    def truncate(self, w: Tensor, psi: float | Tensor, layers: int | None = None) -> Tensor:
        """Spreads w `(B, w_dim)` over the layers, truncated: ws `(B, L, w_dim)`, see `stylegan.truncation.truncate`."""
        return truncate(w, self.average_w, self.num_ws, psi, layers)

    def synthesise(self, ws: Tensor, *, noise: NoiseMode = "stored", start: tuple[int, Tensor] | None = None) -> Tensor:
        """Images `(B, 3, R, R)` of ws `(B, L, w_dim)`, see `SynthesisNetwork.forward`."""
        return cast(Synthesis, self.synthesis)(ws, noise, start)

    def features(self, ws: Tensor, layer: int, *, noise: NoiseMode = "stored") -> Tensor:
        """What a synthesis layer leaves for those after it, `(B, C, S, S)`, see `SynthesisNetwork.features`."""
        return cast(Synthesis, self.synthesis).features(ws, layer, noise)

    def compile_synthesis(self) -> None:
        """Compiles the synthesis network in place, which pays off for thousands of images in batches of one size."""
        # Weights that are constants are laid out and folded once, which makes half of the gain on a CPU.
        self.synthesis.compile(options={"freezing": True})

    def appended_mapping(self, elements: int) -> AppendedMapping:
        """A copy of the mapping network that reads so many further elements beside z, see `AppendedMapping`."""
        if self.label_size:
            raise InputError(f"expected a generator without labels, got one with {self.label_size}")
        return AppendedMapping(self.mapping.dense_layers(), elements, RELU_GAIN)

    def new_discriminator(self, label_size: int) -> Discriminator:
        """An untrained discriminator of the same resolution and like channels, which judges each image alone."""
        return Discriminator(
            DiscriminatorConfig(
                channels=self.discriminator_channels(),
                image_channels=self.image_channels,
                label_size=label_size,
                minibatch_group=0,
            )
        )

    def discriminator_channels(self) -> tuple[int, ...]:
        """Channels from 4x4 up that suit a discriminator of this generator's images."""
        raise NotImplementedError

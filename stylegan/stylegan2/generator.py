"""StyleGAN2's generator."""

from __future__ import annotations

from stylegan.stylegan2.config import GeneratorConfig
from stylegan.stylegan2.mapped_generator import MappedGenerator
from stylegan.stylegan2.synthesis import SynthesisNetwork


class Generator(MappedGenerator):
    """StyleGAN2 generator whose entries are named as in NVLabs's PyTorch code.

    Args:
        config: Sizes.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__(config, SynthesisNetwork(config), config.num_ws, config.resolution)
        self.config = config

    def discriminator_channels(self) -> tuple[int, ...]:
        """The generator's own channels."""
        return self.config.channels

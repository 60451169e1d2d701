"""StyleGAN3's generator, T and R."""

from __future__ import annotations

from stylegan.stylegan2.mapped_generator import MappedGenerator
from stylegan.stylegan3.config import GeneratorConfig
from stylegan.stylegan3.synthesis import SynthesisNetwork


class Generator(MappedGenerator):
    """StyleGAN3 generator whose entries are named as in NVLabs's PyTorch code.

    Args:
        config: Sizes.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__(config, SynthesisNetwork(config), config.num_ws, config.resolution)
        self.config = config

    def discriminator_channels(self) -> tuple[int, ...]:
        """Channels that fall with the resolution as the generator's do with the cutoff; R has twice those of T."""
        config = self.config
        share = 2 if config.kernel == 1 else 1
        most = max(config.channels[:-1])
        inner = range(config.last)
        base = min(2.0 * config.geometry(i).cutoff * config.channels[i] for i in inner if config.is_critical(i))
        sides = [4 << index for index in range(config.resolution.bit_length() - 2)]
        return tuple(max(1, min(round(base / side), most) // share) for side in sides)

"""The networks whose outputs under the weights of `tests/nvlabs_fill.py` are stored in `tests/data`, and their inputs."""

import numpy as np
import torch

from stylegan.stylegan2 import config as stylegan2
from stylegan.stylegan2.discriminator import Discriminator
from stylegan.stylegan2.generator import Generator as StyleGAN2
from stylegan.stylegan3 import config as stylegan3
from stylegan.stylegan3.generator import Generator as StyleGAN3
from tests.nvlabs_fill import fill_nvlabs

# name -> resolution, z_dim, w_dim, labels, mapping layers, channel base, channel maximum, clamp, the discriminator's mapping layers
STYLEGAN2 = {
    "u32": (32, 16, 16, 0, 8, 192, 12, 256.0, 8),
    "c32": (32, 16, 24, 3, 2, 192, 12, 3.0, 8),
    "c64": (64, 64, 64, 5, 2, 1024, 32, None, 0),
    "u64": (64, 512, 512, 0, 8, 2048, 64, None, 8),
}
# name -> resolution, z_dim, w_dim, labels, channel base, channel maximum; those of R begin with an r
STYLEGAN3 = {
    "t32": (32, 16, 16, 0, 256, 8),
    "r32": (32, 16, 16, 0, 512, 16),
    "t64": (64, 64, 96, 4, 2048, 32),
    "r64": (64, 512, 512, 0, 4096, 64),
}
# Pixels that are stored, of every side.
STEPS = {32: 3, 64: 5}


def stylegan2_channels(resolution: int, base: int, maximum: int) -> tuple[int, ...]:
    """Channels from 4x4 up."""
    return tuple(min(base // (4 << index), maximum) for index in range(resolution.bit_length() - 2))


def stylegan3_channels(resolution: int, base: int, maximum: int, last: int = 14, critical: int = 2) -> tuple[int, ...]:
    """Channels of the layers 0 to `last`."""
    cutoffs = [2.0 * (resolution / 4) ** min(index / (last - critical), 1.0) for index in range(last)]
    return (*(int(np.rint(min(base / 2 / cutoff, maximum))) for cutoff in cutoffs), 3)


def stylegan2_generator(name: str, seed: int = 0) -> StyleGAN2:
    """A generator of the list, in evaluation mode."""
    resolution, z_dim, w_dim, labels, layers, base, maximum, clamp, _ = STYLEGAN2[name]
    config = stylegan2.GeneratorConfig(
        channels=stylegan2_channels(resolution, base, maximum),
        z_dim=z_dim,
        w_dim=w_dim,
        mapping_dim=w_dim,
        mapping_layers=layers,
        label_size=labels,
        conv_clamp=clamp,
    )
    generator = StyleGAN2(config).eval()
    fill_nvlabs(generator, seed)
    return generator


def stylegan2_discriminator(name: str) -> Discriminator:
    """The discriminator that belongs to it."""
    resolution, _, _, labels, _, base, maximum, clamp, layers = STYLEGAN2[name]
    config = stylegan2.DiscriminatorConfig(
        channels=stylegan2_channels(resolution, base, maximum),
        label_size=labels,
        mapping_layers=layers,
        conv_clamp=clamp,
    )
    discriminator = Discriminator(config).eval()
    fill_nvlabs(discriminator)
    return discriminator


def stylegan3_config(name: str) -> stylegan3.GeneratorConfig:
    """Sizes of a generator of the list."""
    resolution, z_dim, w_dim, labels, base, maximum = STYLEGAN3[name]
    is_radial = name.startswith("r")
    return stylegan3.GeneratorConfig(
        resolution=resolution,
        channels=stylegan3_channels(resolution, base, maximum),
        kernel=1 if is_radial else 3,
        radial=is_radial,
        z_dim=z_dim,
        w_dim=w_dim,
        mapping_dim=w_dim,
        label_size=labels,
    )


def stylegan3_generator(name: str, seed: int = 0) -> StyleGAN3:
    """A generator of the list, in evaluation mode."""
    generator = StyleGAN3(stylegan3_config(name)).eval()
    fill_nvlabs(generator, seed)
    return generator


def golden_latents(z_dim: int, labels: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """z (3, z_dim), and the labels (8, labels) of the first eight images where there are any."""
    z = torch.from_numpy(np.random.default_rng(0).standard_normal((3, z_dim), dtype=np.float32))
    return z, torch.eye(labels)[torch.arange(8) % labels] if labels else None


def golden_colours(resolution: int) -> torch.Tensor:
    """The discriminator's input (8, 3, R, R): boards of random colours."""
    colours = np.random.default_rng(1).uniform(-1, 1, (8, 3, 8, 8))
    return torch.from_numpy(np.kron(colours, np.ones((resolution // 8, resolution // 8))).astype(np.float32))

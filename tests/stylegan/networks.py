"""Small networks that the tests of this folder share."""

import numpy as np
import torch

from stylegan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig

# Name of a configuration in the stored outputs -> resolution, fmaps_base, fmaps_max.
GOLDEN_SIZES = {"g64": (64, 2048, 64), "g128": (128, 2048, 64), "g256": (256, 4096, 128)}


def tiny_generator(**settings: int) -> Generator:
    """A generator with random weights, non-zero noise strengths and biases, 16x16 unless told otherwise."""
    sizes = {"resolution": 16, "fmaps_base": 64, "fmaps_max": 8, "z_dim": 12, "w_dim": 10, "mapping_dim": 14}
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig.from_dict({**sizes, "mapping_layers": 3, **settings}))
    randomize_vectors(generator)
    return generator


def tiny_discriminator(**settings: int) -> Discriminator:
    """A discriminator with random weights and biases, 16x16 unless told otherwise."""
    torch.manual_seed(1)
    config = DiscriminatorConfig.from_dict({"resolution": 16, "fmaps_base": 64, "fmaps_max": 8, **settings})
    discriminator = Discriminator(config)
    randomize_vectors(discriminator)
    return discriminator


def randomize_vectors(module: torch.nn.Module) -> None:
    """Gives biases, noise strengths and the average of w, which start at zero, small random values."""
    for value in module.state_dict().values():
        if value.ndim == 1:
            value.normal_(std=0.1)


def golden_z() -> torch.Tensor:
    """The latent vectors (3, 512) of the stored outputs."""
    return torch.from_numpy(np.random.default_rng(0).standard_normal((3, 512), dtype=np.float32))


def golden_images(resolution: int) -> torch.Tensor:
    """The discriminator's input (4, 3, R, R) of the stored outputs: an 8x8 board of random colours."""
    colours = np.random.default_rng(1).uniform(-1, 1, (4, 3, 8, 8))
    return torch.from_numpy(np.kron(colours, np.ones((resolution // 8, resolution // 8))).astype(np.float32))

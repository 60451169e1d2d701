"""StyleGAN generator and discriminator that load published weights, behind a contract for other generators.

    z -> map -> w -> truncate -> ws -> synthesise -> image

`GeneratorNetwork` is what users of a generator rely on; `Generator` is StyleGAN's, and what trains a network needs its class.
Networks come from `build_generator` and `build_discriminator` (by sizes), `load_checkpoint` (published `.pth` files) or
`from_pretrained` (a folder of this project's own format, which `save_pretrained` and `convert_checkpoint` write).
"""

from stylegan.checkpoints.checkpoint import load_checkpoint
from stylegan.checkpoints.folder import convert_checkpoint, from_pretrained, save_pretrained
from stylegan.errors import CheckpointError, ConfigError, InputError, StyleganError
from stylegan.generator import AppendedMappingNetwork, GeneratorNetwork, NoiseMode
from stylegan.stylegan1.builders import build_discriminator, build_generator
from stylegan.stylegan1.config import DiscriminatorConfig, GeneratorConfig
from stylegan.stylegan1.discriminator import Discriminator
from stylegan.stylegan1.generator import Generator, mix_styles

__all__ = [
    "AppendedMappingNetwork",
    "CheckpointError",
    "ConfigError",
    "Discriminator",
    "DiscriminatorConfig",
    "Generator",
    "GeneratorConfig",
    "GeneratorNetwork",
    "InputError",
    "NoiseMode",
    "StyleganError",
    "build_discriminator",
    "build_generator",
    "convert_checkpoint",
    "from_pretrained",
    "load_checkpoint",
    "mix_styles",
    "save_pretrained",
]

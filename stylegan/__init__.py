"""StyleGAN generator and discriminator that load published weights.

The flow through the generator: `z -> mapping -> w -> truncation -> ws -> synthesis -> image`.
"""

from stylegan.config import DiscriminatorConfig, GeneratorConfig
from stylegan.errors import CheckpointError, ConfigError, InputError, StyleganError
from stylegan.generator import Generator

__all__ = [
    "CheckpointError",
    "ConfigError",
    "DiscriminatorConfig",
    "Generator",
    "GeneratorConfig",
    "InputError",
    "StyleganError",
]

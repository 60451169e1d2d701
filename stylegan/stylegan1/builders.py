"""Builders: networks by their settings, or by a checkpoint whose sizes they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stylegan.checkpoints.assembly import assemble
from stylegan.checkpoints.checkpoint import load_checkpoint
from stylegan.checkpoints.folder import from_pretrained
from stylegan.errors import CheckpointError
from stylegan.stylegan1.config import DiscriminatorConfig, GeneratorConfig
from stylegan.stylegan1.discriminator import Discriminator
from stylegan.stylegan1.generator import Generator


def build_generator(
    config: GeneratorConfig | None = None, *, checkpoint: str | Path | None = None, **overrides: Any
) -> Generator:
    """Builds a generator.

    Args:
        config: Sizes; None takes those of the checkpoint, or the published 256x256 ones without a checkpoint.
        checkpoint: A published `.pth` file or a model folder to load; None for random weights.
        **overrides: Single settings of `GeneratorConfig` that replace those of `config`.

    Returns:
        The generator in float32 on the CPU.

    Raises:
        ConfigError: When a setting is unknown or out of range.
        CheckpointError: When the checkpoint cannot be read or does not fit the sizes asked for.
    """
    if checkpoint is None:
        return Generator((config or GeneratorConfig()).replace(**overrides))
    is_folder = Path(checkpoint).is_dir()
    found = from_pretrained(checkpoint) if is_folder else load_checkpoint(checkpoint)
    if not isinstance(found, Generator):
        raise CheckpointError(f"{checkpoint}: expected a generator of StyleGAN, found one of its successors")
    wanted = (config or found.config).replace(**overrides)
    return found if wanted == found.config else assemble(Generator, wanted, found.state_dict(), checkpoint)


def build_discriminator(
    config: DiscriminatorConfig | None = None, *, checkpoint: str | Path | None = None, **overrides: Any
) -> Discriminator:
    """Builds a discriminator.

    Args:
        config: Sizes; None takes those of the checkpoint, or the published 256x256 ones without a checkpoint.
        checkpoint: A published `.pth` file or a model folder to load; None for random weights.
        **overrides: Single settings of `DiscriminatorConfig` that replace those of `config`.

    Returns:
        The discriminator in float32 on the CPU.

    Raises:
        ConfigError: When a setting is unknown or out of range.
        CheckpointError: When the checkpoint cannot be read or does not fit the sizes asked for.
    """
    if checkpoint is None:
        return Discriminator((config or DiscriminatorConfig()).replace(**overrides))
    is_folder = Path(checkpoint).is_dir()
    found = from_pretrained(checkpoint, "discriminator") if is_folder else load_checkpoint(checkpoint, "discriminator")
    if not isinstance(found, Discriminator):
        raise CheckpointError(f"{checkpoint}: expected a discriminator of StyleGAN, found one of its successors")
    wanted = (config or found.config).replace(**overrides)
    return found if wanted == found.config else assemble(Discriminator, wanted, found.state_dict(), checkpoint)

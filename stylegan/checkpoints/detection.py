"""From the names and shapes in a state dict to the network that it belongs to, and its sizes.

Published files say nothing about the network inside, but its layers are numbered and their shapes follow from few sizes, so
that every size of the configuration can be read off them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from stylegan.errors import CheckpointError, ConfigError
from stylegan.stylegan1.config import DiscriminatorConfig, GeneratorConfig

StateDict = Mapping[str, Tensor]
Config = TypeVar("Config")


def is_generator(state: StateDict) -> bool:
    """Whether the names are those of a generator."""
    return "mapping.dense0.weight" in state and "synthesis.layer0.const" in state


def is_discriminator(state: StateDict) -> bool:
    """Whether the names are those of a discriminator."""
    return "input0.weight" in state and "layer0.weight" in state


def detect_generator_config(state: StateDict, source: str | Path) -> GeneratorConfig:
    """Sizes of the generator that a state dict belongs to.

    Args:
        state: Entries of the generator.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing or their shapes fit no generator.
    """
    return _detect(_generator_config, state, source)


def detect_discriminator_config(state: StateDict, source: str | Path) -> DiscriminatorConfig:
    """Sizes of the discriminator that a state dict belongs to.

    A single output is read as no labels; a discriminator for labels of length 1 looks the same.

    Args:
        state: Entries of the discriminator.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing or their shapes fit no discriminator.
    """
    return _detect(_discriminator_config, state, source)


def _detect(detector: Callable[[StateDict], Config], state: StateDict, source: str | Path) -> Config:
    try:
        return detector(state)
    except (CheckpointError, ConfigError) as error:
        raise CheckpointError(f"{source} fits no known network: {error}") from error


def _generator_config(state: StateDict) -> GeneratorConfig:
    layers = _count(state, r"synthesis\.layer(\d+)\.bias")
    channels = {4 << (index // 2): _size(state, f"synthesis.layer{index}.bias", 0) for index in range(0, layers, 2)}
    base, maximum = fit_feature_maps(channels)
    dense = _count(state, r"mapping\.dense(\d+)\.weight")
    label_size, label_dim = 0, None
    if "mapping.label_weight" in state:
        label_size = _size(state, "mapping.label_weight", 0)
        label_dim = _size(state, "mapping.label_weight", 1)
    z_dim = _size(state, "mapping.dense0.weight", 1) - (label_dim or 0)
    return GeneratorConfig(
        resolution=max(channels),
        fmaps_base=base,
        fmaps_max=maximum,
        image_channels=_size(state, "synthesis.output0.bias", 0),
        label_size=label_size,
        z_dim=z_dim,
        w_dim=_size(state, f"mapping.dense{dense - 1}.weight", 0),
        mapping_dim=_size(state, "mapping.dense0.weight", 0),
        mapping_layers=dense,
        label_dim=None if label_dim == z_dim else label_dim,
    )


def _discriminator_config(state: StateDict) -> DiscriminatorConfig:
    blocks = _count(state, r"input(\d+)\.weight")
    head = 2 * (blocks - 1)
    channels = {4 << (blocks - 1 - block): _size(state, f"input{block}.bias", 0) for block in range(blocks)}
    channels[2] = _size(state, f"layer{head + 1}.weight", 0)
    base, maximum = fit_feature_maps(channels)
    outputs = _size(state, f"layer{head + 2}.weight", 0)
    has_deviation = _size(state, f"layer{head}.weight", 1) > channels[4]
    return DiscriminatorConfig(
        resolution=max(channels),
        fmaps_base=base,
        fmaps_max=maximum,
        image_channels=_size(state, "input0.weight", 1),
        label_size=outputs if outputs > 1 else 0,
        minibatch_group=4 if has_deviation else 0,
    )


def fit_feature_maps(channels: Mapping[int, int]) -> tuple[int, int]:
    """The smallest `fmaps_base` and `fmaps_max` that give the channels found at each resolution.

    Args:
        channels: Resolution in pixels -> number of channels.

    Raises:
        CheckpointError: When no pair gives them, see `config.feature_maps`.
    """
    maximum = max(channels.values())
    base = max(resolution * count for resolution, count in channels.items())
    limits = [resolution * (count + 1) for resolution, count in channels.items() if count < maximum]
    if limits and base >= min(limits):
        listed = ", ".join(f"{count} at {resolution}" for resolution, count in sorted(channels.items()))
        raise CheckpointError(
            f"expected channels that follow min(fmaps_base // resolution, fmaps_max), found {listed} pixels"
        )
    return base, maximum


def _count(state: StateDict, pattern: str) -> int:
    found = {int(match[1]) for name in state if (match := re.fullmatch(pattern, name))}
    if not found or found != set(range(len(found))):
        example = pattern.replace("\\", "").replace("(d+)", "0")
        raise CheckpointError(f"expected entries {example} and on without gaps, found numbers {sorted(found)}")
    return len(found)


def _size(state: StateDict, name: str, dimension: int) -> int:
    if name not in state:
        raise CheckpointError(f"the entry {name} is missing")
    shape = tuple(state[name].shape)
    if len(shape) <= dimension:
        raise CheckpointError(f"expected the entry {name} to have at least {dimension + 1} dimensions, got {shape}")
    return shape[dimension]

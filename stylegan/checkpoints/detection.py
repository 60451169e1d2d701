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


def detect_generator_config(state: StateDict, source: str | Path) -> GeneratorConfig:
    """Sizes of the generator that a state dict belongs to.

    Args:
        state: Entries of the generator.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing or their shapes fit no generator.
    """
    return detect(_generator_config, state, source)


def detect_discriminator_config(state: StateDict, source: str | Path) -> DiscriminatorConfig:
    """Sizes of the discriminator that a state dict belongs to.

    A single output is read as no labels; a discriminator for labels of length 1 looks the same.

    Args:
        state: Entries of the discriminator.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing or their shapes fit no discriminator.
    """
    return detect(_discriminator_config, state, source)


def detect(detector: Callable[[StateDict], Config], state: StateDict, source: str | Path) -> Config:
    """Calls a detector of sizes; its errors name the source.

    Raises:
        CheckpointError: The entries fit no network.
    """
    try:
        return detector(state)
    except (CheckpointError, ConfigError) as error:
        raise CheckpointError(f"{source} fits no known network: {error}") from error


def _generator_config(state: StateDict) -> GeneratorConfig:
    layers = count_entries(state, r"synthesis\.layer(\d+)\.bias")
    channels = {
        4 << (index // 2): entry_size(state, f"synthesis.layer{index}.bias", 0) for index in range(0, layers, 2)
    }
    base, maximum = fit_feature_maps(channels)
    dense = count_entries(state, r"mapping\.dense(\d+)\.weight")
    label_size, label_dim = 0, None
    if "mapping.label_weight" in state:
        label_size = entry_size(state, "mapping.label_weight", 0)
        label_dim = entry_size(state, "mapping.label_weight", 1)
    z_dim = entry_size(state, "mapping.dense0.weight", 1) - (label_dim or 0)
    return GeneratorConfig(
        resolution=max(channels),
        fmaps_base=base,
        fmaps_max=maximum,
        image_channels=entry_size(state, "synthesis.output0.bias", 0),
        label_size=label_size,
        z_dim=z_dim,
        w_dim=entry_size(state, f"mapping.dense{dense - 1}.weight", 0),
        mapping_dim=entry_size(state, "mapping.dense0.weight", 0),
        mapping_layers=dense,
        label_dim=None if label_dim == z_dim else label_dim,
    )


def _discriminator_config(state: StateDict) -> DiscriminatorConfig:
    blocks = count_entries(state, r"input(\d+)\.weight")
    head = 2 * (blocks - 1)
    channels = {4 << (blocks - 1 - block): entry_size(state, f"input{block}.bias", 0) for block in range(blocks)}
    channels[2] = entry_size(state, f"layer{head + 1}.weight", 0)
    base, maximum = fit_feature_maps(channels)
    outputs = entry_size(state, f"layer{head + 2}.weight", 0)
    has_deviation = entry_size(state, f"layer{head}.weight", 1) > channels[4]
    return DiscriminatorConfig(
        resolution=max(channels),
        fmaps_base=base,
        fmaps_max=maximum,
        image_channels=entry_size(state, "input0.weight", 1),
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


def count_entries(state: StateDict, pattern: str) -> int:
    """How many numbers from 0 on a pattern's group has among the names.

    Raises:
        CheckpointError: There are none, or some between are missing.
    """
    found = {int(match[1]) for name in state if (match := re.fullmatch(pattern, name))}
    if not found or found != set(range(len(found))):
        example = pattern.replace("\\", "").replace("(d+)", "0")
        raise CheckpointError(f"expected entries {example} and on without gaps, found numbers {sorted(found)}")
    return len(found)


def entry_size(state: StateDict, name: str, dimension: int) -> int:
    """Length of an entry along a dimension.

    Raises:
        CheckpointError: It is missing, or has no such dimension.
    """
    if name not in state:
        raise CheckpointError(f"the entry {name} is missing")
    shape = tuple(state[name].shape)
    if len(shape) <= dimension:
        raise CheckpointError(f"expected the entry {name} to have at least {dimension + 1} dimensions, got {shape}")
    return shape[dimension]

"""From the entries of a StyleGAN2 network, named as NVLabs names them, to its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stylegan.checkpoints.detection import StateDict, count_entries, detect, entry_size
from stylegan.errors import CheckpointError
from stylegan.stylegan2.config import DiscriminatorConfig, GeneratorConfig


def detect_generator_config(state: StateDict, settings: Mapping[str, Any], source: str | Path) -> GeneratorConfig:
    """Settings of the generator that a state dict belongs to.

    Args:
        state: Its entries.
        settings: What leaves no trace in shapes, by the names of `GeneratorConfig`.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing or their shapes fit no generator.
    """
    return detect(lambda entries: _generator_config(entries, settings), state, source)


def detect_discriminator_config(
    state: StateDict, settings: Mapping[str, Any], source: str | Path
) -> DiscriminatorConfig:
    """Settings of the discriminator that a state dict belongs to; arguments and errors as for the generator's."""
    return detect(lambda entries: _discriminator_config(entries, settings), state, source)


def mapping_settings(state: StateDict) -> dict[str, Any]:
    """Sizes of the mapping network, which StyleGAN3 has as well, by the names of `MappedConfig`."""
    layers = count_entries(state, r"mapping\.fc(\d+)\.weight")
    w_dim = entry_size(state, f"mapping.fc{layers - 1}.weight", 0)
    labels = "mapping.embed.weight" in state
    label_size = entry_size(state, "mapping.embed.weight", 1) if labels else 0
    label_dim = entry_size(state, "mapping.embed.weight", 0) if labels else w_dim
    return {
        "z_dim": entry_size(state, "mapping.fc0.weight", 1) - (label_dim if labels else 0),
        "w_dim": w_dim,
        "mapping_dim": entry_size(state, "mapping.fc0.weight", 0),
        "mapping_layers": layers,
        "label_size": label_size,
        "label_dim": None if label_dim == w_dim else label_dim,
    }


def _generator_config(state: StateDict, settings: Mapping[str, Any]) -> GeneratorConfig:
    blocks = _blocks(state, r"synthesis\.b(\d+)\.conv1\.weight")
    if "synthesis.b4.torgb.weight" not in state:
        raise CheckpointError(
            "it is a StyleGAN2 whose image is not summed up over resolutions (architecture orig or resnet), which no published "
            "face generator is and which is not supported"
        )
    return GeneratorConfig(
        channels=tuple(entry_size(state, f"synthesis.b{side}.conv1.weight", 0) for side in blocks),
        image_channels=entry_size(state, "synthesis.b4.torgb.weight", 0),
        **{**mapping_settings(state), **settings},
    )


def _discriminator_config(state: StateDict, settings: Mapping[str, Any]) -> DiscriminatorConfig:
    blocks = _blocks(state, r"b(\d+)\.conv0\.weight", first=8)
    if f"b{blocks[-1]}.skip.weight" not in state:
        raise CheckpointError(
            "it is a StyleGAN2 discriminator without residuals (architecture orig or skip), which is not supported"
        )
    channels = entry_size(state, "b4.conv.weight", 0)
    has_deviation = entry_size(state, "b4.conv.weight", 1) > channels
    labels = "mapping.embed.weight" in state
    label_dim = entry_size(state, "mapping.embed.weight", 0) if labels else channels
    has_layers = any(name.startswith("mapping.fc") for name in state)
    return DiscriminatorConfig(
        channels=(channels, *(entry_size(state, f"b{side}.conv0.weight", 0) for side in blocks)),
        image_channels=entry_size(state, f"b{blocks[-1]}.fromrgb.weight", 1),
        label_size=entry_size(state, "mapping.embed.weight", 1) if labels else 0,
        label_dim=None if label_dim == channels else label_dim,
        mapping_layers=count_entries(state, r"mapping\.fc(\d+)\.weight") if has_layers else 0,
        **{"minibatch_group": 4, **settings, **({} if has_deviation else {"minibatch_group": 0})},
    )


def _blocks(state: StateDict, pattern: str, first: int = 4) -> list[int]:
    """Sides of the blocks, which double from the first on."""
    found = sorted({int(match[1]) for name in state if (match := re.fullmatch(pattern, name))})
    if not found or found != [first << index for index in range(len(found))]:
        raise CheckpointError(f"expected blocks b{first}, b{2 * first} and on without gaps, found sides {found}")
    return found

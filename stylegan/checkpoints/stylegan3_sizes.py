"""From the entries of a StyleGAN3 generator to its settings, and the check that its filters are those that follow from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from stylegan.checkpoints.detection import StateDict, detect, entry_size
from stylegan.checkpoints.stylegan2_sizes import mapping_settings
from stylegan.errors import CheckpointError
from stylegan.stylegan3.config import GeneratorConfig
from stylegan.stylegan3.layers import SynthesisLayer

TOLERANCE = 1e-4


def detect_generator_config(state: StateDict, settings: Mapping[str, Any], source: str | Path) -> GeneratorConfig:
    """Settings of the generator that a state dict belongs to.

    Args:
        state: Its entries.
        settings: What leaves no trace in shapes, by the names of `GeneratorConfig`.
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When entries are missing, their shapes fit no generator, or the filters are others.
    """
    config = detect(lambda entries: _generator_config(entries, settings), state, source)
    try:
        _check_filters(config, state)
    except CheckpointError as error:
        raise CheckpointError(f"{source}: {error}") from error
    return config


def _generator_config(state: StateDict, settings: Mapping[str, Any]) -> GeneratorConfig:
    layers = _layers(state)
    first = layers[0][0]
    return GeneratorConfig(
        resolution=layers[-1][1],
        channels=tuple(channels for _, _, channels in layers),
        kernel=entry_size(state, f"{first}.weight", 2),
        radial=f"{first}.down_filter" in state and state[f"{first}.down_filter"].ndim == 2,
        image_channels=layers[-1][2],
        **{**mapping_settings(state), **settings},
    )


def _layers(state: StateDict) -> list[tuple[str, int, int]]:
    """Name, side and channels of each layer, which its name tells."""
    found = {}
    for name in state:
        if match := re.fullmatch(r"(synthesis\.L(\d+)_(\d+)_(\d+))\.weight", name):
            found[int(match[2])] = match[1], int(match[3]), int(match[4])
    if not found or set(found) != set(range(len(found))):
        raise CheckpointError(f"expected layers synthesis.L0_... and on without gaps, found numbers {sorted(found)}")
    return [found[index] for index in range(len(found))]


def _check_filters(config: GeneratorConfig, state: StateDict) -> None:
    """Holds stored filters to be those of the geometry: settings that leave no other trace show in them."""
    for index in range(config.last):
        with torch.device("meta"):
            layer = SynthesisLayer(config, index)
        for kind in ("up_filter", "down_filter"):
            name = f"synthesis.{config.layer_name(index)}.{kind}"
            expected = layer.get_buffer(kind) if getattr(layer, kind) is not None else None
            found = state.get(name)
            # Missing ones and other shapes are named with all other entries.
            if expected is None or found is None or found.shape != expected.shape:
                continue
            if not torch.allclose(found.float(), expected, atol=TOLERANCE * float(expected.abs().max()), rtol=0.0):
                raise CheckpointError(
                    f"{name} is another filter than a StyleGAN3 of its size has; the file would have to say with which "
                    "settings it was made"
                )

"""From a config and a state dict to a network: both layouts of files end here.

Every entry has to be there in its shape, and no other one; weights stored in any precision become float32. The error names the
first entries that differ, since "missing keys" of a hundred lines tells nobody which sizes are wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from stylegan.checkpoints.detection import StateDict
from stylegan.errors import CheckpointError

Network = TypeVar("Network", bound=nn.Module)
Config = TypeVar("Config")

SHOWN_DIFFERENCES = 3


def assemble(network: Callable[[Config], Network], config: Config, state: StateDict, source: str | Path) -> Network:
    """Builds a network that holds the entries of a state dict as float32.

    Args:
        network: Class of the network.
        config: Its sizes.
        state: Entries in any floating-point type.
        source: Where the entries come from, for error messages.

    Raises:
        CheckpointError: When an entry is missing, unknown or of another shape, or has values that are not finite.
    """
    # Without storage the random start values are not drawn, which would take longer than the loading.
    with torch.device("meta"):
        module = network(config)
    differences = describe_differences(module, state)
    if differences:
        more = f" and {len(differences) - SHOWN_DIFFERENCES} more" if len(differences) > SHOWN_DIFFERENCES else ""
        raise CheckpointError(f"{source} does not fit {config}: {'; '.join(differences[:SHOWN_DIFFERENCES])}{more}")
    for name, value in state.items():
        if not torch.isfinite(value).all():
            raise CheckpointError(f"{source}: entry {name} has values that are not finite; fetch or save it again")
    entries = {name: value.detach().to(torch.float32).contiguous() for name, value in state.items()}
    module.load_state_dict(entries, strict=True, assign=True)
    return module


def describe_differences(module: nn.Module, state: StateDict) -> list[str]:
    """What keeps a state dict from fitting a module: one phrase for every entry that differs."""
    expected = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    missing = [f"{name} {shape} is missing" for name, shape in expected.items() if name not in found]
    unknown = [f"{name} {shape} is not expected" for name, shape in found.items() if name not in expected]
    reshaped = [
        f"{name} should be {shape} but is {found[name]}"
        for name, shape in expected.items()
        if name in found and found[name] != shape
    ]
    return missing + unknown + reshaped

"""From a file of weights that the community publishes to a network whose sizes are read from the shapes.

A `.pth` of GenForce holds a dict with state dicts under `generator`, `discriminator` and mostly `generator_smooth` (the
moving average that gives the better images), training runs nest them under `models`; Oh-LoRA's fine-tuned generators
are a bare state dict. Lightning keeps one state dict with the networks' names in front. Prefixes of wrappers are taken off. Only tensors are ever read: pickled code is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, overload

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from stylegan.checkpoints.assembly import assemble
from stylegan.checkpoints.detection import (
    StateDict,
    detect_discriminator_config,
    detect_generator_config,
    is_discriminator,
    is_generator,
)
from stylegan.errors import CheckpointError
from stylegan.stylegan1.discriminator import Discriminator
from stylegan.stylegan1.generator import Generator

Part = Literal["generator", "discriminator"]
GENERATOR_NAMES = ("generator_smooth", "generator")
DISCRIMINATOR_NAMES = ("discriminator",)
# What training with several processes and torch.compile put before every name.
WRAPPERS = ("module.", "_orig_mod.")


@overload
def load_checkpoint(path: str | Path, part: Literal["generator"] = ...) -> Generator: ...
@overload
def load_checkpoint(path: str | Path, part: Literal["discriminator"]) -> Discriminator: ...
@overload
def load_checkpoint(path: str | Path, part: Part) -> Generator | Discriminator: ...
def load_checkpoint(path: str | Path, part: Part = "generator") -> Generator | Discriminator:
    """Loads a network from a published checkpoint, whichever of the layouts it has.

    Args:
        path: A `.pth` file, or a `.safetensors` file that holds one state dict.
        part: "generator" (the smoothed one where there are two) or "discriminator".

    Returns:
        The network in float32 on the CPU.

    Raises:
        CheckpointError: When the file is missing, unreadable, of another layout, or lacks the part.
    """
    return assemble_part(read_state_dicts(path), part, path)


def assemble_part(found: Mapping[str, StateDict], part: Part, source: str | Path) -> Generator | Discriminator:
    """Builds one network out of the state dicts that `read_state_dicts` found.

    Args:
        found: State dicts by their published names.
        part: "generator" (the smoothed one where there are two) or "discriminator".
        source: Where they come from, for error messages.

    Raises:
        CheckpointError: When the part is absent, or its entries fit no network.
    """
    names = GENERATOR_NAMES if part == "generator" else DISCRIMINATOR_NAMES
    state = next((found[name] for name in names if name in found), None)
    if state is None:
        raise CheckpointError(f"{source}: expected {' or '.join(names)}, found only {', '.join(found)}")
    if part == "generator":
        return assemble(Generator, detect_generator_config(state, source), state, source)
    return assemble(Discriminator, detect_discriminator_config(state, source), state, source)


def read_state_dicts(path: str | Path) -> dict[str, StateDict]:
    """All state dicts of networks in a checkpoint file.

    Args:
        path: A `.pth` or `.safetensors` file.

    Returns:
        `generator_smooth`, `generator` and `discriminator`, those that the file has.

    Raises:
        CheckpointError: When the file is missing, unreadable or of another layout.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"expected a checkpoint file at {path}, found {'a folder' if path.is_dir() else 'none'}")
    payload = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pth(path)
    if isinstance(payload, Mapping) and isinstance(payload.get("models"), Mapping):
        payload = payload["models"]
    if isinstance(payload, Mapping) and isinstance(payload.get("state_dict"), Mapping):
        payload = _of_lightning(payload["state_dict"])
    found = _networks(payload, path)
    if not found:
        raise CheckpointError(
            f"{path}: expected a dict with generator_smooth, generator or discriminator, or a bare state dict with "
            f"entries such as mapping.dense0.weight, found {_describe(payload)}"
        )
    return found


def _networks(payload: Any, path: Path) -> dict[str, StateDict]:
    if not isinstance(payload, Mapping):
        return {}
    payload = _unwrapped(payload)
    if is_generator(payload):
        return {"generator": _tensors("generator", payload, path)}
    if is_discriminator(payload):
        return {"discriminator": _tensors("discriminator", payload, path)}
    names = [name for name in (*GENERATOR_NAMES, *DISCRIMINATOR_NAMES) if isinstance(payload.get(name), Mapping)]
    return {name: _tensors(name, _unwrapped(payload[name]), path) for name in names}


def _of_lightning(entries: Mapping[str, Any]) -> Mapping[str, Any]:
    """Splits the state dict of a Lightning module into those of its networks; as it is where it names none."""
    parts = {
        part: {str(name).removeprefix(f"{part}."): value for name, value in entries.items() if _is_within(name, part)}
        for part in (*GENERATOR_NAMES, *DISCRIMINATOR_NAMES)
    }
    return {part: found for part, found in parts.items() if found} or entries


def _is_within(name: Any, part: str) -> bool:
    return str(name).startswith(f"{part}.")


def _unwrapped(entries: Mapping[str, Any]) -> dict[str, Any]:
    """The entries without the prefixes of wrappers, where every tensor's name has the prefix."""
    result = dict(entries)
    # An averaged model counts its updates beside the module that it wraps.
    if any(name.startswith("module.") for name in map(str, result)):
        result.pop("n_averaged", None)
    while prefix := next((p for p in WRAPPERS if result and all(str(name).startswith(p) for name in result)), None):
        result = {str(name).removeprefix(prefix): value for name, value in result.items()}
    return result


def _tensors(name: str, entries: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    for entry, value in entries.items():
        if not isinstance(value, Tensor):
            raise CheckpointError(f"{path}: expected tensors in {name}, found {type(value).__name__} under {entry}")
    return dict(entries)


def _describe(payload: Any) -> str:
    if not isinstance(payload, Mapping):
        return f"a {type(payload).__name__}"
    names = [str(name) for name in payload]
    return f"{len(names)} entries: {', '.join(names[:5])}" if names else "an empty dict"


def _read_safetensors(path: Path) -> Any:
    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError) as error:
        raise CheckpointError(_unreadable(path, "safetensors")) from error


def _read_pth(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    # A damaged file can fail at any step of the unpickler, with any kind of error.
    except Exception as error:
        if "Unsupported global" in str(error):
            raise CheckpointError(
                f"{path} holds pickled objects besides tensors, which may run code and are not opened; save its state "
                "dicts alone, as torch.save({'generator_smooth': model.state_dict()}, path)"
            ) from error
        raise CheckpointError(_unreadable(path, "PyTorch weights")) from error


def _unreadable(path: Path, kind: str) -> str:
    return f"{path} is not a readable {kind} file: it is damaged, cut off or something else; fetch or save it again"

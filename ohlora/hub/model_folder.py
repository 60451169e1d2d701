"""Models as folders: settings in `config.json`, weights as safetensors beside it.

A folder may hold several networks that belong together, each with an entry of its own in `config.json` and a weights file
of its own: a generator (written by `stylegan`), what its sliders add, an identity network. An entry carries the version of
its format, so that a model of another time is told from a damaged one. Both files are written whole or not at all, the
weights first, and are read strictly: no entry is missing, unknown or of another shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ohlora.errors import MissingModelError, ModelError
from ohlora.files import write_bytes, write_text
from stylegan.checkpoints.assembly import describe_differences

CONFIG_FILE = "config.json"
VERSION_KEY = "format_version"
_SHOWN_DIFFERENCES = 3


@dataclass(frozen=True)
class ModelKind:
    """What a folder may hold.

    Attributes:
        name: Key of the entry in `config.json`, and what messages call the model.
        weights: Name of its weights file.
        version: Version of the format that this code reads and writes.
        made_by: The command that makes such a model.
    """

    name: str
    weights: str
    version: int
    made_by: str


def write_model(
    folder: str | Path,
    kind: ModelKind,
    settings: Mapping[str, Any],
    state: Mapping[str, Tensor],
    *,
    dtype: torch.dtype = torch.float32,
) -> Path:
    """Write a model's settings and weights; other entries of the folder's `config.json` stay.

    Args:
        folder: Made where it is missing.
        kind: What it is.
        settings: What JSON can hold; gets the version of the format.
        state: Entries of the weights file, on any device.
        dtype: Storage type of floating-point entries; reading gives float32.

    Returns:
        The folder.

    Raises:
        ModelError: An old `config.json` is unreadable.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = read_config(folder) if (folder / CONFIG_FILE).exists() else {}
    entries = {name: _as_stored(value.detach().cpu(), dtype) for name, value in state.items()}
    # Bytes, and not `save_file`, whose files only their owner can read.
    write_bytes(folder / kind.weights, save(entries, metadata={"format": "pt"}))
    config[kind.name] = {VERSION_KEY: kind.version, **settings}
    write_text(folder / CONFIG_FILE, json.dumps(config, indent=2) + "\n")
    return folder


def read_model(folder: str | Path, kind: ModelKind) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read a model's settings and weights.

    Args:
        folder: Where `write_model` wrote.
        kind: What is expected.

    Returns:
        The settings without the version, and the entries of the weights file on the CPU, float16 as float32.

    Raises:
        MissingModelError: The folder has no such entry or no such weights file.
        ModelError: A file is damaged, or of an earlier or later version.
    """
    folder = Path(folder)
    settings = read_entry(folder, kind)
    weights = folder / kind.weights
    if not weights.is_file():
        raise MissingModelError(f"expected the weights of {kind.name} at {weights}, found no such file; {_again(kind)}")
    try:
        state = load_file(weights, device="cpu")
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{weights} is not a readable safetensors file ({one_line(error)}); {_again(kind)}") from error
    return settings, {name: value.float() if value.dtype == torch.float16 else value for name, value in state.items()}


def holds_model(folder: str | Path, kind: ModelKind) -> bool:
    """Whether a folder has the weights file of such a model."""
    return (Path(folder) / kind.weights).is_file()


def load_strictly(network: nn.Module, state: Mapping[str, Tensor], source: str | Path) -> None:
    """Take over all entries of a state dict, and no others.

    Raises:
        ModelError: Entries are missing, unknown or of another shape; the message shows some.
    """
    differences = describe_differences(network, dict(state))
    if differences:
        more = f" and {len(differences) - _SHOWN_DIFFERENCES} more" if len(differences) > _SHOWN_DIFFERENCES else ""
        shown = "; ".join(differences[:_SHOWN_DIFFERENCES])
        raise ModelError(f"{source} does not fit the {CONFIG_FILE} beside it: {shown}{more}; save the model again")
    network.load_state_dict(state, strict=True)


def read_config(folder: Path, advice: str = "") -> dict[str, Any]:
    """The content of a folder's `config.json`.

    Args:
        folder: A model folder.
        advice: What to do where there is none, for the message.

    Raises:
        MissingModelError: There is none.
        ModelError: It is no JSON object.
    """
    path = folder / CONFIG_FILE
    if not path.is_file():
        reason = "found no such file" if folder.is_dir() else "found no such folder"
        raise MissingModelError(f"expected a model folder with {path}, {reason}" + (advice and f"; {advice}"))
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is not readable JSON ({one_line(error)})") from error
    if not isinstance(config, dict):
        raise ModelError(f"{path}: expected a JSON object, found a {type(config).__name__}")
    return config


def damaged_settings(folder: str | Path, kind: ModelKind, error: Exception) -> ModelError:
    """The error for settings that `kind`'s network does not take; for `raise ... from error`."""
    reason = f"{one_line(error)} is missing" if isinstance(error, KeyError) else one_line(error)
    return ModelError(f"{Path(folder) / CONFIG_FILE}: the entry {kind.name} is damaged ({reason}); {_again(kind)}")


def one_line(error: Exception) -> str:
    """An error's message in one line of at most 300 characters."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def read_entry(folder: Path, kind: ModelKind) -> dict[str, Any]:
    """The settings of a model without the version, read without its weights.

    Raises:
        MissingModelError: The folder has no such entry.
        ModelError: It is damaged, or of an earlier or later version.
    """
    entry = read_config(folder, _again(kind)).get(kind.name)
    if not isinstance(entry, dict):
        raise MissingModelError(f"{folder / CONFIG_FILE} has no entry {kind.name}; {_again(kind)}")
    settings = dict(entry)
    version = settings.pop(VERSION_KEY, None)
    if version != kind.version:
        later = isinstance(version, int) and version > kind.version
        advice = "update ohlora, or run" if later else "run"
        raise ModelError(
            f"{folder} was made by {'a later' if later else 'an earlier'} version of ohlora ({kind.name} of format version "
            f"{version or 'none'}, expected {kind.version}); {advice} {kind.made_by} again"
        )
    return settings


def _as_stored(value: Tensor, dtype: torch.dtype) -> Tensor:
    return (value.to(dtype) if value.is_floating_point() else value).contiguous()


def _again(kind: ModelKind) -> str:
    return f"make it with {kind.made_by}"

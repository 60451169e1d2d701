"""The project's own format: a folder with `config.json` beside `generator.safetensors` and `discriminator.safetensors`.

The sizes of a network are written down instead of read off its weights, and safetensors can hold no code. Other packages keep
further entries in `config.json` and further weights beside these; writing leaves them as they are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, overload

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from stylegan.checkpoints.architectures import (
    ARCHITECTURES,
    FIRST,
    AnyDiscriminator,
    AnyGenerator,
    AnyNetwork,
    Part,
    architecture_of,
)
from stylegan.checkpoints.assembly import assemble
from stylegan.checkpoints.checkpoint import best, read_checkpoint
from stylegan.checkpoints.detection import StateDict
from stylegan.errors import CheckpointError, ConfigError
from stylegan.generator import GeneratorNetwork
from stylegan.settings import Settings

CONFIG_FILE = "config.json"
FORMAT = "stylegan"
FORMAT_VERSION = 1
STORAGE_TYPES = (torch.float32, torch.float16, torch.bfloat16)


def save_pretrained(
    module: GeneratorNetwork | AnyNetwork, folder: str | Path, *, dtype: torch.dtype = torch.float32
) -> Path:
    """Writes a network into a model folder; the other network's files and other keys of `config.json` stay.

    Args:
        module: A generator or a discriminator of any architecture, on any device.
        folder: Model folder, made where it is missing.
        dtype: Storage type: float32, float16 or bfloat16; loading always gives float32.

    Returns:
        Path of the weights file.

    Raises:
        CheckpointError: When the network is of another class, the storage type is no such type or too narrow, or an old
            `config.json` is unreadable.
    """
    if dtype not in STORAGE_TYPES:
        raise CheckpointError(f"expected a storage type of {', '.join(map(str, STORAGE_TYPES))}, got {dtype}")
    if not isinstance(module, AnyNetwork):
        raise CheckpointError(f"expected a network of StyleGAN to write, got {type(module).__name__}")
    architecture, part = architecture_of(module)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = _read_config(folder) if (folder / CONFIG_FILE).exists() else {}
    entries = {name: value.detach().to("cpu", dtype).contiguous() for name, value in module.state_dict().items()}
    for name, value in entries.items():
        if not torch.isfinite(value).all():
            raise CheckpointError(f"{part} entry {name} has values that are not finite in {dtype}; use torch.float32")
    weights = folder / f"{part}.safetensors"
    partial = weights.with_suffix(".partial")
    # Bytes, and not `save_file`, whose files only their owner can read.
    partial.write_bytes(save(entries, metadata={"format": "pt"}))
    os.replace(partial, weights)
    config.update({"format": FORMAT, "format_version": FORMAT_VERSION, part: _settings(architecture, module.config)})
    _write_config(folder, config)
    return weights


@overload
def from_pretrained(folder: str | Path, part: Literal["generator"] = ...) -> AnyGenerator: ...
@overload
def from_pretrained(folder: str | Path, part: Literal["discriminator"]) -> AnyDiscriminator: ...
@overload
def from_pretrained(folder: str | Path, part: Part) -> AnyNetwork: ...
def from_pretrained(folder: str | Path, part: Part = "generator") -> AnyNetwork:
    """Loads a network from a model folder.

    Args:
        folder: Folder with `config.json` and `generator.safetensors` or `discriminator.safetensors`.
        part: "generator" or "discriminator".

    Returns:
        The network in float32 on the CPU.

    Raises:
        CheckpointError: When the folder or a file in it is missing, unreadable or does not fit the settings.
    """
    folder = Path(folder)
    config = _read_config(folder)
    if not isinstance(config.get(part), Mapping):
        known = [name for name in ("generator", "discriminator") if name in config]
        raise CheckpointError(
            f"{folder / CONFIG_FILE}: expected settings for {part}, found {', '.join(known) or 'none'}"
        )
    weights = folder / f"{part}.safetensors"
    if not weights.is_file():
        raise CheckpointError(f"expected the {part}'s weights at {weights}, found no such file")
    try:
        state = load_file(weights, device="cpu")
        return _assembled(config[part], part, state, weights)
    except ConfigError as error:
        raise CheckpointError(f"{folder / CONFIG_FILE}: {error}") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{weights} is not a readable safetensors file ({error})") from error


def convert_checkpoint(path: str | Path, folder: str | Path, *, dtype: torch.dtype = torch.float32) -> list[Path]:
    """Turns a published checkpoint into a model folder with every network that it has.

    Args:
        path: Published `.pth` file, see `load_checkpoint`.
        folder: Model folder to write.
        dtype: Storage type.

    Returns:
        Paths of the weights files written.

    Raises:
        CheckpointError: When the file cannot be read or is of another layout.
    """
    found = read_checkpoint(path)
    parts: tuple[Part, ...] = ("generator", "discriminator")
    networks = [network for part in parts if (network := best(found, part))]
    return [save_pretrained(network.build(), folder, dtype=dtype) for network in networks]


def _settings(architecture: str, config: Settings) -> dict[str, Any]:
    """What `config.json` says of a network; StyleGAN's are as they were before there was another architecture."""
    named = {} if architecture == FIRST else {"architecture": architecture}
    return {**named, **config.to_dict()}


def _assembled(settings: Mapping[str, Any], part: Part, state: StateDict, weights: Path) -> AnyNetwork:
    values = dict(settings)
    name = str(values.pop("architecture", FIRST))
    known = ARCHITECTURES.get((name, part))
    if known is None:
        names = ", ".join(architecture for architecture, of in ARCHITECTURES if of == part)
        raise ConfigError(f"expected a {part} of architecture {names}, found {name}; update this package")
    network: Callable[[Settings], Any] = known.network
    assembled: AnyNetwork = assemble(network, known.config.from_dict(values), state, weights)
    return assembled


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG_FILE
    if not path.is_file():
        reason = "found no such file" if folder.is_dir() else "found no such folder"
        raise CheckpointError(f"expected a model folder with {path}, {reason}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not readable JSON ({error})") from error
    if not isinstance(config, dict):
        raise CheckpointError(f"{path}: expected a JSON object, found a {type(config).__name__}")
    if config.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise CheckpointError(
            f"{path}: expected format_version {FORMAT_VERSION}, found {config['format_version']}; update this package"
        )
    return config


def _write_config(folder: Path, config: dict[str, Any]) -> None:
    partial = folder / f"{CONFIG_FILE}.partial"
    partial.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, folder / CONFIG_FILE)

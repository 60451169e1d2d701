"""Portrait parsers in a folder: an entry of `config.json` beside `parser.safetensors`.

The folder may hold other networks with entries of their own, such as the generator whose pictures the parser was made for. Each
file is written under another name and renamed when it is complete, so that a reader never sees half of one.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from segmentation.checkpoints import load_strictly, read_checkpoint
from segmentation.errors import CheckpointError, MissingModelError, SegmentationError
from segmentation.unet.network import PortraitParser, PortraitParserConfig

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "parser.safetensors"
ENTRY = "parser"
FORMAT_VERSION = 1


def save_parser(parser: PortraitParser, folder: str | Path, *, half: bool = False) -> Path:
    """Write a parser's settings and weights.

    Args:
        parser: The network to keep.
        folder: Made if it is missing; a parser in it is replaced, other entries of its `config.json` stay.
        half: Store floats as float16, half the size; loading gives float32 again.

    Returns:
        The folder.

    Raises:
        CheckpointError: An old `config.json` is unreadable.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    settings = asdict(parser.config)
    old = _read_json(folder / CONFIG_FILE) if (folder / CONFIG_FILE).exists() else {}
    entries = {name: entry for name, entry in old.items() if name not in settings}
    entries[ENTRY] = {"format_version": FORMAT_VERSION, **settings}
    state = {name: value.detach().cpu().contiguous() for name, value in parser.state_dict().items()}
    if half:
        state = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    _write(folder / WEIGHTS_FILE, save(state))
    _write(folder / CONFIG_FILE, (json.dumps(entries, indent=2) + "\n").encode())
    return folder


def load_portrait_parser(folder: str | Path) -> PortraitParser:
    """Read a parser that `save_parser` wrote; float32, in evaluation mode.

    Raises:
        MissingModelError: The folder lacks one of the two files.
        CheckpointError: The files do not fit each other or are damaged.
    """
    folder = Path(folder)
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        if not (folder / name).is_file():
            raise MissingModelError(
                f"no {name} in {folder}: expected a folder with {CONFIG_FILE} and {WEIGHTS_FILE}, as save_parser writes it"
            )
    parser = PortraitParser(_read_config(folder / CONFIG_FILE))
    state = read_checkpoint(folder / WEIGHTS_FILE)
    state = {name: value.float() if value.dtype == torch.float16 else value for name, value in state.items()}
    load_strictly(parser, state, folder / WEIGHTS_FILE)
    return parser.eval()


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)


def _read_config(path: Path) -> PortraitParserConfig:
    config = _read_json(path)
    settings = config.get(ENTRY, config)  # the first parsers were alone in their folder, without an entry
    if not isinstance(settings, dict):
        raise CheckpointError(f"{path}: expected a JSON object under {ENTRY}, found a {type(settings).__name__}")
    version = settings.pop("format_version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        raise CheckpointError(f"{path}: expected a parser of format_version {FORMAT_VERSION}, found {version}")
    try:
        return PortraitParserConfig(**settings)
    except SegmentationError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: expected the settings of a PortraitParserConfig as JSON: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not readable JSON: {error}") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: expected a JSON object, found a {type(content).__name__}")
    return content

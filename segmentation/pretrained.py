"""Portrait parsers in a folder: `config.json` beside `parser.safetensors`."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from segmentation.errors import CheckpointError, MissingModelError, SegmentationError
from segmentation.unet.network import PortraitParser, PortraitParserConfig

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "parser.safetensors"


def save_parser(parser: PortraitParser, folder: str | Path, *, half: bool = False) -> Path:
    """Write a parser's settings and weights.

    Args:
        parser: The network to keep.
        folder: Made if it is missing; files of the same names are replaced.
        half: Store floats as float16, half the size; loading gives float32 again.

    Returns:
        The folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().cpu().contiguous() for name, value in parser.state_dict().items()}
    if half:
        state = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    save_file(state, folder / WEIGHTS_FILE)
    (folder / CONFIG_FILE).write_text(json.dumps(asdict(parser.config), indent=2) + "\n", encoding="utf-8")
    return folder


def load_parser(folder: str | Path) -> PortraitParser:
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
    try:
        state = load_file(folder / WEIGHTS_FILE)
        state = {name: value.float() if value.dtype == torch.float16 else value for name, value in state.items()}
        parser.load_state_dict(state, strict=True)
    except (SafetensorError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise CheckpointError(f"{folder / WEIGHTS_FILE} does not fit its {CONFIG_FILE}: {reason}") from error
    return parser.eval()


def _read_config(path: Path) -> PortraitParserConfig:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        return PortraitParserConfig(**settings)
    except SegmentationError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: expected the settings of a PortraitParserConfig as JSON: {error}") from error

"""From what the user wrote (a name or a path) to files, and to a network."""

from pathlib import Path

import torch

from ohlora.errors import MissingModelError, ModelError
from ohlora.hub.catalog import CATALOG, ModelEntry
from ohlora.hub.storage import embedded_folders, find_files, missing_model
from segmentation.weights import find_weights
from stylegan import Generator, from_pretrained, load_checkpoint

_GENERATOR_FILE = "generator.safetensors"
_PARSER_FILE = "parser.safetensors"


def resolve_generator(name_or_path: str | Path) -> Path:
    """Finds a generator; nothing is fetched.

    Args:
        name_or_path: A name of the catalogue, a model folder, or a checkpoint file. Names win over folders.

    Returns:
        A model folder (`config.json` beside `generator.safetensors`), or a published checkpoint file.

    Raises:
        MissingModelError: There is no such generator on this machine; the message says how to get it.
    """
    if str(name_or_path) not in CATALOG:
        return _existing(Path(name_or_path))
    entry = CATALOG[str(name_or_path)]
    if entry.kind != "generator":
        generators = [name for name, other in CATALOG.items() if other.kind == "generator"]
        raise ModelError(f"{entry.name} is a {entry.kind}, expected a generator: one of {', '.join(generators)}")
    if entry.embedded:
        return _embedded(entry, _GENERATOR_FILE)
    found = find_files(entry)
    if found is None:
        raise missing_model(entry)
    return found[0]


def resolve_parser_weights(name: str) -> Path:
    """Finds the weights of a face parser; nothing is fetched.

    Args:
        name: "portraits", "facexformer", or a folder with `config.json` and `parser.safetensors`.

    Returns:
        A parser's folder, or FaceXFormer's file.

    Raises:
        MissingModelError: The weights are not on this machine; the message says how to get them.
    """
    if name == "portraits":
        return _embedded(CATALOG[name], _PARSER_FILE)
    if name == "facexformer":
        return find_weights(name)[0]
    return _existing(Path(name))


def load_generator(name_or_path: str | Path, device: str | torch.device = "cpu") -> Generator:
    """Loads a generator by name or path, in evaluation mode.

    Args:
        name_or_path: As for `resolve_generator`.
        device: Where it shall run.

    Returns:
        The network, float32.

    Raises:
        MissingModelError: There is no such generator on this machine.
        stylegan.CheckpointError: The file or folder is not a generator.
    """
    place = resolve_generator(name_or_path)
    generator = from_pretrained(place) if place.is_dir() else load_checkpoint(place)
    return generator.eval().to(device)


def weights_file(place: Path) -> Path:
    """Returns the file with the weights of what `resolve_generator` found."""
    return place / _GENERATOR_FILE if place.is_dir() else place


def _existing(path: Path) -> Path:
    if path.exists():
        return path
    raise MissingModelError(
        f"{path} is neither a file, nor a folder, nor a known model; known models: {', '.join(CATALOG)}"
    )


def _embedded(entry: ModelEntry, file: str) -> Path:
    for folder in embedded_folders(entry):
        if (folder / file).is_file():
            return folder
    raise MissingModelError(
        f"{entry.name} should be part of ohlora, but {file} is not among its files; install ohlora again"
    )

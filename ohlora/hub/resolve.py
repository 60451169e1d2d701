"""From what the user wrote to the files that it means: the one place that knows the ways of naming a model.

In this order: a name of the catalogue; a run of `ohlora finetune`, which stands for its folder `model`; a model folder or a
checkpoint file; a repository of Hugging Face, `owner/name`, which is fetched once and then found in the Hub's cache. Nothing
else is fetched without being asked for.
"""

import os
from pathlib import Path
from typing import Literal, Unpack

from ohlora.errors import MissingModelError, ModelError
from ohlora.hub.catalog import CATALOG, ModelEntry
from ohlora.hub.download import HubOptions, fetch_repository, is_repository
from ohlora.hub.model_folder import CONFIG_FILE
from ohlora.hub.storage import embedded_folders, find_files, missing_model

Kind = Literal["generator", "parser"]

MODEL_SUBFOLDER = "model"
"""Where a run of `ohlora finetune` keeps its model."""

_WEIGHTS = {"generator": "generator.safetensors", "parser": "parser.safetensors"}


def resolve_model(text: str | Path, kind: Kind = "generator", **hub: Unpack[HubOptions]) -> Path:
    """Find a model.

    Args:
        text: A name of the catalogue, a run's folder, a model folder, a checkpoint file, or a repository of Hugging Face.
            Names win over folders: write `./portraits` for a folder of that name.
        kind: What is expected; a name may stand for a generator and for the parser that was made for it.
        **hub: How a repository is fetched.

    Returns:
        A model folder, or a checkpoint file. Whether it holds what was expected is found out by reading it.

    Raises:
        MissingModelError: There is no such model, and the message says how to get it; or what was given is no name.
        ModelError: The catalogue's model of this name is of another kind.
    """
    if not isinstance(text, str | os.PathLike):
        raise MissingModelError(f"expected the name of a {kind} or its path, got {text!r}")
    if str(text) in CATALOG:
        return _of_catalogue(CATALOG[str(text)], kind)
    path = Path(text)
    if path.exists():
        inside = path / MODEL_SUBFOLDER
        is_run = not (path / CONFIG_FILE).is_file() and (inside / CONFIG_FILE).is_file()
        return inside if is_run else path
    if is_repository(str(text)):
        return fetch_repository(str(text), **hub)
    raise MissingModelError(
        f"{text} is neither a known {kind} ({', '.join(_names(kind))}), nor a file, nor a folder, nor a repository of "
        "Hugging Face, which would be written owner/name"
    )


def weights_file(place: Path, kind: Kind = "generator") -> Path:
    """The file with the weights of what `resolve_model` found."""
    return place / _WEIGHTS[kind] if place.is_dir() else place


def _of_catalogue(entry: ModelEntry, kind: Kind) -> Path:
    if entry.embedded:
        return _embedded(entry, kind)
    if entry.kind != kind:
        raise ModelError(f"{entry.name} is a {entry.kind}, expected a {kind}: one of {', '.join(_names(kind))}")
    found = find_files(entry)
    if found is None:
        raise missing_model(entry)
    return found[0]


def _names(kind: Kind) -> list[str]:
    """Names of the catalogue that stand for such a model."""
    return [name for name, entry in CATALOG.items() if entry.kind == kind or entry.embedded]


def _embedded(entry: ModelEntry, kind: Kind) -> Path:
    for folder in embedded_folders(entry):
        if weights_file(folder, kind).is_file():
            return folder
    raise MissingModelError(
        f"{entry.name} should be part of ohlora, but {_WEIGHTS[kind]} is not among its files; install ohlora again"
    )

"""Fetching models: from the Hub with its own client, which survives dropped connections; others by a plain request.

What arrives of the catalogue is checked in a waiting room and moved to the model's folder only when it is whole, so that a
file that lies there can be trusted. Other repositories stay in the Hub's own cache.
"""

import os
import re
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

from huggingface_hub import hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from ohlora.errors import DownloadError, MissingModelError
from ohlora.hub.catalog import ModelEntry, ModelFile, find_entry
from ohlora.hub.storage import by_hand, find_file, model_folder, models_home, sha256_of

TIMEOUT = 30.0  # seconds without an answer

Tell = Callable[[str], None]
_OF_A_MODEL = ("*.json", "*.safetensors", "*.md")


class HubOptions(TypedDict, total=False):
    """How a repository of Hugging Face is fetched, as its own client names it."""

    revision: str | None
    token: str | bool | None
    cache_dir: str | Path | None
    force_download: bool
    local_files_only: bool


def pull(name: str, *, force: bool = False, tell: Tell = lambda line: None) -> tuple[Path, ...]:
    """Fetches a model and what it needs; files that are here already are kept.

    Args:
        name: A name of the catalogue.
        force: Fetch files again that are here.
        tell: Gets a line about each file.

    Returns:
        The paths of the model's own files; none for an embedded model.

    Raises:
        MissingModelError: No model has this name.
        DownloadError: A file could not be fetched or is not the published one.
    """
    entry = find_entry(name)
    if entry.embedded:
        tell(f"{name} ships with ohlora; there is nothing to fetch")
    for needed in entry.needs:
        pull(needed, force=force, tell=tell)
    return tuple(pull_file(entry, file, force=force, tell=tell) for file in entry.files)


def pull_file(entry: ModelEntry, file: ModelFile, *, force: bool = False, tell: Tell = lambda line: None) -> Path:
    """Fetches one file into its model's folder.

    Args:
        entry: The model.
        file: One of its files.
        force: Fetch it again where it is here.
        tell: Gets a line about what happened.

    Returns:
        The file's path.

    Raises:
        DownloadError: It could not be fetched, or it is not the published one and was removed.
    """
    here = find_file(entry, file)
    if here and not force:
        check_digest(entry, file, here)
        tell(f"{file.name} is here: {here}")
        return here
    waiting = models_home() / ".downloads" / entry.name
    waiting.mkdir(parents=True, exist_ok=True)
    arrived = _fetch(entry, file, waiting, force=force)
    try:
        check_digest(entry, file, arrived)
    except DownloadError:
        arrived.unlink()
        raise
    target = model_folder(entry) / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(arrived, target)
    shutil.rmtree(waiting, ignore_errors=True)
    tell(f"{file.name} fetched: {target}" + ("" if file.sha256 else " (no published sha256 to check it against)"))
    return target


def is_repository(text: str) -> bool:
    """Whether a text is written as a repository of Hugging Face is: `owner/name`."""
    return re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", text) is not None


def fetch_repository(name: str, **options: Unpack[HubOptions]) -> Path:
    """Fetch a model folder from the Hub, or find it in the Hub's cache.

    Args:
        name: `owner/name`.
        **options: See `HubOptions`.

    Returns:
        The folder in the Hub's cache.

    Raises:
        MissingModelError: It cannot be had.
    """
    try:
        # Asks the Hub once; one request per file would be repeated for half a minute where there is no network.
        return Path(snapshot_download(name, allow_patterns=list(_OF_A_MODEL), **options))
    except Exception as error:  # the client's HTTP library has errors of its own, and is another one in each version
        raise MissingModelError(
            f"{name} is neither a known model, nor a folder, nor a repository of Hugging Face that can be had: "
            f"{_reason(error)}"
        ) from error


def check_digest(entry: ModelEntry, file: ModelFile, path: Path) -> None:
    """Checks that a file is the published one, as far as its digest is known.

    Raises:
        DownloadError: It is another file.
    """
    if file.sha256 is None:
        return
    found = sha256_of(path)
    if found != file.sha256:
        raise DownloadError(
            f"{path} is not the published {file.name}: sha256 {found} instead of {file.sha256}; "
            f"run `ohlora models pull --force {entry.name}` to fetch it again"
        )


def _fetch(entry: ModelEntry, file: ModelFile, waiting: Path, *, force: bool) -> Path:
    try:
        if entry.hub:
            return _fetch_from_hub(entry.hub, file, waiting, force=force)
        return _fetch_from_address(file, waiting)
    except Exception as error:  # the client's HTTP library has errors of its own, and is another one in each version
        raise DownloadError(f"{file.name} could not be fetched: {_reason(error)}; {by_hand(entry)}") from error


def _fetch_from_hub(repository: str, file: ModelFile, waiting: Path, *, force: bool) -> Path:
    # Given explicitly since the client reads the variable only once, when it is imported.
    endpoint = os.environ.get("HF_ENDPOINT")
    return Path(
        hf_hub_download(repository, file.path, local_dir=waiting, force_download=force, endpoint=endpoint or None)
    )


def _fetch_from_address(file: ModelFile, waiting: Path) -> Path:
    target = waiting / file.name
    request = urllib.request.Request(file.path, headers={"User-Agent": "ohlora"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response, target.open("wb") as output:
        expected = response.headers.get("Content-Length")
        shutil.copyfileobj(response, output)
    if expected is not None and target.stat().st_size != int(expected):
        raise ConnectionError(f"the connection ended after {target.stat().st_size} of {expected} bytes")
    return target


def _reason(error: Exception) -> str:
    if isinstance(error, GatedRepoError):
        return "its publisher asks you to accept conditions on the Hub first (then log in with `hf auth login`)"
    if isinstance(error, RepositoryNotFoundError):
        return "the repository is gone or private"
    if isinstance(error, OfflineModeIsEnabled) or isinstance(error.__cause__, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE forbids it"
    if isinstance(error, LocalEntryNotFoundError):
        return "the Hub cannot be reached (is there a network?)"
    if isinstance(error, EntryNotFoundError):
        return "the repository no longer has this file"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

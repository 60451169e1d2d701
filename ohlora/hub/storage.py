"""Where a model's files are on this machine.

Fetched models lie in the models' home, a folder each: `OHLORA_HOME`, or `ohlora` inside `HF_HOME`, or
`~/.cache/huggingface/ohlora`. A file put there by hand is as good as a fetched one.
"""

import hashlib
import importlib.util
import os
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from ohlora.errors import MissingModelError, SettingsError
from ohlora.hub.catalog import ModelEntry, ModelFile


def models_home() -> Path:
    """The folder under which fetched models lie, by the environment; it may not exist yet.

    Raises:
        SettingsError: The user has no home folder, as in a container run under another number, and none is named.
    """
    cache = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    try:
        return Path(os.environ.get("OHLORA_HOME") or Path(cache) / "ohlora").expanduser()
    except RuntimeError as error:
        raise SettingsError("expected a home folder for models, found none; set OHLORA_HOME to a folder") from error


def model_folder(entry: ModelEntry) -> Path:
    """Returns the folder of a fetched model; it need not exist yet."""
    return models_home() / entry.name


def embedded_folders(entry: ModelEntry) -> tuple[Path, ...]:
    """Returns the folders of an embedded model inside the installed packages; none for other models."""
    return tuple(_inside_package(place) for place in entry.embedded)


def find_files(entry: ModelEntry) -> tuple[Path, ...] | None:
    """Looks for a model's files without fetching anything.

    Args:
        entry: A model that is not embedded.

    Returns:
        One path for each of its files, or None where one of them is nowhere.
    """
    paths = [find_file(entry, file) for file in entry.files]
    return tuple(path for path in paths if path) if all(paths) else None


def find_file(entry: ModelEntry, file: ModelFile) -> Path | None:
    """Looks for one file: in the model's folder, flat or as its repository lays it out, and in the Hub's own cache."""
    try:
        places = [model_folder(entry) / name for name in (file.name, file.path if entry.hub else file.name)]
    except SettingsError:
        places = []  # without a home folder none was ever put there
    if entry.hub:
        cached = try_to_load_from_cache(entry.hub, file.path)
        places += [Path(cached)] if isinstance(cached, str) else []
    return next((place for place in places if place.is_file()), None)


def missing_model(entry: ModelEntry) -> MissingModelError:
    """Returns the error for a model that is not on this machine: the command that gets it, and the way by hand."""
    return MissingModelError(
        f"{entry.name} is not on this machine: run `ohlora models pull {entry.name}`, or {by_hand(entry)}"
    )


def by_hand(entry: ModelEntry) -> str:
    """Returns how to get a model without the command, as the end of a sentence."""
    names = ", ".join(file.name for file in entry.files)
    return f"get {names} from {entry.origin} and put it into {model_folder(entry)}"


def sha256_of(path: Path) -> str:
    """Returns the digest of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _inside_package(place: str) -> Path:
    package, _, rest = place.partition("/")
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"{package} is one of our packages"
    return Path(spec.origin).parent / rest

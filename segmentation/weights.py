"""Where published weights are on this machine.

They are searched in the folder that the caller names, or else in the models' home and in the Hugging Face cache. The home
is `OHLORA_HOME`, or `ohlora` inside `HF_HOME`, or `~/.cache/huggingface/ohlora`; every model has a folder of its own in it.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from segmentation.errors import CheckpointError, MissingModelError, SegmentationError


@dataclass(frozen=True)
class PublishedWeights:
    """The files of a published model.

    Attributes:
        name: Name of the model, and of its folder.
        files: File names, in the order in which `find_weights` returns them.
        sha256: Expected digest of each file.
        hub: Repository on Hugging Face and folder in it, where the files are published there.
    """

    name: str
    files: tuple[str, ...]
    sha256: tuple[str, ...]
    hub: tuple[str, str] | None = None


PUBLISHED = {
    weights.name: weights
    for weights in (
        PublishedWeights(
            name="facexformer",
            files=("model.pt",),
            sha256=("327a755849ba64d336fb96589ff87b27e84a12be1ecf8bcfaa503d66f803286d",),
            hub=("kartiknarayan/facexformer", "ckpts"),
        ),
        PublishedWeights(
            name="mtcnn",
            files=("pnet.pt", "rnet.pt", "onet.pt"),
            sha256=(
                "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
                "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
                "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
            ),
        ),
    )
}


def models_home() -> Path:
    """The folder under which downloaded models lie, by the environment; it may not exist yet."""
    if home := os.environ.get("OHLORA_HOME"):
        return Path(home).expanduser()
    cache = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(cache).expanduser() / "ohlora"


def find_weights(name: str, folder: str | Path | None = None) -> tuple[Path, ...]:
    """Find the files of a published model; nothing is downloaded.

    Args:
        name: `facexformer` or `mtcnn`.
        folder: Where to look instead of the usual places: a folder, or the file itself for a model of one file.

    Returns:
        One path for each file of `PUBLISHED[name].files`.

    Raises:
        SegmentationError: No model has this name.
        MissingModelError: A file is nowhere; the message says how to get it.
    """
    if name not in PUBLISHED:
        raise SegmentationError(f"unknown weights {name!r}: expected one of {', '.join(PUBLISHED)}")
    weights = PUBLISHED[name]
    if folder is not None and len(weights.files) == 1 and Path(folder).is_file():
        return (Path(folder),)
    for candidate in _folders(weights, folder):
        paths = tuple(candidate / file for file in weights.files)
        if all(path.is_file() for path in paths):
            return paths
    where = Path(folder) if folder is not None else models_home() / name
    raise MissingModelError(
        f"no weights of {name} in {where}: run `ohlora models pull {name}`, "
        f"or put {', '.join(weights.files)} by hand into {where}"
    )


def check_sha256(path: Path, expected: str) -> None:
    """Check that a file is the published one.

    Raises:
        CheckpointError: Its digest differs.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise CheckpointError(f"{path}: sha256 {digest} instead of {expected}; the file is damaged, fetch it again")


def _folders(weights: PublishedWeights, folder: str | Path | None) -> Iterator[Path]:
    home = Path(folder) if folder is not None else models_home()
    if folder is not None:
        yield home
    yield home / weights.name
    if weights.hub:
        # A folder that was downloaded from the hub as a whole keeps the repository's layout.
        yield home / weights.hub[1]
        yield home / weights.name / weights.hub[1]
    if weights.hub and folder is None:
        repository, inside = weights.hub
        cached = try_to_load_from_cache(repository, f"{inside}/{weights.files[0]}")
        if isinstance(cached, str):
            yield Path(cached).parent

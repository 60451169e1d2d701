"""Files that are either whole or absent, whatever stops the program; and the fingerprints by which tables name them.

A file is written under a hidden name beside its place and renamed when it is complete, so that a reader, or the next run
after a `kill -9`, never sees half of it.
"""

import hashlib
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SUFFIX = ".unfinished"
_MARK = "sha256:"
_LONGEST_NAME = 255  # bytes, on every disk in use


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Offer a temporary path; when the block ends without an error it becomes `path`, else it is removed.

    Args:
        path: The file to make or to replace. Its folder has to exist.
        durable: Also wait until the content is on the disk, which outlives a power cut and not only a killed process.

    Yields:
        The hidden path in the same folder that the block has to write.
    """
    temporary = path.with_name(_hidden_name(path.name))
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _hidden_name(name: str) -> str:
    """The name of an unfinished file; that of a long one is cut, so that a disk that takes the file takes this as well."""
    hidden = f".{name}{_SUFFIX}"
    if len(os.fsencode(hidden)) <= _LONGEST_NAME:
        return hidden
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()}{_SUFFIX}"


def write_bytes(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file, or leave what was there as it is."""
    with replacing(path, durable=durable) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str, *, durable: bool = False) -> None:
    """Write a whole UTF-8 text file, or leave what was there as it is."""
    write_bytes(path, text.encode("utf-8"), durable=durable)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left half written in the folder; only a process that holds its lock may call this."""
    for leftover in folder.glob(f".*{_SUFFIX}"):
        leftover.unlink(missing_ok=True)


def fingerprint_of(digest: str) -> str:
    """The first twelve hexadecimal digits of a SHA-256, which every reader of a table takes for text.

    Where they are decimal, perhaps with an e between them (one digest in 140), spreadsheets and pandas would make a number of them,
    often infinity; such ones are marked.

    Args:
        digest: Hexadecimal digits.
    """
    digits = digest[:12]
    return _MARK + digits if re.fullmatch(r"\d+(e\d+)?", digits) else digits


def same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are of the same file; earlier versions marked none."""
    return one.removeprefix(_MARK) == other.removeprefix(_MARK)


def command_text(*words: str | Path) -> str:
    """A command that can be pasted into a shell: paths with spaces are quoted, and one that begins with a dash gets its folder."""
    texts = (f"./{word}" if isinstance(word, Path) and str(word).startswith("-") else str(word) for word in words)
    return shlex.join(texts)

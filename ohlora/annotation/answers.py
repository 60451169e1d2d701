"""The answers of one annotator: an append-only log with a line of JSON per answer.

    {"at": "2026-05-04T09:12:31Z", "label": "gender", "face": "seed00000012.png", "answer": 1}

The answer is 1, 0, "skip", or null for one that was taken back; the last line about a face counts. Appending is the one
way of writing that a kill or a power cut cannot turn against answers that are there already: at worst it leaves half a
line at the end, which is cut off when the log is opened again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from ohlora.errors import DatasetError, SettingsError

Answer: TypeAlias = Literal[0, 1, "skip"]
Key: TypeAlias = tuple[str, str]
"""Label and image of an answer."""

ANSWERS: tuple[Answer, ...] = (0, 1, "skip")
_ANNOTATOR = re.compile(r"[^\W_][\w-]{0,39}")


def log_path(labels_folder: Path, annotator: str) -> Path:
    """Where an annotator's log lies.

    Raises:
        SettingsError: When the name cannot be a file's.
    """
    if not _ANNOTATOR.fullmatch(annotator):
        raise SettingsError(f"expected an annotator's name of up to 40 letters, digits, _ and -, got {annotator!r}")
    return labels_folder / "answers" / f"{annotator}.jsonl"


def read_log(path: Path) -> dict[Key, Answer | None]:
    """Read a log: the answer to each label of each image, None where it was taken back; the latest answered last.

    Raises:
        DatasetError: When a line is not what this module writes.
    """
    answers: dict[Key, Answer | None] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        label, face, answer = _parse(line, path, number)
        # Taken out first, so that the order of the entries is that in which they were answered.
        answers.pop((label, face), None)
        answers[label, face] = answer
    return answers


def _parse(line: bytes, path: Path, number: int) -> tuple[str, str, Answer | None]:
    try:
        entry = json.loads(line)
        label, face, answer = entry["label"], entry["face"], entry["answer"]
        if isinstance(answer, bool) or (answer is not None and answer not in ANSWERS):
            raise ValueError(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"line {number} of {path} is damaged; take the line out to go on without it") from error
    return str(label), str(face), answer


class AnswerLog:
    """An annotator's log, open for writing and locked against a second page of the same annotator.

    Args:
        labels_folder: The dataset's folder for labels.
        annotator: Whose answers these are.

    Raises:
        DatasetError: When the log is damaged, in use, or cannot be written.
    """

    def __init__(self, labels_folder: Path, annotator: str) -> None:
        self.path = log_path(labels_folder, annotator)
        self.annotator = annotator
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise DatasetError(f"expected a place for answers, cannot write {self.path}: {error.strerror}") from error
        try:
            _lock(handle, annotator)
            self._size = _cut_off_half_a_line(self.path, handle)
            self.answers = read_log(self.path)
        except BaseException:
            os.close(handle)
            raise
        self._handle: int | None = handle
        _sync_folder(self.path.parent)

    def set(self, key: Key, answer: Answer | None) -> None:
        """Write an answer, or with None take it back; when this returns it outlives a power cut.

        Raises:
            DatasetError: When the disk does not take it; the log is then as it was.
        """
        if self._handle is None:
            raise DatasetError("the page is being closed; the answer was not kept")
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = {"at": at, "label": key[0], "face": key[1], "answer": answer}
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8")
        try:
            if os.write(self._handle, line) != len(line):
                raise OSError(28, "no space left")
            os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            raise DatasetError(f"the answer could not be written to {self.path}: {error.strerror}") from error
        self._size += len(line)
        self.answers.pop(key, None)
        self.answers[key] = answer

    def last(self, asked: Container[Key]) -> Key | None:
        """What was answered last, of what is asked; None where nothing was."""
        return next((key for key in reversed(self.answers) if self.answers[key] is not None and key in asked), None)

    def close(self) -> None:
        """Gives the log free; nothing can be written any more."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _lock(handle: int, annotator: str) -> None:
    try:
        import fcntl
    except ImportError:  # a system without such locks
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DatasetError(
            f"{annotator} has a page open on these faces already; stop that one, or choose another --annotator"
        ) from error
    except OSError:  # a disk without such locks
        return


def _cut_off_half_a_line(path: Path, handle: int) -> int:
    """Removes what follows the last line end; returns the log's size."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.ftruncate(handle, whole)
    return whole


def _sync_folder(folder: Path) -> None:
    """Makes the log's entry in its folder durable; systems that cannot open folders do without."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

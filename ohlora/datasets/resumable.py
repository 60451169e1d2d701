"""One resumable job over a dataset folder: what is there already is kept, what is missing is made and entered into the table.

Names of pictures go in; a job says which are done, and makes rows of the others, one after the other. Each row may bring a
file to be written: threads do that while the next rows are made, and a row enters the table when its file is whole. A run
that is stopped, by Ctrl-C or by `kill -9`, goes on with the same command where it was.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

from tqdm import tqdm

from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError
from ohlora.files import same_fingerprint
from ohlora.progress import describe_rate, progress_bar

_MADE_BY = {"weights": "generated faces", "sampling": "rendered portraits"}
"""Columns that only one kind of run fills, and what it makes; two kinds in one folder could not be told apart by eye."""

_THREADS = 2
_TOLERANCE = 1e-6  # the table keeps nine digits of a number

Cells: TypeAlias = Mapping[str, object]
Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class FinishedRow:
    """A row that a job has made.

    Attributes:
        name: The picture's name in the folder.
        cells: What the table gets.
        write: Writes the row's file; None where there is nothing to write.
    """

    name: str
    cells: Cells
    write: Callable[[], None] | None = None


@dataclass(frozen=True)
class Job:
    """What is done to a folder.

    Attributes:
        action: What the progress bar calls it.
        unit: One of what is made.
        names: All pictures that are wanted.
        is_done: Whether an earlier run finished one.
        work: Makes the rows of the given pictures, in any order, one by one.
        waiting: Rows whose files may wait in memory to be written.
    """

    action: str
    unit: str
    names: Sequence[str]
    is_done: Callable[[str], bool]
    work: Callable[[list[str]], Iterable[FinishedRow]]
    waiting: int = 16


@dataclass(frozen=True)
class RunSummary:
    """What a run did.

    Attributes:
        folder: The dataset folder.
        made: Pictures of this run.
        kept: Wanted pictures that were done already.
        seconds: Duration.
    """

    folder: Path
    made: int
    kept: int
    seconds: float

    def rate_line(self, units: str, already: str = "were there already") -> str:
        """How much was made and kept, and how fast."""
        kept = f"; {self.kept} {already}" if self.kept else ""
        return f"{describe_rate(self.made, self.seconds, units)}{kept}"


def run_job(dataset: FaceDataset, job: Job, *, progress: bool = True) -> RunSummary:
    """Do what is not done yet.

    Args:
        dataset: Open for writing.
        job: What to do.
        progress: Whether a bar with the rate and the time left is shown.

    Raises:
        DatasetError: A file cannot be written.
    """
    started = time.monotonic()
    todo = [name for name in job.names if not job.is_done(name)]
    kept = len(job.names) - len(todo)
    with (
        progress_bar(job.action, job.unit, len(job.names), kept, progress) as bar,
        _RowWriter(dataset, job.waiting, bar) as writer,
    ):
        for row in job.work(todo):
            writer.write(row)
    return RunSummary(dataset.folder, len(todo), kept, time.monotonic() - started)


def read_ahead(names: Sequence[str], size: int, read: Callable[[str], Loaded]) -> Iterator[list[tuple[str, Loaded]]]:
    """Read pictures in batches of `size`, each with its name, the next batch while the caller works on the last."""
    batches = [names[first : first + size] for first in range(0, len(names), size)]
    with ThreadPoolExecutor(_THREADS) as pool:
        ahead = [pool.submit(read, name) for name in batches[0]] if batches else []
        for number, batch in enumerate(batches):
            current, following = ahead, batches[number + 1] if number + 1 < len(batches) else []
            ahead = [pool.submit(read, name) for name in following]
            yield [(name, loaded.result()) for name, loaded in zip(batch, current, strict=True)]


def check_same_settings(dataset: FaceDataset, settings: Cells, *, mark: str, units: str) -> None:
    """Refuse to mix pictures of other settings into a folder, where nobody could tell them apart later.

    Args:
        dataset: The folder.
        settings: Columns that all rows of a run have in common, with their values.
        mark: A column that only rows of such runs fill; a user's own pictures may lie among them.
        units: What the rows are, for the message.

    Raises:
        DatasetError: A row has another setting, or is of another kind of run.
    """
    for row in dataset.rows.values():
        for other, made in _MADE_BY.items():
            if other != mark and row.get(other):
                raise DatasetError(f"{dataset.folder} holds {made}, and this run makes {units}; choose another --out")
        for column, value in settings.items() if row.get(mark) else ():
            cell = row.get(column, "")
            if not same_setting(cell, value):
                raise DatasetError(
                    f"{dataset.folder} holds {units} with {column} '{cell}', and this run has '{setting_cell(value)}'; "
                    "choose another folder with --out"
                )


def setting_cell(value: object) -> object:
    """A setting as the table holds it; named numbers become `mouth=0.9 pose=-0.4`."""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={number:.9g}" for name, number in value.items())
    return value


def same_setting(cell: str, value: object) -> bool:
    """Whether a cell holds a setting; numbers may differ by what the table rounds."""
    if isinstance(value, Mapping):
        parts = dict(part.partition("=")[::2] for part in cell.split())
        return parts.keys() == value.keys() and all(same_setting(parts[name], float(value[name])) for name in parts)
    if isinstance(value, float):
        try:
            return abs(float(cell) - value) < _TOLERANCE
        except ValueError:
            return False
    return same_fingerprint(cell, "" if value is None else str(value))


class _RowWriter:
    """Writes rows' files while the next rows are made, and enters each row when its file is whole."""

    def __init__(self, dataset: FaceDataset, waiting: int, bar: tqdm[Any]) -> None:
        self._dataset, self._most, self._bar = dataset, waiting, bar
        self._pool = ThreadPoolExecutor(_THREADS)
        self._waiting: deque[tuple[FinishedRow, Future[None] | None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also after Ctrl-C: what is made already is kept.
        try:
            while self._waiting:
                self._enter_oldest()
        finally:
            self._pool.shutdown()

    def write(self, row: FinishedRow) -> None:
        self._waiting.append((row, None if row.write is None else self._pool.submit(row.write)))
        while self._waiting and (_is_written(self._waiting[0][1]) or len(self._waiting) >= self._most):
            self._enter_oldest()

    def _enter_oldest(self) -> None:
        row, written = self._waiting.popleft()
        try:
            if written is not None:
                written.result()
        except OSError as error:
            raise DatasetError(f"cannot write {self._dataset.path(row.name)}: {error}") from error
        self._dataset.update(row.name, row.cells)
        self._bar.update()


def _is_written(written: Future[None] | None) -> bool:
    return written is None or written.done()

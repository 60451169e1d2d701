"""The dataset folder: images beside one table that says what is known of them.

    faces/
        metadata.csv            one row per image, `file_name` first; opens in a spreadsheet
        seed00000000.png ...    or any other images, in subfolders too
        normalization.json      raw score <-> attribute, after `ohlora label`
        filter.json             what was chosen from where, when `ohlora filter` made the folder
        latents.npz             z and w, when `ohlora synthesize --keep-latents` made them
    faces.labels/               label maps and overlays, when asked for; beside the images and not among them, so that
                                Hugging Face `datasets` finds only faces in `load_dataset("imagefolder", data_dir="faces")`

While a command writes, finished rows go to a hidden journal, one line each, and every few seconds into the table, which is
only ever replaced as a whole: a killed run loses no finished row, and nobody ever reads half a table.
"""

import json
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ohlora.datasets.table import FILE_NAME, Row, format_table, read_table, table_cell
from ohlora.errors import BusyDatasetError, DatasetError
from ohlora.files import remove_unfinished, write_text

TABLE_NAME = "metadata.csv"
NORMALIZATION_NAME = "normalization.json"
LATENTS_NAME = "latents.npz"
FILTER_NAME = "filter.json"
IMAGE_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "dib", "gif", "tif", "tiff", "tga"),
        *("avif", "heic", "heif", "jp2", "j2k", "ppm", "pgm", "pbm", "pnm"),
    )
)
"""How the names of pictures end. What this machine's Pillow cannot read, such as HEIC, is named as unreadable rather than
passed over."""

_OTHER_TABLES = ("metadata.jsonl", "metadata.parquet", "*/metadata.jsonl", "*/metadata.parquet")
_JOURNAL_NAME = ".metadata.journal.jsonl"
_SECONDS_BETWEEN_SAVES = 20.0


class FaceDataset:
    """A folder of images and its table.

    Reading needs no lock. Changing it does: `with dataset.writing(): dataset.update(...)`.

    Attributes:
        folder: Where the images and the table lie.
        columns: Names of the table's columns, `file_name` first.
        rows: Per image, by its name relative to the folder with `/`, the row's cells as text; absent cells are empty.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise DatasetError(f"expected a folder of images, found none at {self.folder}")
        self.columns: list[str] = [FILE_NAME]
        self.rows: dict[str, Row] = {}
        self._journal: IO[str] | None = None
        self._saved_at = 0.0
        self.reload()

    @classmethod
    def create(cls, folder: str | Path) -> "FaceDataset":
        """Open the folder, and make it when it is not there.

        Raises:
            DatasetError: When a folder cannot be made at that place.
        """
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatasetError(f"expected a place for a folder, cannot make {folder}: {error.strerror}") from error
        return cls(folder)

    @property
    def labels_folder(self) -> Path:
        """Where label maps and overlays go: `faces.labels` beside `faces`."""
        folder = self.folder.resolve()
        return folder.with_name(f"{folder.name}.labels")

    def path(self, file_name: str) -> Path:
        """Where the image of a row lies.

        Raises:
            DatasetError: When the name leaves the folder, which no row of an honest table does.
        """
        if not _is_inside(file_name):
            raise DatasetError(f"expected file names inside {self.folder}, found '{file_name}' in {TABLE_NAME}")
        return self.folder / file_name

    def image_files(self) -> list[str]:
        """List the images on the disk, ordered by their paths, subfolders included, hidden ones left out.

        Names that are not UTF-8, as from an archive packed on another system, cannot stand in a table: they are left out, which
        one line on stderr says.
        """
        found = (
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if path.suffix.lower() in IMAGE_SUFFIXES and not path.is_dir()
        )
        names = sorted(
            path.as_posix() for path in found if not any(part.startswith((".", "__")) for part in path.parts)
        )
        kept = [name for name in names if _is_text(name)]
        if len(kept) < len(names):
            _warn_of_names(self.folder, ", ".join(ascii(name) for name in names if not _is_text(name)))
        return kept

    def faces(self) -> list[str]:
        """All images that are on the disk, those of the table first.

        Raises:
            DatasetError: There are none.
        """
        absent = set(self.absent())
        names = [name for name in dict.fromkeys([*self.rows, *self.image_files()]) if name not in absent]
        if not names:
            gone = f", and {len(absent)} in its table are gone" if absent else ""
            raise DatasetError(f"expected images in {self.folder}, found none{gone}; ohlora synthesize makes some")
        return names

    def absent(self) -> list[str]:
        """Images of the table that are not on the disk, because somebody took them away; not names that lead out of the folder."""
        return [name for name in self.rows if _is_inside(name) and not self.path(name).is_file()]

    def text(self, column: str) -> list[str]:
        """The cells of a column in the order of the rows; empty where a row has none."""
        return [row.get(column, "") for row in self.rows.values()]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """The cells of a column `(rows,)` as float64; NaN where a row has none.

        Raises:
            DatasetError: When a cell is not a number.
        """
        try:
            return np.array([float(cell) if cell.strip() else math.nan for cell in self.text(column)], np.float64)
        except ValueError as error:
            raise DatasetError(
                f"expected numbers in column '{column}' of {self.folder / TABLE_NAME}: {error}"
            ) from error

    def reload(self) -> None:
        """Read the table again, with what a killed run left in the journal.

        Raises:
            DatasetError: When either is not what this module writes or a spreadsheet may have made of it.
        """
        self.columns, self.rows = [FILE_NAME], {}
        table = self.folder / TABLE_NAME
        if table.exists():
            self.columns, self.rows = read_table(table)
        for file_name, cells in _read_journal(self.folder / _JOURNAL_NAME):
            self._merge(file_name, cells)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the folder for changes: nobody else may write, and the table is whole again when the block ends.

        Raises:
            DatasetError: When another process is writing to the folder, the folder is not writable, or it has a table of another
                kind already: Hugging Face opens no folder with two.
        """
        with _locked(self.folder):
            _check_other_tables(self.folder)
            remove_unfinished(self.folder)
            self.reload()
            with _open_journal(self.folder) as self._journal:
                self.save()
                try:
                    yield
                finally:
                    self.save()
                    self._journal = None
            (self.folder / _JOURNAL_NAME).unlink(missing_ok=True)

    def update(self, file_name: str, cells: Mapping[str, object]) -> None:
        """Set cells of one row; when this returns, they outlive a killed process.

        Args:
            file_name: The image, relative to the folder; a row is added when it has none.
            cells: Column -> value. Numbers are written with 9 digits; None and NaN leave the cell empty.
        """
        assert self._journal is not None, "update() outside of writing()"
        text = {column: table_cell(value) for column, value in cells.items()}
        self._merge(file_name, text)
        self._journal.write(json.dumps([file_name, text], ensure_ascii=False) + "\n")
        self._journal.flush()
        if time.monotonic() - self._saved_at > _SECONDS_BETWEEN_SAVES:
            self.save()

    def set_column(self, column: str, values: Mapping[str, object]) -> None:
        """Set one column for many rows by their file names; it is on the disk after the next `save`."""
        for file_name, value in values.items():
            self._merge(file_name, {column: table_cell(value)})

    def save(self) -> None:
        """Write the table as a whole and empty the journal, in this order, so that a row is always in one of them."""
        assert self._journal is not None, "save() outside of writing()"
        write_text(self.folder / TABLE_NAME, format_table(self.columns, self.rows), durable=True)
        self._journal.truncate(0)
        self._saved_at = time.monotonic()

    def _merge(self, file_name: str, cells: Mapping[str, str]) -> None:
        self.columns.extend(column for column in cells if column not in self.columns)
        # In one assignment: Ctrl-C between two would leave a row of empty cells, which counts as finished.
        self.rows[file_name] = {FILE_NAME: file_name, **self.rows.get(file_name, {}), **cells}


def _is_text(name: str) -> bool:
    """Whether a file's name is UTF-8; Python keeps other bytes as surrogates, which no table takes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


@cache
def _warn_of_names(folder: Path, names: str) -> None:
    """Says once in a process which images are left out; without set-up, logging writes it to stderr as one line."""
    logging.getLogger(__name__).warning(
        "left out of %s, since their names are not UTF-8: %s; rename them", folder, names
    )


def _check_other_tables(folder: Path) -> None:
    others = [path for pattern in _OTHER_TABLES for path in folder.glob(pattern)]
    if others:
        raise DatasetError(
            f"expected {TABLE_NAME} as the only table of {folder}, found {others[0]}, beside which Hugging Face would not open it; "
            f"write it as {folder / TABLE_NAME}, with a column file_name, or move it elsewhere"
        )


def _is_inside(file_name: str) -> bool:
    name = PurePosixPath(file_name)
    return not name.is_absolute() and ".." not in name.parts


def _read_journal(path: Path) -> Iterator[tuple[str, Row]]:
    if not path.exists():
        return
    whole_lines = path.read_bytes().split(b"\n")[:-1]  # what follows the last line end was cut off by a kill
    for number, line in enumerate(whole_lines, start=1):
        try:
            file_name, cells = json.loads(line)
        except ValueError as error:
            raise DatasetError(
                f"line {number} of {path} is damaged; remove the file to go on without those rows"
            ) from error
        yield file_name, cells


def _open_journal(folder: Path) -> IO[str]:
    try:
        return (folder / _JOURNAL_NAME).open("a", encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"expected a folder to write to, cannot write in {folder}: {error.strerror}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = _take_lock(folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _take_lock(folder: Path) -> int | None:
    """Take a lock on the folder that ends with the process; None where the system or the disk has no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise BusyDatasetError(
            f"another ohlora command is writing to {folder}; wait for it or stop it, then go on"
        ) from error
    except OSError:
        os.close(handle)
        return None
    return handle

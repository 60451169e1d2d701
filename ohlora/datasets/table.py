"""Tables of faces as CSV: a row per image, which its `file_name` names, and cells of text.

They are read as leniently as spreadsheets and people write them, and written so that a reader can guess a column's type and
that a spreadsheet computes nothing: a cell that would be a formula (`=cmd`) is written with an apostrophe before it, and a
file's name with `./`, which leads to the same file. Reading takes both off again.
"""

import csv
import io
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ohlora.errors import DatasetError

FILE_NAME = "file_name"
# How cells begin that spreadsheets compute (OWASP, "CSV injection"), escaped or not.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")

Row: TypeAlias = dict[str, str]


def read_table(path: Path) -> tuple[list[str], dict[str, Row]]:
    """Read a table that this module, a spreadsheet or a person wrote.

    A byte-order mark, blank lines, other line ends, another order of columns and rows that end early are accepted.

    Returns:
        The columns with `file_name` first, and the rows by file name.

    Raises:
        DatasetError: When there is no `file_name` column, a row has more cells than the header, or a name comes twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"expected a table in UTF-8, cannot read {path}: {error}") from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    header = [_unescaped(name.strip()) for name in lines[0]] if lines else [FILE_NAME]
    if FILE_NAME not in header or len(set(header)) < len(header):
        raise DatasetError(f"expected a column file_name and no name twice in {path}, found: {', '.join(header)}")
    rows: dict[str, Row] = {}
    renamed: set[str] = set()
    for line in lines[1:]:
        row = dict(zip(header, map(_unescaped, line), strict=False))
        given = row.get(FILE_NAME, "").removeprefix("./")
        name = _with_slashes(given, path.parent).removeprefix("./")
        if name != given:
            renamed.add(name)
        if name in renamed:  # earlier versions added a second row under the right name: both are of one image
            row = {**rows.pop(name, {}), **{column: cell for column, cell in row.items() if cell}, FILE_NAME: name}
        if len(line) > len(header) or not name or name in rows:
            problem = (
                f"{len(line)} cells" if len(line) > len(header) else f"'{name}' " + ("twice" if name else "as a name")
            )
            raise DatasetError(
                f"expected rows of {len(header)} cells, each with its own file_name, in {path}; found {problem}"
            )
        rows[name] = {**row, FILE_NAME: name}
    return [FILE_NAME, *(name for name in header if name != FILE_NAME)], rows


def _with_slashes(name: str, folder: Path) -> str:
    r"""A name as every system writes it: `images\a.png` of Windows is `images/a.png`, unless a file is called that."""
    return name.replace("\\", "/") if "\\" in name and not (folder / name).exists() else name


def format_table(columns: list[str], rows: Mapping[str, Row]) -> str:
    """Write columns and rows as CSV text with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_escaped(column) for column in columns])
    writer.writerows([_written(column, row.get(column, "")) for column in columns] for row in rows.values())
    return text.getvalue()


def _written(column: str, cell: str) -> str:
    """A cell as it stands in the file."""
    if column == FILE_NAME:
        return f"./{cell}" if _FORMULA.match(cell) else cell
    return _escaped(cell)


def _escaped(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _is_number(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if _ESCAPED.match(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def table_cell(value: object) -> str:
    """Write a value as a cell: numbers with nine digits, None and NaN as nothing."""
    if value is None:
        return ""
    if isinstance(value, float | np.floating):
        text = "" if math.isnan(value) else f"{float(value):.9g}"
        # Readers guess a column's type from its cells: 1 would be a whole number where its neighbours are not.
        return f"{text}.0" if text.lstrip("-").isdecimal() else text
    return str(value)

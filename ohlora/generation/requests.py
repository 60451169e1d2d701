"""Requests: which faces a folder shall have, each a seed and where its sliders shall stand.

Typed values of sliders go in, or a table; requests come out. A slider may be given one value for all faces, a list, of which
each face gets every value, or a range, in which each face gets a value at random. Random values follow from the seed, the
slider's name and the number of the variation alone, so that the same command asks for the same faces, whatever else is drawn.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohlora.datasets.table import FILE_NAME
from ohlora.errors import DatasetError, SettingsError
from ohlora.generation.seeds import check_seed
from ohlora.sliders.slider import Slider, checked_values

MOST_REQUESTS = 10_000_000  # keeps mistyped lists from filling the memory

_COLUMN = "slider_"
_TOLERANCE = 1e-6  # a table keeps nine digits of a number


@dataclass(frozen=True)
class FaceRequest:
    """One face.

    Attributes:
        seed: Whose.
        sliders: Values by slider; one that is not named stays where the face has it.
    """

    seed: int
    sliders: Mapping[str, float] = field(default_factory=dict)

    def is_of(self, sliders: Mapping[str, float]) -> bool:
        """Whether a face with these sliders is the same, but for the digits that a table does not keep."""
        same = self.sliders.keys() == sliders.keys()
        return same and all(abs(sliders[name] - value) < _TOLERANCE for name, value in self.sliders.items())

    def cells(self) -> dict[str, object]:
        """What the table of a folder says of its sliders, a column each."""
        return {f"{_COLUMN}{name}": value for name, value in self.sliders.items()}


@dataclass(frozen=True)
class SliderValues:
    """What was typed for a slider.

    Attributes:
        values: Each face gets every one of them.
        low: Of a range, its lower end, where `values` is empty.
        high: Its upper end.
    """

    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def is_random(self) -> bool:
        """Whether it is a range."""
        return not self.values

    def of(self, name: str, seed: int, variation: int) -> tuple[float, ...]:
        """The values that a face gets; of a range one, which is the same for the same name, seed and variation."""
        if not self.is_random:
            return self.values
        # The Mersenne Twister, as for latents: its numbers stay the same in every version of numpy.
        share = np.random.RandomState([seed, variation, *name.encode()]).random_sample()
        # Six digits are more than pictures tell apart, and people can type them.
        return (round(float(self.low + (self.high - self.low) * share), 6),)


def parse_slider(name: str, text: str) -> SliderValues:
    """Read a value `0.9`, a list `0,0.5,1`, or a range `0:1`.

    Raises:
        SettingsError: The text is none of these.
    """
    first, colon, last = text.partition(":")
    try:
        if not colon:
            return SliderValues(tuple(dict.fromkeys(_number(part) for part in text.split(","))))
        low, high = _number(first), _number(last)
    except ValueError:
        raise SettingsError(
            f"expected for {name} a value such as 0.9, a list such as 0,0.5,1 or a range such as 0:1, got '{text}'"
        ) from None
    if low >= high:
        raise SettingsError(f"expected for {name} a range from a lower to a higher value, got '{text}'")
    return SliderValues(low=low, high=high)


def random_sliders(known: Mapping[str, Slider]) -> dict[str, SliderValues]:
    """Every slider of a model, anywhere in its range."""
    return {name: SliderValues(low=slider.low, high=slider.high) for name, slider in known.items()}


def single_values(typed: Mapping[str, SliderValues]) -> dict[str, float]:
    """The values of sliders that were given one each.

    Raises:
        SettingsError: One was given a list or a range.
    """
    for name, values in typed.items():
        if len(values.values) != 1:
            raise SettingsError(f"expected one value for {name}, which is the same in all pictures of a sweep")
    return {name: values.values[0] for name, values in typed.items()}


def build_requests(
    seeds: Sequence[int], sliders: Mapping[str, SliderValues], variations: int = 1
) -> tuple[FaceRequest, ...]:
    """Ask for faces.

    Args:
        seeds: Whose.
        sliders: What each slider gets; every value of one list goes with every value of the others.
        variations: How many faces of each seed, with other random values each.

    Raises:
        SettingsError: Several variations would be the same face, or there are more faces than anybody wants.
    """
    if variations > 1 and not any(values.is_random for values in sliders.values()):
        raise SettingsError("variations differ by random sliders, and none is random; add a range such as --mouth 0:1")
    count = len(seeds) * variations * math.prod(max(len(values.values), 1) for values in sliders.values())
    if count > MOST_REQUESTS:
        raise SettingsError(f"expected at most {MOST_REQUESTS:,} faces at once, got {count:,}; ask for fewer")
    requests = []
    for seed, variation in product(seeds, range(variations)):
        columns = [values.of(name, seed, variation) for name, values in sliders.items()]
        requests += [FaceRequest(seed, dict(zip(sliders, values, strict=True))) for values in product(*columns)]
    return tuple(requests)


def check_columns(known: Mapping[str, Slider], columns: Mapping[str, NDArray[np.float64]]) -> None:
    """Refuse sliders and values that a model does not have; NaN is none.

    Raises:
        SettingsError: There is one; the message lists the sliders.
    """
    for name, column in columns.items():
        checked_values(known, name, column[~np.isnan(column)])


def read_requests(path: Path) -> tuple[FaceRequest, ...]:
    """Read a CSV with a column `seed` and a column per slider; a row is a face, an empty cell leaves the slider where it is.

    Raises:
        DatasetError: The file cannot be read, or a row is none; the message names its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DatasetError(f"expected a table in UTF-8, cannot read {path}: {reason}") from error
    header = [name.strip().removeprefix(_COLUMN).replace("-", "_") for name in lines[0][1]] if lines else []
    if "seed" not in header or len(set(header)) < len(header) or len(lines) < 2:
        raise DatasetError(
            f"expected in {path} a header with the column seed, a column per slider and no name twice, and a row per face; "
            f"found {max(len(lines) - 1, 0)} rows under: {', '.join(header) or 'nothing'}"
        )
    return tuple(_read_row(path, number, header, line) for number, line in lines[1:])


def columns_of(requests: Sequence[FaceRequest]) -> dict[str, NDArray[np.float64]]:
    """Slider name to `(N,)` values of N requests, NaN where one leaves it, as `FaceDrawer.draw` takes them."""
    names = dict.fromkeys(name for request in requests for name in request.sliders)
    return {name: np.array([request.sliders.get(name, math.nan) for request in requests], np.float64) for name in names}


def requests_of(seeds: Sequence[int], columns: Mapping[str, NDArray[np.float64]]) -> tuple[FaceRequest, ...]:
    """The requests of N seeds and of columns as `columns_of` makes them."""
    rows = ({name: float(column[row]) for name, column in columns.items()} for row in range(len(seeds)))
    return tuple(
        FaceRequest(seed, {name: value for name, value in row.items() if not math.isnan(value)})
        for seed, row in zip(seeds, rows, strict=True)
    )


def requested_sliders(row: Mapping[str, str]) -> dict[str, float]:
    """Where the sliders of a face were set, by its row in a folder's table.

    Raises:
        DatasetError: A cell is no number.
    """
    cells = {column.removeprefix(_COLUMN): cell for column, cell in row.items() if column.startswith(_COLUMN) and cell}
    # Folders of earlier versions have all of them in one column, such as `mouth=0.9 pose=-0.4`.
    cells.update(part.partition("=")[::2] for part in row.get("sliders", "").split())
    try:
        return {name: float(cell) for name, cell in cells.items()}
    except ValueError:
        raise DatasetError(f"expected numbers as sliders of {row.get(FILE_NAME)} in the table, found {cells}") from None


def _read_row(path: Path, number: int, header: Sequence[str], line: Sequence[str]) -> FaceRequest:
    cells = {name: cell.strip() for name, cell in zip(header, line, strict=False) if cell.strip()}
    try:
        if any(line[len(header) :]):
            raise ValueError(f"{len(line)} cells under {len(header)} names")
        seed = check_seed(int(cells.pop("seed", "")))
        return FaceRequest(seed, {name: _number(cell) for name, cell in cells.items()})
    except ValueError as error:
        raise DatasetError(f"line {number} of {path}: expected a seed and numbers or nothing, got {line}") from error


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number

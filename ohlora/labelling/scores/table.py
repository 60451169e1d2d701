"""Scores with the reasons for those that are missing: of one attribute (a measurement) and of all (a table)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """The scores of one attribute over a batch.

    Attributes:
        values: (B,) float64, NaN where the score is missing.
        reasons: why a score is missing, by row; exactly the rows that are NaN.
    """

    values: Floats
    reasons: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Floats, *rules: tuple[npt.NDArray[np.bool_], str]) -> Self:
        """Scores whose rows are missing where a rule (mask (B,), reason) says so; the first rule that fits gives the reason."""
        result = np.array(values, dtype=np.float64)
        reasons: dict[int, str] = {}
        for mask, reason in rules:
            result[mask] = np.nan
            for row in np.flatnonzero(mask).tolist():
                reasons.setdefault(row, reason)
        assert set(np.flatnonzero(~np.isfinite(result)).tolist()) == set(reasons), "a missing score needs a reason"
        return cls(result, reasons)


@dataclass(frozen=True)
class ScoreTable:
    """The scores of a batch, by attribute.

    Attributes:
        values: attribute name to (B,) float64, NaN where the score is missing.
        reasons: for each row, attribute name to the reason why its score is missing.
        version: the version of the scores.

    Raises:
        OhloraError: columns of different lengths.
    """

    values: dict[str, Floats]
    reasons: list[dict[str, str]]
    version: str

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.values.items()}
        if set(lengths.values()) - {len(self.reasons)}:
            raise OhloraError(f"expected {len(self.reasons)} scores per attribute, got {lengths}")

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def names(self) -> tuple[str, ...]:
        """Attribute names in the order of the columns."""
        return tuple(self.values)

    def row(self, index: int) -> dict[str, float]:
        """The scores of one image, NaN where missing."""
        return {name: float(column[index]) for name, column in self.values.items()}

    @classmethod
    def from_measurements(cls, measurements: Mapping[str, Measurement], size: int, version: str) -> Self:
        """A table of `size` rows out of one measurement per attribute."""
        reasons: list[dict[str, str]] = [{} for _ in range(size)]
        for name, measurement in measurements.items():
            for row, reason in measurement.reasons.items():
                reasons[row][name] = reason
        return cls({name: measurement.values for name, measurement in measurements.items()}, reasons, version)

    @classmethod
    def concatenate(cls, tables: Iterable[ScoreTable]) -> Self:
        """One table out of several of the same version and attributes, which must be at least one."""
        parts = list(tables)
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        return cls(values, [reasons for part in parts for reasons in part.reasons], parts[0].version)

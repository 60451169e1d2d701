"""Normalisation: raw scores to attributes in their declared ranges, and back.

    normalizer = Normalizer.fit(table.values)
    attributes = normalizer.apply(table.values)
    normalizer.save("normalization.json")

The bounds are saved with the labels, so that any later image is normalised the same way and a slider's value can be read
back as a raw score.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.files import write_bytes
from ohlora.labelling.attributes import ATTRIBUTES, AttributeRange

Floats = npt.NDArray[np.float64]

BOUNDS = ("minmax", "quantile")
FORMAT = "ohlora normalization 1"
CONSTANT = 1e-12
"""Bounds closer than this, relative to their size, differ by rounding alone."""


@dataclass(frozen=True)
class Column:
    """How one attribute is normalised.

    Attributes:
        range: The attribute's range.
        minimum: Raw score that becomes the range's `low`; None where no score was present.
        maximum: Raw score that becomes the range's `high`; None where no score was present.
        count: Number of scores that the bounds were fitted to.

    Raises:
        OhloraError: The bounds are not finite or in the wrong order.
    """

    range: AttributeRange
    minimum: float | None
    maximum: float | None
    count: int

    def __post_init__(self) -> None:
        numbers = [x for x in (self.minimum, self.maximum) if x is not None]
        if not all(math.isfinite(x) for x in numbers):
            raise OhloraError(f"bounds of an attribute must be finite, got {numbers}")
        if (self.minimum is None) != (self.maximum is None):
            raise OhloraError("bounds need both a minimum and a maximum, or neither")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise OhloraError(f"bounds need minimum <= maximum, got {self.minimum:g} and {self.maximum:g}")

    @property
    def constant(self) -> bool:
        """Whether the bounds coincide, so that a score says nothing about the attribute."""
        if self.minimum is None or self.maximum is None:
            return False
        return self.maximum - self.minimum <= CONSTANT * max(abs(self.minimum), abs(self.maximum))

    def apply(self, scores: Floats, clip: bool) -> Floats:
        """Attribute values of raw scores; NaN stays NaN."""
        if self.minimum is None or self.maximum is None:
            return np.full(scores.shape, np.nan)
        if self.constant:
            return np.where(np.isnan(scores), np.nan, self.range.middle)
        share = (scores - self.minimum) / (self.maximum - self.minimum)
        values = self.range.low + share * self.range.span
        return np.clip(values, self.range.low, self.range.high) if clip else values

    def invert(self, values: Floats) -> Floats:
        """Raw scores of attribute values; NaN stays NaN."""
        if self.minimum is None or self.maximum is None:
            return np.full(values.shape, np.nan)
        share = (values - self.range.low) / self.range.span
        if self.constant:
            share = np.where(np.isnan(share), np.nan, 0.5)
        return self.minimum + share * (self.maximum - self.minimum)

    def to_dict(self) -> dict[str, float | None]:
        """The column as JSON holds it, in one level."""
        bounds = {"minimum": self.minimum, "maximum": self.maximum, "count": self.count}
        return {"low": self.range.low, "high": self.range.high, **bounds}

    @classmethod
    def from_dict(cls, name: str, entry: Mapping[str, Any]) -> Self:
        """The column of an attribute as `to_dict` gives it."""
        bounds = dict(entry)
        return cls(AttributeRange(name, bounds.pop("low"), bounds.pop("high")), **bounds)


@dataclass(frozen=True)
class Normalizer:
    """Fitted bounds of a set of attributes.

    A column whose bounds coincide carries no information: each of its scores becomes the middle of the range, and every
    value of it is read back as the constant score. A column without any score stays NaN both ways.

    Attributes:
        columns: the bounds by attribute name.
        bounds: how they were found: `minmax` or `quantile`.
        quantiles: the lower and upper quantile; (0, 1) for `minmax`.
    """

    columns: Mapping[str, Column]
    bounds: str
    quantiles: tuple[float, float]

    @classmethod
    def fit(
        cls,
        values: Mapping[str, npt.ArrayLike],
        bounds: str = "minmax",
        quantiles: tuple[float, float] = (0.01, 0.99),
        attributes: Mapping[str, AttributeRange] = ATTRIBUTES,
    ) -> Self:
        """Find the bounds of every column; those of probabilities are always 0 and 1.

        Args:
            values: attribute name to raw scores (N,), NaN where missing.
            bounds: `minmax` for the smallest and the largest score; `quantile` for bounds that outliers don't move.
            quantiles: the lower and the upper quantile in 0..1, for `quantile`.
            attributes: the registry that declares the ranges.

        Raises:
            OhloraError: an attribute is unknown, a score is infinite, or a setting is out of its range.
        """
        if bounds not in BOUNDS:
            raise OhloraError(f"unknown bounds {bounds!r}; choose one of {', '.join(BOUNDS)}")
        if bounds == "minmax":
            quantiles = (0.0, 1.0)
        if len(quantiles) != 2 or not 0.0 <= quantiles[0] < quantiles[1] <= 1.0:
            raise OhloraError(f"expected two quantiles 0 <= lower < upper <= 1, got {quantiles}")
        columns = {}
        for name, scores in values.items():
            if name not in attributes:
                raise OhloraError(f"unknown attribute {name!r}; known are: {', '.join(attributes)}")
            columns[name] = _fit_column(attributes[name], _checked(name, scores), quantiles)
        return cls(columns, bounds, (float(quantiles[0]), float(quantiles[1])))

    def apply(self, values: Mapping[str, npt.ArrayLike], clip: bool = True) -> dict[str, Floats]:
        """Attributes of raw scores.

        Args:
            values: attribute name to raw scores (N,), NaN where missing; any of the fitted attributes.
            clip: keep scores beyond the bounds at the ends of the range; False lets them leave it, so that `invert`
                gives back exactly what came in.

        Returns:
            Attribute name to values (N,) in the attribute's range; NaN stays NaN.

        Raises:
            OhloraError: an attribute was not fitted, or a score is infinite.
        """
        return {name: self._column(name).apply(_checked(name, scores), clip) for name, scores in values.items()}

    def with_whole_probabilities(self, attributes: Mapping[str, AttributeRange] = ATTRIBUTES) -> Self:
        """The same bounds, but 0 and 1 for probabilities, which older versions stretched to a folder's own ends."""
        columns = dict(self.columns)
        for name, column in self.columns.items():
            if name in attributes and attributes[name].probability and column.minimum is not None:
                columns[name] = replace(column, minimum=0.0, maximum=1.0)
        return replace(self, columns=columns)

    def invert(self, values: Mapping[str, npt.ArrayLike]) -> dict[str, Floats]:
        """Raw scores (N,) of attribute values (N,); NaN stays NaN.

        Raises:
            OhloraError: an attribute was not fitted, or a value is infinite.
        """
        return {name: self._column(name).invert(_checked(name, column)) for name, column in values.items()}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the bounds as JSON; an existing file is replaced at once or stays as it was."""
        content = {
            "format": FORMAT,
            "bounds": self.bounds,
            "quantiles": list(self.quantiles),
            "attributes": {name: column.to_dict() for name, column in self.columns.items()},
        }
        write_bytes(Path(path), (json.dumps(content, indent=2, allow_nan=False) + "\n").encode())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises:
            OhloraError: the file is missing or is no normalisation of this project.
        """
        source = Path(path)
        try:
            content = json.loads(source.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise OhloraError(f"no normalisation at {source}; label a folder first, `ohlora label` writes it") from None
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise OhloraError(f"cannot read the normalisation {source} ({error}); label the folder again") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise OhloraError(f"expected a file of the format {FORMAT!r}, got something else in {source}")
        try:
            return cls._from_content(content)
        except (KeyError, TypeError, ValueError) as error:
            raise OhloraError(f"the normalisation {source} is damaged ({error}); label the folder again") from error

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        columns = {name: Column.from_dict(name, entry) for name, entry in content["attributes"].items()}
        low, high = content["quantiles"]
        return cls(columns, str(content["bounds"]), (float(low), float(high)))

    def _column(self, name: str) -> Column:
        if name not in self.columns:
            raise OhloraError(f"attribute {name!r} was not fitted; fitted are: {', '.join(self.columns) or 'none'}")
        return self.columns[name]


def _checked(name: str, values: npt.ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise OhloraError(f"expected one row of numbers (N,) for {name!r}, got shape {array.shape}")
    if np.isinf(array).any():
        raise OhloraError(f"expected finite numbers or NaN for {name!r}, got an infinite one")
    return array


def _fit_column(attribute: AttributeRange, scores: Floats, quantiles: tuple[float, float]) -> Column:
    # Without its words, which the file does not hold, so that what is read back equals what was fitted.
    bare = AttributeRange(attribute.name, attribute.low, attribute.high)
    present = scores[~np.isnan(scores)]
    if not len(present):
        return Column(bare, None, None, 0)
    if attribute.probability:
        # Stretched to its own ends, a folder of men would become men and women.
        return Column(bare, 0.0, 1.0, len(present))
    minimum, maximum = np.quantile(present, quantiles)
    return Column(bare, float(minimum), float(maximum), len(present))

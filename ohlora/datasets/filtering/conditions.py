"""Evaluation of conditions: from an expression and a dataset's table to the rows where it is true.

Missing values follow Kleene's strong three-valued logic: a comparison with an empty cell is neither true nor false but
unknown, and so is its negation. A face is therefore chosen only for what is known of it, which `not` over a two-valued
logic would break.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.filtering.expression import (
    All,
    Any,
    Comparison,
    Expression,
    Missing,
    Not,
    leaves,
    parse_expression,
)
from ohlora.datasets.filtering.tokens import ExpressionError, Token
from ohlora.errors import DatasetError
from ohlora.files import command_text
from ohlora.progress import counted, listed

_OPERATORS: dict[str, Callable[..., NDArray[np.bool_]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Truth:
    """A condition's truth per row: `true` and `known`, both `(N,)`; where it is unknown, `true` is False."""

    true: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def false(self) -> NDArray[np.bool_]:
        """Rows where it is known to be false."""
        return self.known & ~self.true


@dataclass(frozen=True)
class Count:
    """Numbers of rows for which a condition is true, false and unknown."""

    condition: str
    true: int
    false: int
    unknown: int

    def line(self) -> str:
        """The counts for people."""
        unknown = f", {self.unknown} unknown" if self.unknown else ""
        return f"{self.condition}: {self.true} yes, {self.false} no{unknown}"


@dataclass(frozen=True)
class Selection:
    """What a condition chose.

    Attributes:
        where: The condition.
        names: The chosen images in the table's order.
        counts: Every simple condition's counts.
        total: Number of all faces.
        absent: Images that fulfil the condition and are not on the disk.
    """

    where: str
    names: tuple[str, ...]
    counts: tuple[Count, ...]
    total: int
    absent: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The counts for people, a line each."""
        lines = [count.line() for count in self.counts]
        if self.absent:
            lines.append(
                f"skipped: {counted(len(self.absent), 'images')} not on the disk any more: {listed(self.absent)}"
            )
        return [*lines, f"chosen: {len(self.names)} of {self.total} faces"]

    def on_disk(self, dataset: FaceDataset) -> Selection:
        """The selection without images that somebody took away."""
        gone = set(dataset.absent())
        absent = tuple(name for name in self.names if name in gone)
        kept = tuple(name for name in self.names if name not in gone)
        return replace(self, names=kept, absent=(*self.absent, *absent))


def select(dataset: FaceDataset, where: str) -> Selection:
    """Find the rows of a dataset that fulfil a condition.

    Args:
        dataset: Its table is read, no image.
        where: The condition, in the grammar of `ohlora.datasets.filtering.expression`.

    Raises:
        ExpressionError: When the condition cannot be understood or does not fit the table's columns.
        DatasetError: When the folder has no images, or nothing is known of them.
    """
    expression = parse_expression(where)
    _check_rows(dataset)
    table = _Table(dataset, where)
    counts = {leaf.text: _count(leaf.text, table.truth(leaf)) for leaf in leaves(expression)}
    whole = table.truth(expression)
    names = np.array(list(dataset.rows), dtype=object)[whole.true]
    return Selection(where, tuple(names.tolist()), tuple(counts.values()), len(dataset.rows))


def _check_rows(dataset: FaceDataset) -> None:
    if not dataset.rows:
        count = counted(len(dataset.faces()), "images")
        command = command_text("ohlora", "label", dataset.folder)
        raise DatasetError(f"{dataset.folder} has {count} and no table to choose by; run: {command}")


def _count(text: str, truth: Truth) -> Count:
    return Count(text, int(truth.true.sum()), int(truth.false.sum()), int((~truth.known).sum()))


Values: TypeAlias = NDArray[np.float64] | NDArray[np.object_]


@dataclass(frozen=True)
class _Operand:
    """One side of a comparison: values `(N,)` or `(1,)` as float64 or text, which are present, and their token."""

    values: Values
    present: NDArray[np.bool_]
    token: Token

    @property
    def numeric(self) -> bool:
        return self.values.dtype != object

    @property
    def empty(self) -> bool:
        return not self.present.any()


class _Table:
    def __init__(self, dataset: FaceDataset, where: str) -> None:
        self._dataset = dataset
        self._where = where

    def truth(self, expression: Expression) -> Truth:
        match expression:
            case Comparison():
                return self._chain(expression)
            case Missing(column):
                present = self._operand(column).present
                return Truth(~present, np.ones_like(present))
            case Not(part):
                inner = self.truth(part)
                return Truth(inner.false, inner.known)
            case All(parts):
                return _conjunction([self.truth(part) for part in parts])
            case Any(parts):
                # De Morgan: any of them is true unless all are false.
                opposites = [self.truth(Not(part)) for part in parts]
                none = _conjunction(opposites)
                return Truth(none.false, none.known)

    def _chain(self, comparison: Comparison) -> Truth:
        operands = [self._operand(token) for token in comparison.operands]
        links = zip(operands, comparison.operators, operands[1:], strict=False)
        return _conjunction([self._link(left, sign, right) for left, sign, right in links])

    def _link(self, left: _Operand, sign: str, right: _Operand) -> Truth:
        self._check(left, sign, right)
        known = np.broadcast_to(left.present & right.present, (len(self._dataset.rows),))
        if left.numeric != right.numeric:  # one side is an empty column: there is nothing to compare
            return Truth(np.zeros_like(known), known)
        fulfilled = np.broadcast_to(_OPERATORS[sign](left.values, right.values), known.shape).astype(bool)
        return Truth(fulfilled & known, known)

    def _check(self, left: _Operand, sign: str, right: _Operand) -> None:
        if left.empty or right.empty:
            return
        if left.numeric != right.numeric:
            text, number = (right, left) if left.numeric else (left, right)
            example = f", such as {next(iter(text.values[text.present]))!r}," if text.token.kind == "name" else ""
            raise self._error(
                f"{text.token.describe()} holds text{example} and cannot be compared with the number {number.token.value}"
                if number.token.kind == "number"
                else f"{text.token.describe()} is text and cannot be compared with numbers of {number.token.describe()}",
                text.token,
            )
        if not left.numeric and sign not in ("==", "!="):
            raise self._error(f"text can only be compared with == and !=, not with {sign}", left.token)

    def _operand(self, token: Token) -> _Operand:
        if token.kind == "number":
            return _Operand(np.array([float(token.value)]), np.array([True]), token)
        if token.kind == "text":
            return _Operand(np.array([token.value], dtype=object), np.array([True]), token)
        if token.value not in self._dataset.columns:
            raise self._unknown(token)
        return _column(self._dataset.text(token.value), token)

    def _unknown(self, token: Token) -> ExpressionError:
        close = difflib.get_close_matches(token.value, self._dataset.columns, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(self._dataset.columns)}"
        return self._error(f"the table has no column {token.describe()}; {hint}", token)

    def _error(self, message: str, token: Token) -> ExpressionError:
        return ExpressionError(message, self._where, token.start)


def _column(cells: Sequence[str], token: Token) -> _Operand:
    """A column as numbers where all its cells are, else as text; NaN counts as missing."""
    stripped = [cell.strip() for cell in cells]
    try:
        numbers = np.array([float(cell) if cell else math.nan for cell in stripped], np.float64)
        return _Operand(numbers, ~np.isnan(numbers), token)
    except ValueError:
        return _Operand(np.array(stripped, dtype=object), np.array([bool(cell) for cell in stripped]), token)


def _conjunction(parts: list[Truth]) -> Truth:
    true = np.logical_and.reduce([part.true for part in parts])
    false = np.logical_or.reduce([part.false for part in parts])
    return Truth(true, true | false)

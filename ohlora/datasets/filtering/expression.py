"""The grammar of conditions: from text to a tree of comparisons, by recursive descent.

The grammar is its own and small, rather than Python's: a condition may come from anywhere, and nothing in it is ever
evaluated as a program.

    any        = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" any ")" | comparison
    comparison = operand ( "is" ["not"] "missing" | operator operand { operator operand } )
    operand    = COLUMN | NUMBER | TEXT            operator = < <= > >= == !=

A chain such as `0.2 < eyes < 0.8` stands for its links joined by `and`. Columns whose names are no words are written
between backquotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ohlora.datasets.filtering.tokens import ExpressionError, Token, tokenize

__all__ = ["All", "Any", "Comparison", "Expression", "ExpressionError", "Missing", "Not", "leaves", "parse_expression"]

# Nobody writes more, and Python's own stack would end a little later, with a traceback.
_DEEPEST = 50


@dataclass(frozen=True)
class Comparison:
    """A chain `operand operator operand ...`, and its text."""

    operands: tuple[Token, ...]
    operators: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Missing:
    """Whether a column is empty, and the condition's text."""

    column: Token
    text: str


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    part: Expression


@dataclass(frozen=True)
class All:
    """Every one of several conditions."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Any:
    """At least one of several conditions."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = Comparison | Missing | Not | All | Any


def leaves(expression: Expression) -> Iterator[Comparison | Missing]:
    """Yield the simple conditions that an expression is made of, from left to right."""
    match expression:
        case Comparison() | Missing():
            yield expression
        case Not(part):
            yield from leaves(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)


def parse_expression(source: str) -> Expression:
    """Read a condition.

    Raises:
        ExpressionError: When it does not follow the grammar; it knows the place.
    """
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = tokenize(source)
        self._at = 0
        self._depth = 0

    def parse(self) -> Expression:
        if self._at_end():
            raise self._error("expected a condition, such as gender > 0.9")
        expression = self._any()
        if self._next.kind == "close":
            raise self._error("this ')' closes nothing")
        if not self._at_end():
            raise self._error(f"expected 'and', 'or' or the end, found {self._next.describe()}")
        return expression

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _at_end(self) -> bool:
        return self._next.kind == "end"

    def _take(self) -> Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _takes(self, word: str) -> bool:
        found = self._next.kind == "word" and self._next.value == word
        self._at += found
        return found

    def _error(self, message: str, token: Token | None = None) -> ExpressionError:
        return ExpressionError(message, self._source, (token or self._next).start)

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"expected at most {_DEEPEST} conditions inside each other")
        try:
            if self._takes("not"):
                return Not(self._one())
            return self._group() if self._next.kind == "open" else self._comparison()
        finally:
            self._depth -= 1

    def _group(self) -> Expression:
        opening = self._take()
        inside = self._any()
        if self._next.kind != "close":
            if self._at_end():
                raise self._error("this '(' is never closed", opening)
            raise self._error(f"expected 'and', 'or' or ')', found {self._next.describe()}")
        self._take()
        return inside

    def _comparison(self) -> Expression:
        operands = [self._operand()]
        first = operands[0]
        if self._takes("is"):
            return self._missing(first)
        operators = []
        while self._next.kind == "operator":
            operators.append(self._take().value)
            operands.append(self._operand())
        if not operators:
            raise self._error(f"expected a comparison after {first.describe()}, such as {first.value} > 0.9")
        if not any(operand.kind == "name" for operand in operands):
            raise self._error("expected a column in this comparison", first)
        return Comparison(tuple(operands), tuple(operators), self._source[first.start : operands[-1].stop])

    def _missing(self, column: Token) -> Expression:
        if column.kind != "name":
            raise self._error("only a column can be missing", column)
        negated = self._takes("not")
        if not self._takes("missing"):
            raise self._error(f"expected 'missing' or 'not missing' after 'is', found {self._next.describe()}")
        plain = Missing(column, f"{self._source[column.start : column.stop]} is missing")
        return Not(plain) if negated else plain

    def _operand(self) -> Token:
        if self._next.kind not in ("name", "number", "text"):
            raise self._error(f"expected a column, a number or a text in quotes, found {self._next.describe()}")
        return self._take()

"""Tokens: from a condition such as `gender > 0.9 and parser != "v1"` to its pieces, each with its position in the text.

The positions stay with the pieces through the whole of parsing and evaluation, so that every error points at the
character that caused it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ohlora.errors import OhloraError

# Characters; longer text is a mistake, such as a file's content, and would fill the screen as an error's quote.
LONGEST = 4000
Kind = Literal["number", "text", "name", "operator", "word", "open", "close", "end"]

WORDS = frozenset({"and", "or", "not", "is", "missing"})
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("number", r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"),
    ("operator", r"<=|>=|==|!=|<|>"),
    ("text", r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"),
    ("name", r"[^\W\d]\w*|`[^`]+`"),
    ("open", r"\("),
    ("close", r"\)"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS))
_HINTS = {
    "&": "write and",
    "|": "write or",
    "!": "write not or !=",
    "~": "write not",
    "=": "write ==",
    '"': "no closing quote",
}
_HINTS |= {"'": "no closing quote", "`": "no closing `"}


class ExpressionError(OhloraError):
    """A condition that cannot be understood, or does not fit the table.

    Args:
        message: What is wrong.
        source: The whole condition.
        place: Index of the character where it is wrong.
    """

    def __init__(self, message: str, source: str, place: int) -> None:
        super().__init__(f"{message}, at character {place + 1} of: {source}")
        self.message, self.source, self.place = message, source, place

    def pointed(self) -> str:
        """The message over the condition, with a caret under the place."""
        # Tabs and line ends would move the caret away from what it points at.
        line = re.sub(r"\s", " ", self.source)
        return f"{self.message}\n  {line}\n  {' ' * self.place}^"


@dataclass(frozen=True)
class Token:
    """A piece of a condition: its kind, its value, and where it starts and ends."""

    kind: Kind
    value: str
    start: int
    stop: int

    def describe(self) -> str:
        """What it is, for messages."""
        return "the end" if self.kind == "end" else f"'{self.value}'"


def tokenize(source: str) -> list[Token]:
    """Cut a condition into tokens, with one of the kind `end` after the last.

    Raises:
        ExpressionError: At a character that belongs to no token, or when the condition is longer than 4,000 characters.
    """
    if len(source) > LONGEST:
        raise ExpressionError(f"expected a condition of at most {LONGEST} characters", source[:60] + " ...", 0)
    tokens, place = [], 0
    while place < len(source):
        if source[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(source, place)
        if match is None:
            hint = _HINTS.get(source[place], "expected a column, a number, a text in quotes, or an operator")
            raise ExpressionError(f"cannot read {source[place]!r} here: {hint}", source, place)
        tokens.append(_token(match))
        place = match.end()
    return [*tokens, Token("end", "", len(source), len(source))]


def _token(match: re.Match[str]) -> Token:
    kind, value = match.lastgroup, match.group()
    if kind == "name" and value.lower() in WORDS:
        kind, value = "word", value.lower()
    elif kind == "name":
        value = value.strip("`")
    elif kind == "text":
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return Token(kind, value, match.start(), match.end())  # type: ignore[arg-type]

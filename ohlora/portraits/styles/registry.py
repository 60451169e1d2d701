"""The styles by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ohlora.errors import OhloraError
from ohlora.portraits.styles.cartoon import Cartoon
from ohlora.portraits.styles.cel import Cel
from ohlora.portraits.styles.natural import Natural
from ohlora.portraits.styles.pencil import Pencil
from ohlora.portraits.styles.pixel import Pixel
from ohlora.portraits.styles.style import Style
from ohlora.portraits.styles.watercolour import Watercolour
from ohlora.portraits.styles.woodcut import Woodcut

STYLES: dict[str, type[Style]] = {
    style.name: style for style in (Natural, Cel, Pencil, Watercolour, Pixel, Woodcut, Cartoon)
}
"""Every style, the renderer's own first."""


def style_named(name: str, **settings: float) -> Style:
    """The style called `name`, with some settings other than their defaults.

    Raises:
        OhloraError: no style or setting has that name, or a value lies outside its range.
    """
    if name not in STYLES:
        raise OhloraError(f"no drawing style is called {name!r}; {_hint(name, STYLES)}")
    declared = [known.name for known in STYLES[name].declared()]
    for unknown in set(settings) - set(declared):
        raise OhloraError(f"style {name} has no setting {unknown!r}; {_hint(unknown, declared)}")
    return STYLES[name](**settings)


def style_from_text(name: str, assignments: Iterable[str] = ()) -> Style:
    """The style called `name` with settings written as `NAME=VALUE`.

    Raises:
        OhloraError: an assignment is not of that form, or what `style_named` refuses.
    """
    settings = {}
    for text in assignments:
        setting, _, value = text.partition("=")
        try:
            settings[setting.strip()] = float(value)
        except ValueError:
            raise OhloraError(f"expected a style setting as NAME=VALUE with a number, got {text!r}") from None
    return style_named(name, **settings)


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=2)
    return f"did you mean {' or '.join(near)}?" if near else f"known are: {', '.join(names) or 'none'}"

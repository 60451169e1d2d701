"""How figures are written for people."""

from __future__ import annotations

import math

WORDS = {
    "excursion": "farthest excursion of another attribute",
    "lowest_identity": "lowest identity",
    "pixel_jump": "largest difference of neighbours",
}
"""Of the worst cases."""


def label(name: str) -> str:
    """An attribute's name as words."""
    return name.replace("_", " ")


def decimals(value: float | None, places: int = 3) -> str:
    """A number with a real minus sign, or a dash where nothing was measured."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.{places}f}".replace("-", "−")


def percent(value: float) -> str:
    """A share, such as `1.5%`."""
    return "–" if math.isnan(value) else f"{value:.1%}"

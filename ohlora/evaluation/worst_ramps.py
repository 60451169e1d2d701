"""Which ramps are shown as the worst.

Of all sliders' own ramps of all faces there are three: the one in which another attribute travels farthest, the one with the lowest
identity of any picture, and the one with the largest difference of neighbouring pictures. No ramp is left out for looking odd.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ohlora.evaluation.summary import AttributeResult
from ohlora.evaluation.worst_case import Extreme

FIGURES = ("excursion", "lowest_identity", "pixel_jump")


@dataclass(frozen=True)
class WorstRamp:
    """One of the worst ramps.

    Attributes:
        figure: What is worst about it: `excursion`, `lowest_identity` or `pixel_jump`.
        ramp: Name of the ramp, which is that of its slider.
        seed: Whose ramp it is.
        value: Of the figure.
    """

    figure: str
    ramp: str
    seed: int
    value: float


def worst_ramps(results: Mapping[str, AttributeResult]) -> list[WorstRamp]:
    """The worst ramp by each figure; a figure that was not measured has none."""
    found = []
    for figure in FIGURES:
        known: dict[str, Extreme] = {name: getattr(result, figure) for name, result in results.items()}
        known = {name: value for name, value in known.items() if value.count}
        if known:
            sign = -1.0 if figure == "lowest_identity" else 1.0
            name = max(known, key=lambda name: sign * known[name].worst)
            found.append(WorstRamp(figure, name, known[name].seed or 0, known[name].worst))
    return found

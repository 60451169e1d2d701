"""The README's table: the shipped sliders beside the baselines, every figure with its goal; what misses one is bold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ohlora.evaluation.goals import (
    ERROR_GOALS,
    FRECHET_GOAL,
    JUMPS_GOAL,
    JUMPS_GOALS,
    MEAN_GOALS,
    TOGETHER_GOAL,
    Goal,
    goal_of,
    pixel_jump_goal,
)
from ohlora.evaluation.plan import LOGIT

PUBLISHED = {"eyes": "0.92", "mouth": "0.85", "pose": "0.88"}
"""The best mean r that was published for any method, on faces of each author's choice."""

Model = Mapping[str, Any]
"""A model's part of `report.json`."""


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        label: What is measured.
        value: Takes the figure from a model's part of the report; None where it has none.
        goal: What the shipped model has to reach, if anything.
        published: The best that was published.
        places: Decimals.
    """

    label: str
    value: Callable[[Model], float | None]
    goal: Goal | None = None
    published: str = "-"
    places: int = 3


def comparison_rows(content: Mapping[str, Any]) -> Iterator[str]:
    """The table as Markdown.

    Args:
        content: A `report.json`; its first model is the shipped one, the others are baselines.
    """
    first, *baselines = content["models"]
    names = " | ".join(["ohlora", *(one["name"] for one in baselines)])
    yield f"| {content['ramps']:,} random faces | {names} | published best | goal |"
    yield "|---" * (4 + len(baselines)) + "|"
    for row in _rows(first, content["steps"]):
        yield _line(row, first, baselines)


def _rows(first: Model, steps: int) -> Iterator[Row]:
    """Every row; `first` says which sliders there are and at which truncations faces were drawn."""
    for name, result in first["attributes"].items():
        scale = result.get("scale", "value")
        words = ", logit scale" if scale == LOGIT else ""
        goal = goal_of("r", name, scale)
        yield Row(f"r, {name}{words}", _figure("attributes", name, "r"), goal, PUBLISHED.get(name, "-"))
        if scale == LOGIT:
            yield Row(f"error, {name}{words}", _figure("attributes", name, "error"), ERROR_GOALS[LOGIT])
    for name in first["probabilities"]:
        if first["attributes"][name]["scale"] == LOGIT:
            goal = goal_of("r", name, "probability")
            yield Row(f"r, {name}, probability", _figure("probabilities", name, "r"), goal)
    yield Row("mean absolute error, without gender", _mean("error_of_values"), MEAN_GOALS["error_of_values"])
    yield Row("all sliders at once, error", lambda model: model["together"]["error"], TOGETHER_GOAL)
    yield Row("drift of other attributes", _mean("drift"), MEAN_GOALS["drift"])
    yield Row("identity kept", _mean("identity"), MEAN_GOALS["identity"])
    yield from _worst_rows("", first, steps)
    for index, at in enumerate(first["further"]):
        yield from _worst_rows(f", truncation {at['truncation']:g}", at, steps, index)
    yield Row("Frechet distance, times the base's", _frechet, FRECHET_GOAL)


def _worst_rows(words: str, at: Model, steps: int, index: int | None = None) -> Iterator[Row]:
    """What is worst inside ramps, at the first truncation or at a further one."""

    def of(take: Callable[[Model], float | None]) -> Callable[[Model], float | None]:
        return take if index is None else lambda model: take(model["further"][index])

    for name in [name for name in JUMPS_GOALS if name in at["attributes"]]:
        jumps = of(_jumps_of(lambda other, name=name: other == name))
        yield Row(f"ramps of {name} with a jump{words}", jumps, JUMPS_GOALS[name])
    others = of(_jumps_of(lambda other: other not in JUMPS_GOALS))
    yield Row(f"ramps with a jump, worst other slider{words}", others, JUMPS_GOAL)
    yield Row(f"excursion, worst pair{words}", of(_mean("excursion")), MEAN_GOALS["excursion"])
    yield Row(f"excursion, worst face{words}", of(_mean("largest_excursion")), MEAN_GOALS["largest_excursion"])
    ramp = of(_mean("lowest_ramp_identity"))
    yield Row(f"identity, worst ramp's mean{words}", ramp, MEAN_GOALS["lowest_ramp_identity"])
    yield Row(f"identity, worst picture{words}", of(_mean("lowest_identity")), MEAN_GOALS["lowest_identity"])
    pixels = of(_mean("largest_pixel_jump"))
    yield Row(f"neighbouring pictures, worst, of 255{words}", pixels, pixel_jump_goal(steps), places=1)


def _figure(part: str, attribute: str, figure: str) -> Callable[[Model], float | None]:
    def value(model: Model) -> float | None:
        estimate = model.get(part, {}).get(attribute, {}).get(figure)
        return estimate["mean"] if isinstance(estimate, Mapping) else None

    return value


def _mean(name: str) -> Callable[[Model], float | None]:
    return lambda model: model["means"].get(name)


def _jumps_of(wanted: Callable[[str], bool]) -> Callable[[Model], float | None]:
    def worst(model: Model) -> float | None:
        shares = [one["jumps"] for name, one in model["attributes"].items() if wanted(name)]
        return max((share for share in shares if share is not None), default=None)

    return worst


def _frechet(model: Model) -> float | None:
    return model["frechet"]["relative"] if isinstance(model["frechet"], Mapping) else None


def _line(row: Row, first: Model, baselines: list[Model]) -> str:
    value = row.value(first)
    own = _number(value, row.places)
    if row.goal is not None and row.goal.grade(value) == "below":
        own = f"**{own}**"
    cells = [_number(row.value(other), row.places) for other in baselines]
    goal = row.goal.describe() if row.goal is not None else "-"
    return f"| {' | '.join([row.label, own, *cells, row.published, goal])} |"


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"

"""The figures as tables: cells with grades for the page, lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ohlora.evaluation.frechet import FrechetResult
from ohlora.evaluation.goals import (
    EXCURSION_GOAL,
    FRECHET_GOAL,
    LARGEST_EXCURSION_GOAL,
    LOWEST_IDENTITY_GOAL,
    MEAN_GOALS,
    TOGETHER_GOAL,
    Goal,
    goal_of,
    pixel_jump_goal,
)
from ohlora.evaluation.plan import LOGIT, PROBABILITY
from ohlora.evaluation.results import ModelResult, SecondOpinion, TruncationResult
from ohlora.evaluation.statistics import Estimate
from ohlora.evaluation.summary import ESTIMATES, AttributeResult, means
from ohlora.evaluation.worst_case import Extreme
from ohlora.reports.pages import decimals, label, percent

Cell = dict[str, str]


def figure_rows(at: TruncationResult) -> list[dict[str, Any]]:
    """Rows of the main table: the sliders on their own scales, then those of the ramps even in a probability."""
    own = [_figure_row(result) for result in at.attributes.values()]
    return own + [_figure_row(result) for result in _second_scale(at)]


def _second_scale(at: TruncationResult) -> list[AttributeResult]:
    """Figures on the probability of sliders whose own figures are on the logit."""
    return [result for name, result in at.probabilities.items() if at.attributes[name].scale == LOGIT]


def scale_label(result: AttributeResult) -> str:
    """The slider's name, and the scale where there could be a doubt."""
    words = {LOGIT: ", logit scale", PROBABILITY: ", probability"}
    return label(result.name.removesuffix(f" ({PROBABILITY})")) + words.get(result.scale, "")


def _figure_row(result: AttributeResult) -> dict[str, Any]:
    cells = [_estimate_cell(figure, result, getattr(result, figure)) for figure in ESTIMATES]
    return {"label": scale_label(result), "cells": cells, "missing": percent(result.missing)}


def _estimate_cell(figure: str, result: AttributeResult, value: Estimate) -> Cell:
    if not value.count:
        why = "not measured: no identity network" if figure == "identity" else "not measured: no labels"
        return {"text": why, "interval": "", "spread": "", "grade": "unknown"}
    goal = goal_of(figure, result.name, result.scale)
    return {
        "text": decimals(value.mean),
        "interval": f"{decimals(value.low)} … {decimals(value.high)}",
        "spread": f"± {value.deviation:.3f}" if figure == "r" else "",
        "grade": goal.grade(value.mean) if goal else "",
    }


def means_row(results: Mapping[str, AttributeResult]) -> dict[str, Cell]:
    """Means over the sliders, by figure."""
    return {
        name: {"text": decimals(value), "grade": MEAN_GOALS[name].grade(value) if name in MEAN_GOALS else ""}
        for name, value in means(results).items()
    }


def worst_rows(at: TruncationResult) -> list[dict[str, Any]]:
    """Rows of the table of worst cases, a slider each."""
    pixels = pixel_jump_goal(at.ramps.measured.shape[2])
    return [{"label": label(one.name), "cells": list(_worst_cells(one, pixels))} for one in at.attributes.values()]


def _worst_cells(result: AttributeResult, pixels: Goal | None) -> Iterator[Cell]:
    farthest = max(result.excursion_by_attribute.items(), key=lambda item: item[1], default=("", float("nan")))
    yield _cell(decimals(farthest[1]), EXCURSION_GOAL, farthest[1]) | {"below": label(farthest[0])}
    yield from _extreme_cells(result.excursion, LARGEST_EXCURSION_GOAL)
    yield _cell(percent(result.jumps), goal_of("jumps", result.name), result.jumps)
    yield from _extreme_cells(result.lowest_identity, LOWEST_IDENTITY_GOAL)
    yield from _extreme_cells(result.pixel_jump, pixels, places=1)


def _extreme_cells(value: Extreme, goal: Goal | None, places: int = 3) -> Iterator[Cell]:
    yield _cell(decimals(value.mean, places))
    yield _cell(decimals(value.tail, places))
    yield _cell(decimals(value.worst, places), goal, value.worst) | {"below": f"seed {value.seed}"}


def _cell(text: str, goal: Goal | None = None, value: float | None = None) -> Cell:
    return {"text": text, "grade": goal.grade(value) if goal else "", "below": ""}


def second_rows(second: SecondOpinion | None) -> list[dict[str, Any]]:
    """r, error and drift of every ramp by the first and by the second parser."""
    if second is None:
        return []
    return [
        {
            "label": scale_label(one),
            "cells": [
                (decimals(getattr(one, figure).mean), decimals(getattr(second.second[name], figure).mean))
                for figure in ("r", "error", "drift")
            ],
        }
        for name, one in second.first.items()
    ]


def together_cells(at: TruncationResult) -> dict[str, Any]:
    """The figures of all sliders at once."""
    return {
        "error": decimals(at.together.error),
        "grade": TOGETHER_GOAL.grade(at.together.error),
        "errors": [(label(name), decimals(value)) for name, value in at.together.errors.items()],
        "identity": decimals(at.together.identity.mean),
    }


def frechet_cell(frechet: FrechetResult | str) -> dict[str, Any]:
    """The relative distance and its grade, or why there is none."""
    if not isinstance(frechet, FrechetResult):
        return {"frechet": frechet, "frechet_grade": "unknown", "frechet_images": 0}
    grade = FRECHET_GOAL.grade(frechet.relative)
    return {"frechet": f"{frechet.relative:.2f} ×", "frechet_grade": grade, "frechet_images": frechet.images}


def table_lines(results: Sequence[ModelResult]) -> list[str]:
    """The figures for the terminal: a line per slider, truncation and model."""
    lines = []
    for result in results:
        for at in result.at:
            title = f"{result.model.name}, truncation {at.truncation:g}, {len(at.ramps.seeds)} faces"
            lines += [title, *_figure_lines(at), *_worst_lines(at)]
            lines.append(f"  all sliders at once: error {decimals(at.together.error)}")
        lines += _second_lines(result.second)
        frechet = result.frechet
        text = f"{frechet.relative:.2f} times the base's" if isinstance(frechet, FrechetResult) else frechet
        lines.append(f"  Frechet distance: {text}")
    if any(not one.identity.count for result in results for one in result.attributes.values()):
        lines.append("identity not measured: no identity network")
    return lines


def _figure_lines(at: TruncationResult) -> Iterator[str]:
    yield _line("", "r", ("error", "slope", "drift", "identity", "missing"))
    for one in (*at.attributes.values(), *_second_scale(at)):
        cells = [decimals(getattr(one, figure).mean) for figure in ("error", "slope", "drift", "identity")]
        yield _line(
            scale_label(one), f"{decimals(one.r.mean)} ± {decimals(one.r.deviation)}", (*cells, percent(one.missing))
        )


def _worst_lines(at: TruncationResult) -> Iterator[str]:
    yield _line("worst cases", "excursion", ("worst", "jumps", "identity", "worst", "pixels", "worst"))
    for one in at.attributes.values():
        identity, pixels = one.lowest_identity, one.pixel_jump
        cells = (
            decimals(one.excursion.worst), percent(one.jumps), decimals(identity.mean), decimals(identity.worst),
            decimals(pixels.mean, 1), decimals(pixels.worst, 1),
        )  # fmt: skip
        yield _line(label(one.name), decimals(one.excursion.mean), cells)


def _second_lines(second: SecondOpinion | None) -> Iterator[str]:
    for index, row in enumerate(second_rows(second)):
        if not index:
            yield _line("second parser", "r", ("first's", "error", "first's", "drift", "first's"))
        (first_r, r), *others = row["cells"]
        yield _line(row["label"], r, (first_r, *(cell for pair in others for cell in pair[::-1])))


def _line(first: str, second: str, cells: Iterable[str]) -> str:
    return f"  {first:24s}{second:>16s}" + "".join(f"{cell:>10s}" for cell in cells)

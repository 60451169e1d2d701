"""From measured ramps to figures: how well each slider works, what is the worst it does, and all sliders at once.

A slider's own figures are on the scale of its ramp (`ohlora.evaluation.plan`). The drift of attributes that should have stayed is told
as the labels have them, gender as a probability. How far they travel inside a ramp is told, for a probability, on the scale on which
it is less, the probability's or its slider's: at the ends of the logit, differences that nobody sees (p = 0.0001 and 0.001) are an
eighth of the range, and where a face is as much a man's as a woman's, a fortieth of the slider's range is an eighth of the probability's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora.evaluation.plan import PlannedRamp
from ohlora.evaluation.ramps import Ramps
from ohlora.evaluation.statistics import (
    Estimate,
    absolute_errors,
    drifts,
    estimate,
    fit_lines,
    mean_known,
    pooled_correlation,
)
from ohlora.evaluation.worst_case import (
    JUMP,
    Extreme,
    excursions,
    extreme,
    largest,
    largest_steps,
    lowest,
    share_above,
)
from ohlora.sliders.slider import Slider

Floats = NDArray[np.float64]

NO_IDENTITY = "not measured: no identity network"
ESTIMATES = ("r", "pooled", "error", "r_squared", "slope", "drift", "identity")
EXTREMES = ("excursion", "ramp_identity", "lowest_identity", "pixel_jump")


@dataclass(frozen=True)
class AttributeResult:
    """How well one slider works.

    Attributes:
        name: The ramp's name: the attribute, for a second scale with the scale behind it.
        scale: What r, error, R² and slope are on: `value`, `logit` or `probability`.
        r: Pearson's r of asked and measured values, per ramp.
        r_per_ramp: `(Z,)` of it, for the histogram.
        pooled: r over all images at once.
        error: Mean absolute error, as a share of the range.
        r_squared: Of the straight line through each ramp.
        slope: Of that line; 1 is exact.
        drift: Mean absolute change of all other attributes from end to end, as a share of their ranges.
        drift_by_attribute: The same for each other attribute.
        identity: Cosine of identity with the unedited face, mean over the ramp.
        missing: Share of the ramp's images whose label for this attribute is missing.
        excursion: The other attribute that travels farthest inside the ramp, as a share of its range; see above for probabilities.
        excursion_by_attribute: Mean over faces of how far each other attribute travels.
        jumps: Share of ramps in which another attribute changes by more than `JUMP` of its range between neighbours.
        ramp_identity: The ramp's mean cosine, as in `identity`, of the worst faces.
        lowest_identity: Lowest cosine of identity in the ramp.
        pixel_jump: Largest mean absolute difference of neighbouring pictures, 0 to 255.
    """

    name: str
    scale: str
    r: Estimate
    r_per_ramp: Floats
    pooled: Estimate
    error: Estimate
    r_squared: Estimate
    slope: Estimate
    drift: Estimate
    drift_by_attribute: Mapping[str, float]
    identity: Estimate
    missing: float
    excursion: Extreme
    excursion_by_attribute: Mapping[str, float]
    jumps: float
    ramp_identity: Extreme
    lowest_identity: Extreme
    pixel_jump: Extreme

    def content(self) -> dict[str, Any]:
        """As JSON; None where a figure was not measured."""
        content: dict[str, Any] = {"scale": self.scale}
        content |= {name: plain(asdict(getattr(self, name))) for name in ESTIMATES}
        content |= {name: getattr(self, name).content() for name in EXTREMES}
        if not self.identity.count:
            content |= dict.fromkeys(("identity", "ramp_identity", "lowest_identity"), NO_IDENTITY)
        content["drift_by_attribute"] = plain(self.drift_by_attribute)
        content["excursion_by_attribute"] = plain(self.excursion_by_attribute)
        content |= plain({"jumps": self.jumps, "missing": self.missing})
        content["r_per_ramp"] = [None if np.isnan(r) else round(float(r), 4) for r in self.r_per_ramp]
        return content


def summarise(
    ramps: Ramps, plan: Mapping[str, PlannedRamp], measured_names: tuple[str, ...], widths: Floats
) -> dict[str, AttributeResult]:
    """The figures of every ramp.

    Args:
        ramps: What was measured.
        plan: The ramps by name, in the order in which they were measured.
        measured_names: The M measured attributes; all moved ones are among them.
        widths: Width of each measured attribute's range `(M,)`.
    """
    sliders = {planned.slider.name: planned.slider for planned in plan.values()}
    on_sliders = _on_sliders(ramps.measured, sliders, measured_names)
    return {
        name: _summarise(name, planned, ramps, on_sliders[:, index], index, measured_names, widths)
        for index, (name, planned) in enumerate(plan.items())
    }


def _summarise(
    name: str,
    planned: PlannedRamp,
    ramps: Ramps,
    on_sliders: Floats,
    index: int,
    names: tuple[str, ...],
    widths: Floats,
) -> AttributeResult:
    measured, identity = ramps.measured[:, index], ramps.identity[:, index]  # (Z, S, M), (Z, S)
    at = names.index(planned.slider.name)
    target = planned.on_scale(measured[:, :, at])
    lines = fit_lines(planned.asked, target)
    others = [k for k in range(len(names)) if k != at]
    stays, sizes = measured[:, :, others], widths[others]
    drift, travel = drifts(stays, sizes), _lesser(excursions, stays, on_sliders[:, :, others], sizes)
    steps = _lesser(largest_steps, stays, on_sliders[:, :, others], sizes)
    return AttributeResult(
        name=name,
        scale=planned.scale,
        r=estimate(lines.r),
        r_per_ramp=lines.r,
        pooled=pooled_correlation(planned.asked, target),
        error=estimate(absolute_errors(planned.asked, target, planned.width)),
        r_squared=estimate(lines.r_squared),
        slope=estimate(lines.slope),
        drift=estimate(mean_known(drift, axis=1)),
        drift_by_attribute=_by_name(names, others, drift),
        identity=estimate(mean_known(identity, axis=1)),
        missing=float(np.isnan(target).mean()),
        excursion=extreme(largest(travel), ramps.seeds),
        excursion_by_attribute=_by_name(names, others, travel),
        jumps=share_above(largest(steps), JUMP),
        ramp_identity=extreme(mean_known(identity, axis=1), ramps.seeds, higher_is_worse=False),
        lowest_identity=extreme(lowest(identity), ramps.seeds, higher_is_worse=False),
        pixel_jump=extreme(largest(ramps.pixels[:, index]), ramps.seeds),
    )


def _on_sliders(measured: Floats, sliders: Mapping[str, Slider], names: tuple[str, ...]) -> Floats:
    """Measured attributes `(..., M)` as values of their sliders, so far as they have one."""
    columns = [
        sliders[name].values_of(measured[..., k]) if name in sliders else measured[..., k]
        for k, name in enumerate(names)
    ]
    return np.stack(columns, axis=-1)


def _lesser(figure: Callable[[Floats, Floats], Floats], labels: Floats, on_sliders: Floats, sizes: Floats) -> Floats:
    """A figure of travel `(Z, M)`, per face and attribute on the scale on which it is less; the widths hold for both."""
    return np.fmin(figure(labels, sizes), figure(on_sliders, sizes))


def _by_name(names: Sequence[str], others: Sequence[int], values: Floats) -> dict[str, float]:
    means = mean_known(values, axis=0)
    return {names[k]: float(mean) for k, mean in zip(others, means, strict=True)}


@dataclass(frozen=True)
class TogetherResult:
    """All sliders set at once, each to a random value of its scale.

    Attributes:
        errors: Mean absolute error by slider, as a share of its range; gender's on the logit's scale.
        error: Mean of those over sliders.
        identity: Cosine of identity with the unedited face.
    """

    errors: Mapping[str, float]
    error: float
    identity: Estimate

    def content(self) -> dict[str, Any]:
        """As JSON."""
        identity: Any = plain(asdict(self.identity)) if self.identity.count else NO_IDENTITY
        return {"errors": plain(self.errors), **plain({"error": self.error}), "identity": identity}


def summarise_together(
    ramps: Ramps, sliders: Mapping[str, Slider], asked: Floats, measured_names: tuple[str, ...]
) -> TogetherResult:
    """The figures of the pictures with all sliders set.

    Args:
        ramps: What was measured.
        sliders: The K sliders that were set.
        asked: To what `(Z, K)`.
        measured_names: The M measured attributes.
    """
    errors = {}
    for column, (name, slider) in enumerate(sliders.items()):
        measured = slider.values_of(ramps.together[:, measured_names.index(name)])
        errors[name] = float(mean_known(np.abs(measured - asked[:, column]) / slider.span, axis=0))
    mean = float(mean_known(np.array(list(errors.values())), axis=0))
    return TogetherResult(errors, mean, estimate(ramps.together_identity))


def drift_matrix(results: Mapping[str, AttributeResult], measured_names: tuple[str, ...]) -> Floats:
    """Drift `(A, M)`: a row for each moved slider, a column for each measured attribute; NaN on the diagonal."""
    rows = [[result.drift_by_attribute.get(name, np.nan) for name in measured_names] for result in results.values()]
    return np.array(rows)


def means(results: Mapping[str, AttributeResult]) -> dict[str, float]:
    """Means over the sliders, and the worst over all of them, of the figures that have one goal for all.

    `error_of_values` is the mean error without sliders of probabilities, whose errors are on another scale; `largest_excursion`,
    `lowest_ramp_identity`, `lowest_identity` and `largest_pixel_jump` are those of the worst ramp; `excursion` is the mean of the worst pair of a slider
    and an attribute.
    """
    rows = list(results.values())
    figures = {name: [getattr(row, name).mean for row in rows] for name in ("r", "error", "drift", "identity")}
    figures["missing"] = [row.missing for row in rows]
    figures["error_of_values"] = [row.error.mean for row in rows if row.scale == "value"]
    worst = {
        "excursion": [mean for row in rows for mean in row.excursion_by_attribute.values()],
        "largest_excursion": [row.excursion.worst for row in rows],
        "lowest_ramp_identity": [-row.ramp_identity.worst for row in rows],
        "lowest_identity": [-row.lowest_identity.worst for row in rows],
        "largest_pixel_jump": [row.pixel_jump.worst for row in rows],
    }
    content = {name: float(mean_known(np.array(values), axis=0)) for name, values in figures.items()}
    content |= {name: _worst(values) for name, values in worst.items()}
    return content | {name: -content[name] for name in ("lowest_ramp_identity", "lowest_identity")}


def _worst(values: Sequence[float]) -> float:
    return float(np.fmax.reduce(np.array(values))) if values else np.nan


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}

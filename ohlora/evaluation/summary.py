"""From measured ramps to the judge's figures, and what they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

Floats = NDArray[np.float64]

NO_IDENTITY = "not measured: no identity network"


@dataclass(frozen=True)
class AttributeResult:
    """How well one slider works.

    Attributes:
        name: The attribute.
        r: Pearson's r of asked and measured values, per ramp.
        r_per_ramp: `(Z,)` of it, for the histogram.
        pooled: r over all images at once.
        error: Mean absolute error, as a share of the range.
        r_squared: Of the straight line through each ramp.
        slope: Of that line; 1 is exact.
        drift: Mean absolute change of all other attributes from end to end, as a share of their ranges.
        drift_by_attribute: The same for each other attribute; NaN for itself.
        identity: Cosine of identity with the unedited face, mean over the ramp.
        missing: Share of the ramp's images whose label for this attribute is missing.
    """

    name: str
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

    def content(self) -> dict[str, Any]:
        """As JSON; None where a figure was not measured."""
        figures = ("r", "pooled", "error", "r_squared", "slope", "drift", "identity")
        content: dict[str, Any] = {name: _plain(asdict(getattr(self, name))) for name in figures}
        if not self.identity.count:
            content["identity"] = NO_IDENTITY
        content["drift_by_attribute"] = _plain(dict(self.drift_by_attribute))
        content["missing"] = self.missing
        content["r_per_ramp"] = [None if np.isnan(r) else round(float(r), 4) for r in self.r_per_ramp]
        return content


def summarise(
    ramps: Ramps, asked: Mapping[str, Floats], measured_names: tuple[str, ...], widths: Floats
) -> dict[str, AttributeResult]:
    """Judge every slider that was moved.

    Args:
        ramps: What was measured.
        asked: Slider values `(S,)` by name, in the order of the ramps.
        measured_names: The M measured attributes; all moved ones are among them.
        widths: Width of each measured attribute's range `(M,)`.
    """
    return {
        name: _judge(name, values, ramps.measured[:, index], ramps.identity[:, index], measured_names, widths)
        for index, (name, values) in enumerate(asked.items())
    }


def _judge(
    name: str, asked: Floats, measured: Floats, identity: Floats, names: tuple[str, ...], widths: Floats
) -> AttributeResult:
    """The figures of one slider; `measured` is `(Z, S, M)`, `identity` `(Z, S)`."""
    at = names.index(name)
    target, width = measured[:, :, at], float(widths[at])
    lines = fit_lines(asked, target)
    changes = {other: drifts(measured[:, :, k], float(widths[k])) for k, other in enumerate(names) if k != at}
    spread = np.stack(list(changes.values()), axis=1) if changes else np.full((len(measured), 1), np.nan)
    return AttributeResult(
        name=name,
        r=estimate(lines.r),
        r_per_ramp=lines.r,
        pooled=pooled_correlation(asked, target),
        error=estimate(absolute_errors(asked, target, width)),
        r_squared=estimate(lines.r_squared),
        slope=estimate(lines.slope),
        drift=estimate(mean_known(spread, axis=1)),
        drift_by_attribute={other: float(mean_known(change, axis=0)) for other, change in changes.items()},
        identity=estimate(mean_known(identity, axis=1)),
        missing=float(np.isnan(target).mean()),
    )


def drift_matrix(results: Mapping[str, AttributeResult], measured_names: tuple[str, ...]) -> Floats:
    """Drift `(A, M)`: a row for each moved slider, a column for each measured attribute; NaN on the diagonal."""
    rows = [[result.drift_by_attribute.get(name, np.nan) for name in measured_names] for result in results.values()]
    return np.array(rows)


def means(results: Mapping[str, AttributeResult]) -> dict[str, float]:
    """Means over the sliders of the figures that have one goal for all: error, drift, identity, missing."""
    figures = {
        figure: np.array([getattr(result, figure).mean for result in results.values()])
        for figure in ("r", "error", "drift", "identity")
    }
    figures["missing"] = np.array([result.missing for result in results.values()])
    return {name: float(mean_known(values, axis=0)) for name, values in figures.items()}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}

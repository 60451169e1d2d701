"""What an evaluation found, and how it is written as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ohlora.evaluation.frechet import FrechetResult
from ohlora.evaluation.identity import IdentityNetwork
from ohlora.evaluation.plan import PlannedRamp
from ohlora.evaluation.ramps import Ramps
from ohlora.evaluation.settings import EvaluationSettings
from ohlora.evaluation.summary import AttributeResult, TogetherResult, means, plain
from ohlora.evaluation.worst_ramps import WorstRamp
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.seeds import format_seeds
from ohlora.labelling.labeller import Labeller
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__

FORMAT = "ohlora evaluation 2"
REPORT_JSON = "report.json"
REPORT_HTML = "report.html"


@dataclass(frozen=True)
class TruncationResult:
    """How well one model's sliders work on faces of one truncation.

    Attributes:
        truncation: psi of the faces.
        attributes: The figures by slider, on the slider's own scale.
        probabilities: Those of the ramps that are even in a probability, by slider.
        together: All sliders at once.
        worst: The worst ramps.
        ramps: What was measured.
    """

    truncation: float
    attributes: Mapping[str, AttributeResult]
    probabilities: Mapping[str, AttributeResult]
    together: TogetherResult
    worst: Sequence[WorstRamp]
    ramps: Ramps

    def content(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "truncation": self.truncation,
            "ramps": len(self.ramps.seeds),
            "attributes": {name: result.content() for name, result in self.attributes.items()},
            "probabilities": {name: result.content() for name, result in self.probabilities.items()},
            "means": plain(means(self.attributes)),
            "together": self.together.content(),
            "worst": [asdict(ramp) for ramp in self.worst],
        }


@dataclass(frozen=True)
class SecondOpinion:
    """The same ramps of some faces by two parsers, of which only the first took part in making the sliders.

    Attributes:
        faces: How many faces.
        first: The figures by ramp of the labeller's parser.
        second: Those of the parser that was trained apart, brought to ranges by the same bounds.
    """

    faces: int
    first: Mapping[str, AttributeResult]
    second: Mapping[str, AttributeResult]

    def content(self) -> dict[str, Any]:
        """As JSON: r, error and drift by ramp."""
        return {"ramps": self.faces, "first": _three(self.first), "second": _three(self.second)}


def _three(results: Mapping[str, AttributeResult]) -> dict[str, dict[str, float | None]]:
    return {
        name: plain({figure: getattr(result, figure).mean for figure in ("r", "error", "drift")})
        for name, result in results.items()
    }


@dataclass(frozen=True)
class ModelResult:
    """How well one model's sliders work.

    Attributes:
        model: What was evaluated.
        at: The figures at each truncation.
        frechet: The Frechet distances at the first truncation, or why there are none.
        seconds: How long this run took for it.
        second: What a second parser measures; None where there is none.
    """

    model: LoadedModel[SliderModel]
    at: Sequence[TruncationResult]
    frechet: FrechetResult | str
    seconds: float
    second: SecondOpinion | None = None

    @property
    def attributes(self) -> Mapping[str, AttributeResult]:
        """The figures by slider at the first truncation."""
        return self.at[0].attributes

    @property
    def ramps(self) -> Ramps:
        """What was measured at the first truncation."""
        return self.at[0].ramps

    def content(self) -> dict[str, Any]:
        """As JSON: the first truncation's figures, and those of the others under `further`."""
        frechet = (
            {**asdict(self.frechet), "relative": self.frechet.relative}
            if isinstance(self.frechet, FrechetResult)
            else self.frechet
        )
        first, *others = (result.content() for result in self.at)
        return {
            "name": self.model.name,
            "weights": self.model.fingerprint,
            **first,
            "frechet": frechet,
            "further": others,
            "second_parser": self.second.content() if self.second is not None else None,
        }


@dataclass(frozen=True)
class Evaluation:
    """Everything that a report tells; the first result is the evaluated model's, the others are its baselines'."""

    settings: EvaluationSettings
    results: Sequence[ModelResult]
    plan: Mapping[str, PlannedRamp]
    measured_names: tuple[str, ...]
    labeller: Labeller
    identity: IdentityNetwork | None

    def content(self) -> dict[str, Any]:
        """As JSON."""
        calibration = self.identity.calibration if self.identity is not None else None
        return {
            "format": FORMAT,
            "version": __version__,
            "seeds": format_seeds(self.settings.seeds),
            "ramps": len(self.settings.seeds),
            "steps": self.settings.steps,
            "truncation": self.settings.truncations[0],
            "parser": self.labeller.parser.name,
            "scores": self.labeller.version,
            "asked": {name: planned.asked.tolist() for name, planned in self.plan.items()},
            "scales": {name: planned.scale for name, planned in self.plan.items()},
            "measured": list(self.measured_names),
            "identity_calibration": asdict(calibration) if calibration else None,
            "models": [result.content() for result in self.results],
        }

"""Evaluates a model's sliders and its baselines' on the same faces with the same measure.

In go models with sliders, faces and the networks that measure; out come the figures of every slider and `report.json`. Results of
a few faces at a time go to files as soon as they are known, under a name that depends on everything they depend on: a stopped run
goes on with the same command, and one with more ramps only adds the new ones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ohlora.errors import OhloraError
from ohlora.evaluation.measuring_models import MeasuringModels
from ohlora.evaluation.parts import Parts
from ohlora.evaluation.plan import PROBABILITY, Floats, PlannedRamp, plan_ramps, random_values
from ohlora.evaluation.ramps import Asked
from ohlora.evaluation.results import REPORT_JSON, Evaluation, ModelResult, SecondOpinion, TruncationResult
from ohlora.evaluation.settings import EvaluationSettings
from ohlora.evaluation.summary import AttributeResult, summarise, summarise_together
from ohlora.evaluation.worst_ramps import worst_ramps
from ohlora.files import write_text
from ohlora.generation.loaded_model import LoadedModel
from ohlora.labelling.labeller import Labeller, widths
from ohlora.labelling.normalization import Normalizer
from ohlora.progress import describe_rate
from ohlora.sliders.slider import Slider
from ohlora.sliders.slider_model import SliderModel

PARTS = "parts"


def evaluate(
    model: LoadedModel[SliderModel],
    settings: EvaluationSettings,
    measuring: MeasuringModels,
    out: str | Path,
    baselines: Sequence[LoadedModel[SliderModel]] = (),
    *,
    progress: bool = True,
) -> Evaluation:
    """Evaluate a model's sliders, and baselines on the same faces with the same measure.

    Args:
        model: What is evaluated; its normalisation says what its sliders mean.
        settings: How.
        measuring: With what.
        out: Folder that gets `report.json`, and in `parts/` the results of every few faces.
        baselines: Other models; sliders that they lack are left out of their part.
        progress: Whether bars with the rate and the time left are shown.

    Raises:
        OhloraError: The model has no saved normalisation or no such slider, or the folder cannot be written.
    """
    folder = Path(out)
    plan = plan_ramps(model.network.sliders, settings)
    normalizer = _normalizer(model)
    names = tuple(name for name in model.network.sliders if name in normalizer.columns)
    path = Labeller(measuring.parser, normalizer, names, settings.scores)
    parts = Parts(settings, measuring, path, folder / PARTS, progress)
    results = [_evaluate_one(one, plan, parts) for one in (model, *baselines)]
    if measuring.second is not None:
        # Identity is what the first pass already knows.
        other = MeasuringModels(measuring.second)
        again = Labeller(measuring.second, normalizer, names, settings.scores)
        seconds = Parts(settings, other, again, folder / PARTS, progress)
        results[0] = replace(results[0], second=_second_opinion(results[0], plan, seconds))
    evaluation = Evaluation(settings, results, plan, names, path, measuring.identity)
    write_text(folder / REPORT_JSON, json.dumps(evaluation.content(), indent=1, allow_nan=False) + "\n")
    return evaluation


def _evaluate_one(model: LoadedModel[SliderModel], plan: Mapping[str, PlannedRamp], parts: Parts) -> ModelResult:
    started = time.monotonic()
    own = {name: planned for name, planned in plan.items() if planned.slider.name in model.network.sliders}
    if not own:
        raise OhloraError(f"{model.name} has none of the sliders {', '.join(plan)}; leave it out of --against")
    settings = parts.settings
    at = [_at_truncation(model, psi, own, parts) for psi in settings.truncations]
    return ModelResult(model, at, parts.frechet(model, settings.truncations[0]), time.monotonic() - started)


def _at_truncation(
    model: LoadedModel[SliderModel], truncation: float, plan: Mapping[str, PlannedRamp], parts: Parts
) -> TruncationResult:
    sliders = {planned.slider.name: planned.slider for planned in plan.values()}
    seeds = parts.settings.seeds_at(truncation)
    together = np.stack([random_values(seed, sliders) for seed in seeds])
    ramps = parts.ramps(model, truncation, seeds, asked_of(model.network.sliders, plan, sliders, together))
    names, sizes = parts.path.names, widths(parts.path.names, parts.path.normalizer)
    results = summarise(ramps, plan, names, sizes)
    own = {name: result for name, result in results.items() if name in sliders}
    return TruncationResult(
        truncation,
        own,
        _on_probabilities(results, plan),
        summarise_together(ramps, sliders, together, names),
        worst_ramps(own),
        ramps,
    )


def _second_opinion(result: ModelResult, plan: Mapping[str, PlannedRamp], parts: Parts) -> SecondOpinion:
    """Measure the ramps of some faces again; `parts` measures by the second parser."""
    seeds, names = parts.settings.further_seeds, parts.path.names
    sliders = {planned.slider.name: planned.slider for planned in plan.values()}
    together = np.stack([random_values(seed, sliders) for seed in seeds])
    asked = asked_of(result.model.network.sliders, plan, sliders, together)
    sizes = widths(names, parts.path.normalizer)
    again = parts.ramps(result.model, parts.settings.truncations[0], seeds, asked)
    first = summarise(result.ramps.first(len(seeds)), plan, names, sizes)
    return SecondOpinion(len(seeds), first, summarise(again, plan, names, sizes))


def asked_of(
    own: Mapping[str, Slider], plan: Mapping[str, PlannedRamp], sliders: Mapping[str, Slider], together: Floats
) -> Asked:
    """What a model has to set its sliders to.

    Args:
        own: The model's sliders, which may have another scale than the evaluated model's.
        plan: The ramps.
        sliders: The evaluated model's sliders that are set together.
        together: To what `(Z, K)`.
    """
    ramps = tuple((planned.slider.name, planned.values_for(own[planned.slider.name])) for planned in plan.values())
    columns = [
        PlannedRamp(slider, together[:, column], plan[name].scale).values_for(own[name])
        for column, (name, slider) in enumerate(sliders.items())
    ]
    return Asked(ramps, np.stack(columns, axis=1), tuple(sliders))


def _on_probabilities(
    results: Mapping[str, AttributeResult], plan: Mapping[str, PlannedRamp]
) -> dict[str, AttributeResult]:
    """The figures on the probability by slider, also where the slider itself is even in it."""
    return {
        plan[name].slider.name: replace(result, name=plan[name].slider.name)
        for name, result in results.items()
        if plan[name].scale == PROBABILITY
    }


def _normalizer(model: LoadedModel[SliderModel]) -> Normalizer:
    if model.network.normalizer is None:
        raise OhloraError(
            f"expected normalization.json in {model.folder}: without it nobody knows what a slider's value stands for; "
            "fine-tune from a folder that `ohlora label` has labelled"
        )
    return model.network.normalizer


def describe(evaluation: Evaluation) -> list[str]:
    """How fast it was."""
    faces = [(at.ramps.measured[..., 0].size, len(at.ramps.seeds)) for r in evaluation.results for at in r.at]
    images = sum(drawn + 2 * count for drawn, count in faces)
    return [describe_rate(images, sum(result.seconds for result in evaluation.results), "images")]

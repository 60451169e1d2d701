"""Which values every ramp asks for, and on which scale its answers are compared with them.

A slider gets one ramp, even in the slider's value. For most sliders that is the attribute itself. A slider of a probability
is even in the logit, so that its figures are on the logit's scale, brought to the slider's range; it gets a second ramp, even
in the probability, because that is the scale of the labels, on which such a slider used to be reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohlora.errors import SettingsError
from ohlora.evaluation.settings import EvaluationSettings
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.sliders.slider import Slider

Floats = NDArray[np.float64]

VALUE, LOGIT, PROBABILITY = "value", "logit", "probability"
"""Scales: the attribute itself; the logit of a probability, brought to the slider's range; the probability."""


@dataclass(frozen=True)
class PlannedRamp:
    """One ramp of every face.

    Attributes:
        slider: The slider that is moved, of the evaluated model.
        asked: What is asked for `(S,)`, even on the ramp's scale.
        scale: `VALUE`, `LOGIT` or `PROBABILITY`.
    """

    slider: Slider
    asked: Floats
    scale: str

    @property
    def width(self) -> float:
        """What asked and measured values are divided by, so that differences are shares of the range."""
        return 1.0 if self.scale == PROBABILITY else self.slider.span

    def values_for(self, slider: Slider) -> Floats:
        """Values `(S,)` that a model's slider of this name has to be set to, be it even in the logit or not."""
        if self.scale != PROBABILITY and slider.max_logit == self.slider.max_logit:
            return self.asked
        attributes = self.asked if self.scale == PROBABILITY else self.slider.attributes_of(self.asked)
        return slider.values_of(attributes)

    def on_scale(self, attributes: Floats) -> Floats:
        """Measured attributes of any shape on the scale of `asked`; NaN stays NaN."""
        return self.slider.values_of(attributes) if self.scale == LOGIT else attributes


def plan_ramps(sliders: Mapping[str, Slider], settings: EvaluationSettings) -> dict[str, PlannedRamp]:
    """The ramps by name: those of the sliders, in their order, then those that are even in a probability.

    Raises:
        SettingsError: An attribute has no slider.
    """
    for name in settings.attributes:
        if name not in sliders:
            raise SettingsError(f"the model has no slider {name!r}; it has: {', '.join(sliders)}")
    chosen = [sliders[name] for name in settings.attributes or sliders]
    plan = {slider.name: _own_ramp(slider, settings.steps) for slider in chosen}
    for slider in chosen:
        if slider.max_logit is not None:
            asked = np.linspace(0.0, 1.0, settings.steps)
            plan[f"{slider.name} ({PROBABILITY})"] = PlannedRamp(slider, asked, PROBABILITY)
    return plan


def _own_ramp(slider: Slider, steps: int) -> PlannedRamp:
    return PlannedRamp(slider, np.linspace(slider.low, slider.high, steps), _scale(slider))


def _scale(slider: Slider) -> str:
    if slider.max_logit is not None:
        return LOGIT
    spec = ATTRIBUTES.get(slider.name)
    return PROBABILITY if spec is not None and spec.source == "classifier" else VALUE


def random_values(seed: int, sliders: Mapping[str, Slider]) -> Floats:
    """A value of every slider `(K,)`, uniform over its range; the same for the same seed, whatever is evaluated beside it."""
    shares = np.random.default_rng([seed, 1]).uniform(size=len(sliders))
    return np.array([slider.low + share * slider.span for slider, share in zip(sliders.values(), shares, strict=True)])

"""What the embedded default is to reach: the least that counts as working, and the aim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohlora.evaluation.plan import LOGIT, PROBABILITY


@dataclass(frozen=True)
class Goal:
    """A bound for one figure.

    Attributes:
        least: What has to be reached.
        aim: What would be good; the same where nothing more is aimed for.
        higher: Whether larger figures are better.
    """

    least: float
    aim: float
    higher: bool

    def grade(self, value: float | None) -> str:
        """`aim`, `least` or `below`; `unknown` for a figure that was not measured."""
        if value is None or np.isnan(value):
            return "unknown"
        sign = 1.0 if self.higher else -1.0
        if sign * value >= sign * self.aim:
            return "aim"
        return "least" if sign * value >= sign * self.least else "below"

    def describe(self) -> str:
        """Such as `at least 0.9`."""
        return f"{'at least' if self.higher else 'at most'} {self.least:g}"


def _at_least(value: float, aim: float | None = None) -> Goal:
    return Goal(value, value if aim is None else aim, higher=True)


def _at_most(value: float, aim: float | None = None) -> Goal:
    return Goal(value, value if aim is None else aim, higher=False)


R_GOAL = _at_least(0.995)
R_GOALS = {LOGIT: _at_least(0.97, 0.985), PROBABILITY: _at_least(0.90)}
"""Of mean r on the scales that have another one than `R_GOAL`."""

ERROR_GOAL = _at_most(0.020)
ERROR_GOALS = {LOGIT: _at_most(0.08, 0.05)}
"""Of mean error on the scales that have another one than `ERROR_GOAL`; on the probability there is none."""

JUMPS_GOAL = _at_most(0.01)
JUMPS_GOALS = {"eyes": _at_most(0.05)}
"""Of the share of ramps with a jump, and for the slider that has another one: at a blink other labels flicker."""

DRIFT_GOAL = _at_most(0.013)
IDENTITY_GOAL = _at_least(0.984)
LOWEST_IDENTITY_GOAL = _at_least(0.90)
EXCURSION_GOAL = _at_most(0.05)
LARGEST_EXCURSION_GOAL = _at_most(0.15)
TOGETHER_GOAL = _at_most(0.045)
FRECHET_GOAL = _at_most(1.1)

MEAN_GOALS = {
    "error_of_values": ERROR_GOAL,
    "drift": DRIFT_GOAL,
    "identity": IDENTITY_GOAL,
    "excursion": EXCURSION_GOAL,
    "largest_excursion": LARGEST_EXCURSION_GOAL,
    "lowest_ramp_identity": LOWEST_IDENTITY_GOAL,
    "lowest_identity": LOWEST_IDENTITY_GOAL,
}
"""Of the figures over all sliders, by the names that `ohlora.evaluation.summary.means` gives them."""

_FINE_STEPS = 41


def pixel_jump_goal(steps: int) -> Goal | None:
    """The bound of the difference of neighbouring pictures, of 255, in ramps of so many values.

    It is meant for 41 values. In coarser ramps a head that turns smoothly changes more than that from one picture to the next.
    """
    return _at_most(5.0) if steps >= _FINE_STEPS else None


def goal_of(figure: str, attribute: str, scale: str = "value") -> Goal | None:
    """The goal of one slider's figure; None where there is none.

    Args:
        figure: Name of the figure, as in `AttributeResult`.
        attribute: The slider.
        scale: What r and error are on.
    """
    if figure == "r":
        return R_GOALS.get(scale, R_GOAL)
    if figure == "error":
        return None if scale == PROBABILITY else ERROR_GOALS.get(scale, ERROR_GOAL)
    if figure == "jumps":
        return JUMPS_GOALS.get(attribute, JUMPS_GOAL)
    return {"drift": DRIFT_GOAL, "identity": IDENTITY_GOAL}.get(figure)

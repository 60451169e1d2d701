"""What the embedded default is to reach: the least that counts as working, and the aim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Goal:
    """A bound for one figure.

    Attributes:
        least: What has to be reached.
        aim: What would be good.
        higher: Whether larger figures are better.
    """

    least: float
    aim: float
    higher: bool

    def grade(self, value: float) -> str:
        """`aim`, `least` or `below`; `unknown` for a figure that was not measured."""
        if np.isnan(value):
            return "unknown"
        sign = 1.0 if self.higher else -1.0
        if sign * value >= sign * self.aim:
            return "aim"
        return "least" if sign * value >= sign * self.least else "below"


R_GOAL = Goal(0.95, 0.98, higher=True)
R_GOALS = {"gender": Goal(0.90, 0.95, higher=True)}
"""Of mean r for the sliders that have another one than `R_GOAL`."""

ERROR_GOAL = Goal(0.08, 0.04, higher=False)
DRIFT_GOAL = Goal(0.08, 0.04, higher=False)
IDENTITY_GOAL = Goal(0.85, 0.93, higher=True)
FRECHET_GOAL = Goal(2.0, 1.2, higher=False)
GOALS = {"error": ERROR_GOAL, "drift": DRIFT_GOAL, "identity": IDENTITY_GOAL}


def goal_of(figure: str, attribute: str) -> Goal | None:
    """The goal of an attribute's figure; None where there is none."""
    return R_GOALS.get(attribute, R_GOAL) if figure == "r" else GOALS.get(figure)

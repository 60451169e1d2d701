import numpy as np

from ohlora.evaluation.goals import ERROR_GOALS, JUMPS_GOAL, MEAN_GOALS, goal_of
from ohlora.evaluation.plan import LOGIT, PROBABILITY


def test_grades() -> None:
    r = goal_of("r", "gender", LOGIT)
    assert r is not None
    assert [r.grade(value) for value in (0.99, 0.985, 0.975, 0.9, np.nan)] == [
        "aim",
        "aim",
        "least",
        "below",
        "unknown",
    ]
    error = ERROR_GOALS[LOGIT]
    assert [error.grade(value) for value in (0.04, 0.08, 0.09, None)] == ["aim", "least", "below", "unknown"]
    assert r.describe() == "at least 0.97" and error.describe() == "at most 0.08"


def test_goals_depend_on_slider_and_scale() -> None:
    assert goal_of("slope", "mouth") is None and goal_of("error", "gender", PROBABILITY) is None
    bounds = [goal_of("r", name, scale) for name, scale in (("mouth", "value"), ("gender", PROBABILITY))]
    assert [goal.least for goal in bounds if goal is not None] == [0.995, 0.90]
    eyes, mouth = goal_of("jumps", "eyes"), goal_of("jumps", "mouth")
    assert eyes is not None and eyes.least == 0.05 and mouth == JUMPS_GOAL
    assert MEAN_GOALS["lowest_identity"].higher and not MEAN_GOALS["largest_excursion"].higher

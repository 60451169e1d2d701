import numpy as np

from ohlora.evaluation.goals import DRIFT_GOAL, goal_of


def test_grades() -> None:
    r = goal_of("r", "mouth")
    assert r is not None
    assert [r.grade(value) for value in (0.99, 0.98, 0.96, 0.9, np.nan)] == ["aim", "aim", "least", "below", "unknown"]
    assert [DRIFT_GOAL.grade(value) for value in (0.03, 0.08, 0.09)] == ["aim", "least", "below"]
    assert goal_of("slope", "mouth") is None
    gender = goal_of("r", "gender")
    assert gender is not None and gender.least == 0.9

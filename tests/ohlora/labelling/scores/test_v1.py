import numpy as np
import pytest

from ohlora.labelling.scores import compute_scores
from segmentation.classes import FaceClass as C


def test_eyes_are_the_mean_of_two_heights_and_a_missing_eye_counts_as_closed(draw):
    # Rows 50..59: last minus first is 9; the other eye has no pixel.
    table = compute_scores(*draw((C.LEFT_EYE, 50, 60, 10, 20)), "v1")
    assert table.values["eyes"][0] == 4.5


def test_hair_length_is_the_lowest_row_inside_the_frame(draw):
    table = compute_scores(*draw((C.HAIR, 10, 20, 91, 30)), "v1")
    assert table.values["hair_length"][0] == 100


def test_hair_length_adds_half_the_last_row_of_hair_that_leaves_the_frame(draw):
    table = compute_scores(*draw((C.HAIR, 10, 20, 214, 30)), "v1")
    assert table.values["hair_length"][0] == 223 + 15


def test_mouth_adds_the_heights_of_lips_and_inner_mouth(draw):
    # Lips from row 150 to 173 (23), inner mouth from row 156 to 163 (7).
    parts = (C.UPPER_LIP, 150, 90, 6, 40), (C.INNER_MOUTH, 156, 95, 8, 30), (C.LOWER_LIP, 164, 90, 10, 40)
    assert compute_scores(*draw(*parts), "v1").values["mouth"][0] == 30


def test_pose_is_negative_where_the_nose_points_to_the_viewers_right(draw):
    # Four equal steps to the right going down: x and y correlate by 1 / sqrt(1 + within-step variances), near 1.
    steps = [(C.NOSE, 90 + 10 * k, 100 + 10 * k, 10, 10) for k in range(4)]
    score = compute_scores(*draw(*steps), "v1").values["pose"][0]
    # Variance over steps 125 (10 apart), within a step 8.25 = (100 - 1) / 12: correlation 125 / 133.25.
    assert score == pytest.approx(-125 / 133.25)


def test_missing_scores_are_nan_with_a_reason(draw):
    table = compute_scores(*draw(), "v1")
    for name in ("hair_color", "hair_length", "mouth", "pose"):
        assert np.isnan(table.values[name][0]) and "no " in table.reasons[0][name]
    assert table.values["eyes"][0] == 0.0 and "eyes" not in table.reasons[0]


def test_a_nose_of_one_row_has_no_pose(draw):
    table = compute_scores(*draw((C.NOSE, 100, 100, 1, 12)), "v1")
    assert np.isnan(table.values["pose"][0]) and "single row" in table.reasons[0]["pose"]

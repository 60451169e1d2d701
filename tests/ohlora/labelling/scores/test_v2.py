import math

import numpy as np
import pytest

from ohlora.labelling.scores import compute_scores
from segmentation.classes import FaceClass as C


def brute_force_eye(label_map, face_class):
    """The definition itself, over all pairs of pixels."""
    y, x = np.nonzero(label_map == face_class)
    height = max(y[x == column].max() - y[x == column].min() for column in np.unique(x))
    dx, dy = np.abs(x[:, None] - x), np.abs(y[:, None] - y)
    square = dx**2 + dy**2
    return height * dx[square == square.max()].max() / math.sqrt(square.max())


def test_eyes_agree_with_the_definition_on_ragged_shapes(draw):
    random = np.random.default_rng(3)
    for _ in range(5):
        label_map, image = draw()
        patch = random.random((20, 34)) < 0.4
        label_map[0, 80:100, 50:84][patch] = C.LEFT_EYE
        assert compute_scores(label_map, image, "v2").values["eyes"][0] == pytest.approx(
            brute_force_eye(label_map[0], C.LEFT_EYE)
        )


def test_the_larger_eye_counts(draw):
    # Columns of 5 rows (height 4); farthest pair (29, 4). The other eye is 3 rows high.
    table = compute_scores(*draw((C.LEFT_EYE, 80, 50, 5, 30), (C.RIGHT_EYE, 80, 130, 3, 30)), "v2")
    assert table.values["eyes"][0] == pytest.approx(4 * 29 / math.hypot(29, 4))


def test_an_eye_of_one_pixel_is_closed(draw):
    assert compute_scores(*draw((C.LEFT_EYE, 80, 50, 1, 1)), "v2").values["eyes"][0] == 0.0


def test_hair_color_drops_a_tenth_at_both_ends(draw):
    # Ten pixels of brightness 0, 10, ..., 90; ranks 1..8 remain: mean 45. An eleventh would shift the ranks.
    label_map, image = draw((C.HAIR, 20, 50, 1, 10))
    image[0, 20, 50:60] = np.arange(0, 100, 10)[:, None]
    image[0, 20, 59] = 255
    assert compute_scores(label_map, image, "v2").values["hair_color"][0] == pytest.approx(45.0)


def test_hair_length_counts_rows_with_twenty_pixels_from_row_56(draw):
    # Rows 56..99 with 25 pixels; rows 100..119 with 19 pixels do not count.
    table = compute_scores(*draw((C.HAIR, 10, 50, 90, 25), (C.HAIR, 100, 50, 20, 19)), "v2")
    assert table.values["hair_length"][0] == 44


def test_hair_that_leaves_the_frame_adds_half_of_what_exceeds_ten_pixels_a_half(draw):
    # 168 rows; 30 pixels in the left half, 6 in the right one: (30 - 10) / 2 + 0.
    table = compute_scores(*draw((C.HAIR, 10, 50, 214, 30), (C.HAIR, 10, 180, 214, 6)), "v2")
    assert table.values["hair_length"][0] == 168 + 10


def test_mouth_is_the_share_of_the_inner_mouth(draw):
    # 100 inner pixels, 300 of lips.
    table = compute_scores(*draw((C.UPPER_LIP, 150, 90, 15, 20), (C.INNER_MOUTH, 165, 95, 5, 20)), "v2")
    assert table.values["mouth"][0] == 0.25


def test_pose_is_the_slope_between_the_eyes_and_zero_without_one(draw):
    left, right = (C.LEFT_EYE, 80, 60, 5, 11), (C.RIGHT_EYE, 86, 120, 5, 11)
    assert compute_scores(*draw(left, right), "v2").values["pose"][0] == pytest.approx(6 / 60)
    assert compute_scores(*draw(left), "v2").values["pose"][0] == 0.0


def test_missing_scores_are_nan_with_a_reason(draw):
    table = compute_scores(*draw(), "v2")
    for name in ("hair_color", "hair_length", "mouth"):
        assert np.isnan(table.values[name][0]) and "no " in table.reasons[0][name]


def test_one_hair_pixel_is_too_few_to_trim(draw):
    table = compute_scores(*draw((C.HAIR, 20, 50, 1, 1)), "v2")
    assert np.isnan(table.values["hair_color"][0]) and "too few" in table.reasons[0]["hair_color"]

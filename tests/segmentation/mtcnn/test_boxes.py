import numpy as np
import pytest

from segmentation.mtcnn.boxes import correct, pixel_bounds, square, suppress


def boxes(*rows):
    return np.array(rows, dtype=np.float32)


def test_suppression_by_hand():
    # The first two share 8x10 of 120: 0.667. The third touches neither.
    candidates = boxes((0, 0, 10, 10), (2, 0, 12, 10), (50, 50, 60, 60))
    scores = np.array([0.8, 0.9, 0.7], dtype=np.float32)
    assert suppress(candidates, scores, 0.6).tolist() == [1, 2]
    assert suppress(candidates, scores, 0.7).tolist() == [1, 0, 2]


def test_suppression_against_the_smaller_box():
    # The small box lies in the large one: a hundredth of the union, the whole of the smaller.
    candidates = boxes((0, 0, 99, 99), (10, 10, 19, 19))
    scores = np.array([0.9, 0.8], dtype=np.float32)
    assert suppress(candidates, scores, 0.7).tolist() == [0, 1]
    assert suppress(candidates, scores, 0.7, smaller=True).tolist() == [0]


def test_a_dropped_box_drops_no_other():
    # A overlaps B, B overlaps C, A does not overlap C: with A kept and B gone, C stays.
    candidates = boxes((0, 0, 10, 10), (4, 0, 14, 10), (8, 0, 18, 10))
    assert suppress(candidates, np.array([0.9, 0.8, 0.7], dtype=np.float32), 0.3).tolist() == [0, 2]


def test_no_boxes():
    empty = np.empty((0, 4), dtype=np.float32)
    assert suppress(empty, empty[:, 0], 0.5).tolist() == []
    assert square(empty).shape == (0, 4)


@pytest.mark.parametrize(("inclusive", "expected"), [(False, [12, 18, 30, 44]), (True, [12.1, 17.9, 30, 44.2])])
def test_correction_by_hand(inclusive, expected):
    # 20 pixels wide and high, or 21 where both end pixels count.
    moved = correct(boxes((10, 20, 30, 40)), boxes((0.1, -0.1, 0.0, 0.2)), inclusive=inclusive)
    np.testing.assert_allclose(moved[0], expected, rtol=1e-6)


def test_square_grows_the_shorter_side():
    assert square(boxes((10, 10, 20, 30))).tolist() == [[5, 10, 25, 30]]


def test_bounds_read_corners_as_one_based():
    # Corner 1 is the first pixel; what lies outside is clipped.
    result = pixel_bounds(boxes((1, 2, 5, 6), (-3.7, 0.5, 200, 50.9)), width=100, height=40)
    assert result.tolist() == [[0, 1, 5, 6], [0, 0, 100, 40]]

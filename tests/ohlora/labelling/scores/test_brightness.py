import numpy as np
import pytest

from ohlora.labelling.scores.brightness import BRIGHTNESS_LEVELS, brightness_median, brightness_moments, trimmed


def histogram(*rows):
    return np.stack([np.bincount(np.array(row, dtype=np.int64), minlength=BRIGHTNESS_LEVELS) for row in rows])


def test_trimmed_keeps_the_ranks_between_both_bounds():
    # Eleven values: ranks int(1.1) = 1 to int(9.9) = 9, the upper one excluded, leave ranks 1..8.
    kept = trimmed(histogram(range(0, 110, 10)), 0.1, 0.9)
    np.testing.assert_array_equal(np.flatnonzero(kept[0]), range(10, 90, 10))


def test_trimmed_splits_a_level_that_a_bound_falls_into():
    kept = trimmed(histogram([5] * 6 + [9] * 4), 0.25, 0.75)
    # Ranks 2..6: four fives and one nine.
    assert kept[0, 5] == 4 and kept[0, 9] == 1 and kept.sum() == 5


def test_median_of_odd_even_and_no_pixels():
    np.testing.assert_allclose(brightness_median(histogram([30, 60, 300], [30, 60, 90, 300], [])), [20.0, 25.0, np.nan])


def test_moments_agree_with_numpy():
    random = np.random.default_rng(0)
    levels = random.integers(0, BRIGHTNESS_LEVELS, size=500)
    mean, deviation = brightness_moments(histogram(levels, []))
    assert mean[0] == pytest.approx((levels / 3).mean()) and deviation[0] == pytest.approx((levels / 3).std())
    assert np.isnan(mean[1]) and np.isnan(deviation[1])

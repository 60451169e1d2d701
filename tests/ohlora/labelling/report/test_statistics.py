import math

import numpy as np
import pytest

from ohlora.labelling.report.statistics import correlation_matrix, correlations, count_reasons, extremes, summarise

NAN = math.nan


def test_a_summary_leaves_missing_values_out() -> None:
    summary = summarise("eyes", np.array([0.0, NAN, 0.5, 1.0]), np.array([10.0, NAN, 20.0, 30.0]))
    assert (summary.count, summary.missing) == (3, 1)
    assert (summary.mean, summary.median, summary.raw_low, summary.raw_high) == (0.5, 0.5, 10.0, 30.0)
    assert summary.deviation == pytest.approx(math.sqrt(1 / 6))


def test_a_summary_of_nothing_is_not_a_number() -> None:
    summary = summarise("eyes", np.array([NAN, NAN]), np.array([NAN, NAN]))
    assert (summary.count, summary.missing) == (0, 2) and math.isnan(summary.mean) and math.isnan(summary.raw_low)


def test_correlations_take_the_images_that_have_both_and_come_strongest_first() -> None:
    columns = {
        "a": np.array([0.0, 1.0, 2.0, 3.0, NAN]),
        "b": np.array([0.0, 1.0, 0.0, 1.0, 9.0]),
        "c": np.array([3.0, 2.0, 1.0, 0.0, 7.0]),
    }
    first, *others = correlations(columns)
    assert (first.first, first.second, first.r, first.count) == ("a", "c", pytest.approx(-1.0), 4)
    # By hand over the four common rows: covariance 0.25, deviations sqrt(1.25) and 0.5.
    (ab,) = [pair for pair in others if (pair.first, pair.second) == ("a", "b")]
    assert ab.r == pytest.approx(0.25 / (math.sqrt(1.25) * 0.5))
    matrix = correlation_matrix(columns)
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1.0)


def test_a_constant_or_hardly_known_attribute_has_no_correlation() -> None:
    columns = {"a": np.arange(4.0), "b": np.ones(4), "c": np.array([1.0, 2.0, NAN, NAN])}
    pairs = correlations(columns)
    assert all(math.isnan(pair.r) for pair in pairs) and len(pairs) == 3


def test_extremes_leave_missing_values_out() -> None:
    assert extremes(np.array([0.5, NAN, 0.1, 0.9, 0.7]), 2) == ([2, 0], [4, 3])


def test_no_image_is_at_both_ends() -> None:
    assert extremes(np.array([0.5, 0.1, 0.9]), 6) == ([1], [2])
    assert extremes(np.array([0.5]), 6) == ([], [])
    assert extremes(np.array([NAN, NAN]), 6) == ([], [])


def test_reasons_are_counted() -> None:
    cells = ["hair_color: no hair; pose: no nose", "", "pose: no nose", "face: no face found"]
    assert count_reasons(cells) == [("pose", "no nose", 2), ("hair_color", "no hair", 1), ("face", "no face found", 1)]

import numpy as np
import pytest

from ohlora.evaluation.statistics import (
    absolute_errors,
    drifts,
    estimate,
    fit_lines,
    mean_known,
    pooled_correlation,
    resamples,
)

ASKED = np.array([0.0, 0.5, 1.0])
NAN = np.nan


def test_lines_by_hand() -> None:
    # Exact line of slope 0.5; falling line; 0, 1, 0.5: covariance 1/12, variances 1/6 each, so r = slope = 0.5.
    lines = fit_lines(ASKED, np.array([[0.2, 0.45, 0.7], [1.0, 0.5, 0.0], [0.0, 1.0, 0.5]]))
    np.testing.assert_allclose(lines.r, [1.0, -1.0, 0.5])
    np.testing.assert_allclose(lines.slope, [0.5, -1.0, 0.5])
    np.testing.assert_allclose(lines.r_squared, [1.0, 1.0, 0.25])


def test_a_flat_ramp_has_no_control_and_missing_labels_say_nothing() -> None:
    lines = fit_lines(ASKED, np.array([[0.3, 0.3, 0.3], [0.1, NAN, 0.2]]))
    assert lines.r[0] == 0.0 and lines.slope[0] == 0.0
    assert np.isnan(lines.r[1]) and np.isnan(lines.slope[1])


def test_a_missing_point_is_left_out() -> None:
    asked = np.array([0.0, 0.5, 0.75, 1.0])
    lines = fit_lines(asked, np.array([[0.0, 0.5, NAN, 1.0]]))
    np.testing.assert_allclose(lines.r, [1.0])


def test_lines_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    asked, measured = np.linspace(-1, 1, 11), rng.standard_normal((5, 11))
    lines = fit_lines(asked, measured)
    np.testing.assert_allclose(lines.r, [np.corrcoef(asked, row)[0, 1] for row in measured], atol=1e-12)
    np.testing.assert_allclose(lines.slope, [np.polyfit(asked, row, 1)[0] for row in measured], atol=1e-12)


def test_pooling_sees_what_single_ramps_hide() -> None:
    # Each ramp is a perfect line, but they lie one above the other: per ramp r is 1, over all images it is not.
    measured = np.stack([ASKED, ASKED + 1.0])
    assert fit_lines(ASKED, measured).r.tolist() == pytest.approx([1.0, 1.0])
    pooled = pooled_correlation(ASKED, measured)
    assert pooled.mean == pytest.approx(np.corrcoef(np.tile(ASKED, 2), measured.ravel())[0, 1])
    assert pooled.low <= pooled.mean <= pooled.high and pooled.count == 6


def test_errors_and_drift_are_shares_of_the_range() -> None:
    measured = np.array([[-1.0, 0.2, 1.0], [-0.6, NAN, 0.6]])
    # |0|, |0.2|, |0| and |0.4|, |0.4|, over a range of width 2.
    np.testing.assert_allclose(absolute_errors(np.array([-1.0, 0.0, 1.0]), measured, 2.0), [0.2 / 3 / 2, 0.2])
    np.testing.assert_allclose(drifts(measured, 2.0), [1.0, 0.6])
    assert np.isnan(drifts(np.array([[NAN, 0.0, 1.0]]), 1.0)[0])


def test_estimate_has_the_interval_of_the_mean() -> None:
    values = np.array([0.0, 1.0, NAN] * 200)
    result = estimate(values)
    assert (result.mean, result.deviation, result.count) == (0.5, 0.5, 400)
    # The mean's standard error is 0.5 / 20, and 95 % lie within 1.96 of them.
    assert result.low == pytest.approx(0.5 - 0.049, abs=0.01) and result.high == pytest.approx(0.5 + 0.049, abs=0.01)
    assert np.isnan(estimate(np.array([NAN])).mean)
    assert estimate(np.array([0.25])).low == 0.25


def test_resampling_is_repeatable() -> None:
    np.testing.assert_array_equal(resamples(5), resamples(5))


def test_mean_of_nothing_is_missing() -> None:
    np.testing.assert_array_equal(mean_known(np.array([[NAN, NAN], [1.0, NAN]]), axis=1), [NAN, 1.0])

import math

import numpy as np
import pytest

from ohlora.classification.measures import auroc, calibration, expected_calibration_error, measure


def test_figures_worked_out_by_hand() -> None:
    values = np.array([0, 0, 1, 1])
    probabilities = np.array([0.1, 0.6, 0.4, 0.9])
    found = measure(values, probabilities)
    assert (found.faces, found.accuracy, found.wrong_zeros, found.wrong_ones) == (4, 0.5, 1, 1)
    # Of the four pairs of a one and a zero, 0.4 against 0.6 alone is in the wrong order.
    assert found.auroc == 0.75
    # Each face is alone in its bin: distances 0.1, 0.6, 0.6, 0.1.
    assert found.calibration_error == pytest.approx(0.35)
    assert found.brier == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert "accuracy 0.5000, AUROC 0.7500, expected calibration error 0.3500" in found.line()


def test_bins() -> None:
    bins = calibration(np.array([0, 1, 1, 1]), np.array([0.0, 0.05, 0.95, 1.0]))
    assert [one.count for one in bins] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0].mean, bins[0].share) == (pytest.approx(0.025), 0.5)
    assert math.isnan(bins[1].mean)


def test_probabilities_that_are_right_on_average_have_no_calibration_error() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random(200_000)
    values = (rng.random(200_000) < probabilities).astype(np.int64)
    assert expected_calibration_error(values, probabilities) < 0.01
    assert expected_calibration_error(values, probabilities**3) > 0.1


def test_one_answer_alone_has_no_auroc() -> None:
    assert math.isnan(auroc(np.array([1, 1]), np.array([0.2, 0.3])))

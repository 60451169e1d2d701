import numpy as np
import pytest

from ohlora.evaluation.worst_case import excursions, extreme, largest, largest_steps, lowest, share_above

NAN = np.nan


def test_an_excursion_is_seen_where_drift_is_zero() -> None:
    # (Z, S, M) = (1, 4, 2): the first attribute goes away and comes back, the second, of width 2, creeps.
    measured = np.array([[[0.5, 0.0], [0.7, 0.1], [0.2, 0.2], [0.5, 0.3]]])
    np.testing.assert_allclose(excursions(measured, np.array([1.0, 2.0])), [[0.5, 0.15]])
    np.testing.assert_allclose(largest_steps(measured, np.array([1.0, 2.0])), [[0.5, 0.05]])


def test_missing_labels_do_not_count() -> None:
    measured = np.array([[[0.1, NAN], [NAN, NAN], [0.9, 0.4]]])
    widths = np.ones(2)
    np.testing.assert_allclose(excursions(measured, widths), [[0.8, 0.0]])
    # Both steps have an unknown end.
    assert np.isnan(largest_steps(measured, widths)).all()
    np.testing.assert_array_equal(largest(np.array([[0.3, NAN], [NAN, NAN]])), [0.3, NAN])
    np.testing.assert_array_equal(lowest(np.array([[0.3, 0.2], [NAN, 0.4]])), [0.2, 0.4])


def test_extremes_name_the_face() -> None:
    values, seeds = np.append(np.linspace(0.0, 1.0, 101), NAN), np.arange(1000, 1102)
    high = extreme(values, seeds)
    assert (high.worst, high.seed, high.count) == (1.0, 1100, 101)
    assert high.mean == pytest.approx(0.5) and high.tail == pytest.approx(0.95)
    low = extreme(values, seeds, higher_is_worse=False)
    assert (low.worst, low.seed) == (0.0, 1000) and low.tail == pytest.approx(0.05)
    nothing = extreme(np.array([NAN]), seeds)
    assert nothing.content() == {"mean": None, "tail": None, "worst": None, "seed": None, "count": 0}


def test_share_above() -> None:
    assert share_above(np.array([0.05, 0.2, NAN, 0.3, 0.1]), 0.1) == 0.5
    assert np.isnan(share_above(np.array([NAN]), 0.1))

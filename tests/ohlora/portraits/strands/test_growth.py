"""Tests of ohlora.portraits.strands.growth."""

import numpy as np
import pytest

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits.strands.growth import cut, grow
from ohlora.portraits.strands.scalp import depth_inside


def test_a_strand_is_cut_where_it_reaches_the_height() -> None:
    straight = np.stack([np.zeros(11), np.linspace(0.0, 100.0, 11), np.zeros(11)], axis=1)[None]
    ends = cut(straight, np.array([25.0]), np.array([1e3]), 6)[0]
    assert ends[0].tolist() == [0.0, 0.0, 0.0] and ends[-1, 1] == pytest.approx(25.0)


def test_a_strand_is_cut_after_its_length_and_close_where_it_grows_below_the_height() -> None:
    straight = np.stack([np.zeros(11), np.linspace(0.0, 100.0, 11), np.zeros(11)], axis=1)[None]
    assert cut(straight, np.array([90.0]), np.array([40.0]), 6)[0, -1, 1] == pytest.approx(40.0)
    assert cut(straight + [0.0, 50.0, 0.0], np.array([30.0]), np.array([1e3]), 6)[0, -1, 1] == pytest.approx(57.0)


def test_strands_stay_outside_the_skull_and_fall_at_its_sides() -> None:
    root = np.array([[20.0, -90.0, 20.0]])
    strand = grow(root, np.array([[1.0, 0.0, 0.0]]), np.array([8.0]), np.array([0.4]), 24)[0]
    above = strand[1:][strand[1:, 1] < 20.0]
    assert (depth_inside(above) > 1.0).all()
    assert strand[-1, 1] > 80.0 and 55.0 < strand[-1, 0] < 110.0

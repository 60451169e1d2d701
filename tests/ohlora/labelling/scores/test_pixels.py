import numpy as np

from ohlora.labelling.scores.pixels import Pixels, divide


def pixels():
    """Three maps: (y, x) = (1, 2), (3, 6) in the first, none in the second, (5, 5), (5, 7), (5, 12) in the third."""
    image, y, x = np.array([0, 0, 2, 2, 2]), np.array([1, 3, 5, 5, 5]), np.array([2, 6, 5, 7, 12])
    return Pixels(3, image, y, x)


def test_measures_by_hand():
    p = pixels()
    np.testing.assert_array_equal(p.count, [2, 0, 3])
    np.testing.assert_array_equal(p.total(p.x), [8, 0, 24])
    np.testing.assert_array_equal(p.mean(p.x), [4, np.nan, 8])
    np.testing.assert_array_equal(p.lowest(p.x), [2, np.nan, 5])
    np.testing.assert_array_equal(p.highest(p.x), [6, np.nan, 12])
    np.testing.assert_array_equal(p.span(p.y), [2, np.nan, 0])
    # Deviations -2, 2 and -3, -1, 4.
    np.testing.assert_allclose(p.spread(p.x), [2, np.nan, np.sqrt(26 / 3)])
    np.testing.assert_array_equal(p.median(p.x), [6, np.nan, 7])


def test_no_pixel_at_all():
    nothing = np.array([], dtype=np.int64)
    p = Pixels(2, nothing, nothing, nothing)
    assert np.isnan(p.mean(p.x)).all() and np.isnan(p.span(p.x)).all() and np.isnan(p.median(p.x)).all()
    assert len(p.without_strays().x) == 0


def test_strays_go_and_thin_lines_stay():
    line = np.arange(40)
    x = np.concatenate([line, [200, 201]])
    p = Pixels(1, np.zeros(42, dtype=np.int64), np.full(42, 7), x)
    np.testing.assert_array_equal(p.without_strays().x, line)


def test_divide_gives_nan_for_zero_denominators():
    np.testing.assert_array_equal(divide([1.0, 2.0, 0.0], [2, 0, 0]), [0.5, np.nan, np.nan])

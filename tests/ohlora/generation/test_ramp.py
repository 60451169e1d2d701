import numpy as np
import pytest

from ohlora.errors import SettingsError
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.ramp import draw_ramp, ramp_values
from tests.ohlora.studio.painted import PaintedModel


def test_values_are_even_and_may_fall() -> None:
    np.testing.assert_array_equal(ramp_values(-1, 1, 5), [-1, -0.5, 0, 0.5, 1])
    np.testing.assert_array_equal(ramp_values(1, 0, 3), [1, 0.5, 0])
    with pytest.raises(SettingsError, match="at least 2 steps for a ramp, got 1"):
        ramp_values(0, 1, 1)


def test_a_ramp_is_its_single_pictures() -> None:
    drawer, values = FaceDrawer(PaintedModel()), np.array([0.0, 0.75])
    ramp = draw_ramp(drawer, 3, "mouth", values, {"pose": 0.1}, truncation=0.5)
    for value, picture in zip(values, ramp, strict=True):
        single = next(drawer.draw([3], {"mouth": np.array([value]), "pose": np.array([0.1])}, 0.5))
        np.testing.assert_array_equal(picture, single)
    assert (np.asarray(ramp[0]) != np.asarray(ramp[1])).any()

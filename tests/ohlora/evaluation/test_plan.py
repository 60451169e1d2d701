import numpy as np
import pytest

from ohlora.errors import SettingsError
from ohlora.evaluation.plan import LOGIT, PROBABILITY, VALUE, plan_ramps, random_values
from ohlora.evaluation.settings import EvaluationSettings, parse_truncations
from ohlora.sliders.slider import Slider, build_sliders

SETTINGS = EvaluationSettings((1,), steps=5)
GENDER = Slider("gender", 0.0, 1.0, max_logit=4.0)


def test_a_probability_gets_a_ramp_of_each_scale() -> None:
    plan = plan_ramps({"gender": GENDER, "pose": Slider("pose", -1.0, 1.0)}, SETTINGS)
    assert {name: ramp.scale for name, ramp in plan.items()} == {
        "gender": LOGIT, "pose": VALUE, "gender (probability)": PROBABILITY,
    }  # fmt: skip
    np.testing.assert_allclose(plan["pose"].asked, [-1.0, -0.5, 0.0, 0.5, 1.0])
    assert plan["pose"].width == 2.0
    own, probability = plan["gender"], plan["gender (probability)"]
    np.testing.assert_allclose(own.values_for(GENDER), [0.0, 0.25, 0.5, 0.75, 1.0])
    # Probabilities of 0 and 1 are at the ends; log(3) of 4 is what a quarter is away from the middle.
    far = 0.5 + 0.5 * np.log(3.0) / 4.0
    np.testing.assert_allclose(probability.values_for(GENDER), [0.0, 1.0 - far, 0.5, far, 1.0])
    np.testing.assert_array_equal(probability.on_scale(np.array([0.25, np.nan])), [0.25, np.nan])


def test_measured_probabilities_become_values_of_the_slider() -> None:
    own = plan_ramps({"gender": GENDER}, SETTINGS)["gender"]
    # A logit of 2 is three quarters of the way from -4 to 4; what lies beyond 0 and 1 is at the ends.
    measured = np.array([1.0 / (1.0 + np.exp(-2.0)), -1e-6, 1.0 + 1e-6, np.nan])
    np.testing.assert_allclose(own.on_scale(measured), [0.75, 0.0, 1.0, np.nan], atol=1e-12)


def test_a_baseline_with_another_scale_is_asked_for_the_same_attributes() -> None:
    even_in_the_probability = Slider("gender", 0.0, 1.0)
    own = plan_ramps({"gender": GENDER}, SETTINGS)["gender"]
    asked = own.values_for(even_in_the_probability)
    np.testing.assert_allclose(asked, 1.0 / (1.0 + np.exp([4.0, 2.0, 0.0, -2.0, -4.0])))
    assert plan_ramps({"gender": even_in_the_probability}, SETTINGS)["gender"].scale == PROBABILITY


def test_random_values_belong_to_the_seed_and_cover_the_range() -> None:
    sliders = build_sliders(("mouth", "pose"))
    values = np.stack([random_values(seed, sliders) for seed in range(400)])
    np.testing.assert_array_equal(values[7], random_values(7, sliders))
    np.testing.assert_allclose(values.min(axis=0), [0.0, -1.0], atol=0.02)
    np.testing.assert_allclose(values.max(axis=0), [1.0, 1.0], atol=0.02)


def test_faces_of_further_truncations() -> None:
    settings = EvaluationSettings(tuple(range(10)), truncations=parse_truncations("1, 0.7"))
    assert settings.seeds_at(1.0) == tuple(range(10)) and settings.seeds_at(0.7) == (0, 1, 2)
    some = EvaluationSettings(tuple(range(10)), truncations=(1.0, 0.7), further_faces=5)
    assert some.seeds_at(0.7) == (0, 1, 2, 3, 4)
    with pytest.raises(SettingsError, match=r"such as 1,0\.7"):
        parse_truncations("1;0.7")

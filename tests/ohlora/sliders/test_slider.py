"""Tests of ohlora.sliders.slider."""

import math

import pytest
import torch

from ohlora.errors import SettingsError
from ohlora.sliders.slider import Slider, build_sliders, checked_values, describe_sliders, slider_tensor

SLIDERS = build_sliders(["mouth", "pose"])


def test_sliders_have_the_attributes_ranges_and_any_subset_works() -> None:
    assert describe_sliders(SLIDERS) == "mouth 0 to 1, pose -1 to 1"
    assert list(build_sliders()) == ["gender", "eyes", "hair_color", "hair_length", "mouth", "pose"]
    assert list(build_sliders(["background_mean", "eyes"])) == ["background_mean", "eyes"]


def test_values_become_columns_and_unset_ones_nan() -> None:
    values = slider_tensor(SLIDERS, {"pose": torch.tensor([-1.0, 0.5])}, 2)
    assert values.shape == (2, 2)
    assert all(math.isnan(value) for value in values[:, 0])
    assert values[:, 1].tolist() == [-1.0, 0.5]
    assert slider_tensor(SLIDERS, {"mouth": 0.25}, 3)[:, 0].tolist() == [0.25] * 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"smile": 0.5}, "no slider is called 'smile'; the sliders are: mouth 0 to 1, pose -1 to 1"),
        ({"mouth": 1.2}, "expected mouth from 0 to 1, got 1.2; the sliders are"),
        ({"pose": torch.tensor([0.0, -1.1])}, "expected pose from -1 to 1, got -1.1"),
        ({"mouth": 1.0000021}, "expected mouth from 0 to 1, got 1.0000021"),
        ({"mouth": -0.0000011}, "got -1.1e-06"),
        ({"mouth": "wide"}, "expected numbers for mouth, got 'wide'"),
        ({"pose": math.inf}, "got inf"),
        ({"pose": math.nan}, "got NaN; leave a slider out"),
        ({"pose": torch.zeros(3)}, r"one value or 2 values, got the shape \(3,\)"),
    ],
)
def test_wrong_values_are_told(values: dict[str, float], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        slider_tensor(SLIDERS, values, 2)


def test_values_beyond_an_end_by_rounding_are_at_the_end() -> None:
    assert slider_tensor(SLIDERS, {"mouth": 1.0 + 5e-7, "pose": -1.0 - 1e-6}, 1).tolist() == [[1.0, -1.0]]
    given = torch.tensor([1.0 + 5e-7, 0.25])
    assert checked_values(SLIDERS, "mouth", given).tolist() == [1.0, 0.25]
    assert checked_values(SLIDERS, "mouth", [[0.1, 1.0]]).tolist() == [[0.1, 1.0]]


def test_wrong_declarations_are_told() -> None:
    with pytest.raises(SettingsError, match="unknown attribute 'smile'; known are: gender"):
        build_sliders(["smile"])
    with pytest.raises(SettingsError, match="at least one attribute"):
        build_sliders([])
    with pytest.raises(SettingsError, match="finite low < high"):
        Slider("mouth", 1.0, 0.0)


def test_a_probability_is_even_in_the_logit_and_others_are_as_they_are() -> None:
    gender, mouth = build_sliders(["gender", "mouth"]).values()
    asked = gender.attributes_of([0.0, 0.5, 0.75, 1.0])
    logits = [-9.9, 0.0, 4.95, 9.9]  # of 0.5 + 0.5 * logit / 9.9
    assert asked == pytest.approx([1.0 / (1.0 + math.exp(-logit)) for logit in logits])
    assert gender.values_of(asked) == pytest.approx([0.0, 0.5, 0.75, 1.0])
    assert gender.values_of([0.0, 1.0, math.nan]) == pytest.approx([0.0, 1.0, math.nan], nan_ok=True)
    assert mouth.values_of(mouth.attributes_of([0.2, 1.3])) == pytest.approx([0.2, 1.3])


def test_a_slider_is_named_once() -> None:
    with pytest.raises(SettingsError, match="attribute 'mouth' is named twice"):
        build_sliders(["mouth", "pose", "mouth"])

"""Tests of ohlora.sliders.directions."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.errors import DatasetError, ModelError, SettingsError
from ohlora.sliders.directions import DirectionModel, calibrate, fit_directions
from ohlora.sliders.slider import build_sliders
from tests.ohlora.finetuning_models import tiny_base


def samples(count: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Ten-dimensional w, and attributes that are 0.2 w0 and 0.1 w1 plus 0.5."""
    w = np.random.default_rng(0).standard_normal((count, 10)).astype(np.float32)
    return w, np.stack([0.5 + 0.2 * w[:, 0], 0.5 + 0.1 * w[:, 1]], axis=1)


def test_directions_of_linear_attributes_are_their_axes_in_the_right_length() -> None:
    w, values = samples()
    values[:7, 0] = np.nan
    first, second = fit_directions(w, values)
    # Raising 0.2 w0 by 1 takes 5 along the first axis, 0.1 w1 takes 10 along the second.
    assert first[0] == pytest.approx(5.0, rel=0.1) and np.abs(first[1:]).max() < 0.8
    assert second[1] == pytest.approx(10.0, rel=0.1)


def test_orthogonal_directions_leave_each_other_alone() -> None:
    w, values = samples()
    values[:, 1] += 0.1 * w[:, 0]
    first, _ = fit_directions(w, values, orthogonal=True)
    plain_first, plain_second = fit_directions(w, values)
    cosine = abs(first @ plain_second) / np.linalg.norm(first) / np.linalg.norm(plain_second)
    assert cosine < 0.02 < abs(plain_first @ plain_second) / np.linalg.norm(plain_first) / np.linalg.norm(plain_second)


def test_too_few_faces() -> None:
    w, values = samples(30)
    with pytest.raises(DatasetError, match="at least 40 faces with attribute 0, found 30"):
        fit_directions(w, values)


def model() -> DirectionModel:
    return DirectionModel(tiny_base(), build_sliders(["mouth", "pose"]), base_name="tiny", regressor_hidden=8)


def test_unset_sliders_stay_and_set_ones_push() -> None:
    directions, z = model(), torch.randn(3, 12)
    directions.directions[0, 0] = 3.0
    plain = directions.base(z)
    torch.testing.assert_close(directions.edit(z), plain, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(directions.edit(z, {"pose": 1.0}), plain, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(directions.edit(z, {"mouth": 1.0}), plain)
    with pytest.raises(SettingsError, match="the sliders are: mouth 0 to 1"):
        directions.edit(z, {"eyes": 1.0})


def test_calibration_makes_the_way_over_the_range_right() -> None:
    directions, z = model(), torch.randn(4, 12)
    directions.directions[0, 0] = directions.directions[1, 1] = 1.0
    # An instrument that reads half of what the slider says: the directions have to become twice as long.
    asked = iter([value for low, high in ((0.0, 1.0), (-1.0, 1.0)) for value in np.linspace(low, high, 5)])
    factors = calibrate(directions, z, lambda images: np.full((len(images), 2), 0.5 * next(asked)))
    assert factors == pytest.approx({"mouth": 2.0, "pose": 2.0})
    assert directions.directions[0, 0] == pytest.approx(2.0)


def test_save_and_load(tmp_path: Path) -> None:
    directions, z = model(), torch.randn(2, 12)
    torch.nn.init.normal_(directions.directions)
    again = DirectionModel.from_pretrained(directions.save_pretrained(tmp_path / "model"))
    assert again.sliders == directions.sliders and again.base_name == "tiny"
    torch.testing.assert_close(again.edit(z, {"pose": 0.3}), directions.edit(z, {"pose": 0.3}), rtol=1e-4, atol=1e-5)
    (tmp_path / "model" / "directions.safetensors").unlink()
    with pytest.raises(ModelError, match="expected the weights of directions"):
        DirectionModel.from_pretrained(tmp_path / "model")

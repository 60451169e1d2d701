"""Tests of ohlora.sliders.latent_regressor."""

import math

import pytest
import torch

from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.sliders.slider import build_sliders

SLIDERS = list(build_sliders(("gender", "mouth", "pose")).values())


@pytest.fixture
def regressor() -> LatentRegressor:
    torch.manual_seed(0)
    return LatentRegressor(6, SLIDERS, 8)


def test_levels_are_another_scale_of_the_same_values(regressor: LatentRegressor) -> None:
    values = torch.tensor([[0.5, 0.5, 0.0], [0.3, 0.0, -1.0], [0.8, 1.0, 1.0]])
    levels = regressor.levels_of(values)
    assert levels[0].abs().max() < 1e-6  # the middles
    torch.testing.assert_close(regressor.values(levels), values, rtol=0, atol=1e-5)
    assert regressor.levels_of(torch.tensor([[math.nan, 0.2, 0.2]])).isnan().tolist() == [[True, False, False]]


def test_a_probability_level_is_its_log_odds_over_4_and_its_slider_is_even_in_it(regressor: LatentRegressor) -> None:
    probability = float(regressor.attributes(torch.tensor([[0.5, 0.0, 0.0]]))[0, 0])
    assert 0.5 == pytest.approx(math.log(probability / (1.0 - probability)) / 4.0, abs=1e-6)
    assert float(regressor.end[0]) == pytest.approx(9.9 / 4.0)
    levels = regressor.levels_of(torch.tensor([[0.0, 0.5, 0.0], [0.75, 0.5, 0.0], [1.0, 0.5, 0.0]]))[:, 0]
    assert levels.tolist() == pytest.approx([-9.9 / 4.0, 9.9 / 8.0, 9.9 / 4.0])


def test_losses_count_the_way_to_a_probability_but_not_how_sure_it_is(
    regressor: LatentRegressor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regressor, "member_levels", lambda w: torch.tensor([3.5, 0.0, 0.0]).expand(1, len(w), 3))
    w = torch.zeros(3, 6)
    values = torch.tensor([[0.999999, 0.5, math.nan], [0.5, 0.5, math.nan], [0.001, 0.7, math.nan]])
    losses = regressor.losses(w, values)[0]
    assert losses[0].tolist() == [0.0, 0.0, 0.0]
    assert float(losses[1, 0]) == pytest.approx(3.5 - 0.025) and float(losses[2, 0]) > 5.0  # linear above the knee
    assert float(losses[2, 1]) == pytest.approx(0.2 - 0.025, abs=1e-6) and losses[:, 2].tolist() == [0.0, 0.0, 0.0]


def test_what_is_read_stays_inside_the_ranges(regressor: LatentRegressor) -> None:
    values = regressor(torch.randn(100, 6) * 50.0)
    assert (values >= regressor.low).all() and (values <= regressor.high).all()

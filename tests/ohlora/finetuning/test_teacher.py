"""Tests of ohlora.finetuning.teacher."""

import torch

from ohlora.finetuning.regressor_training import average_directions
from ohlora.finetuning.sampling import random_requests
from ohlora.finetuning.teacher import taught_w
from ohlora.hub import resolve_model
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.slider_model import open_slider_model
from ohlora.training.schedule import step_random


def shipped() -> tuple[ConditionalGenerator, torch.Tensor]:
    model = open_slider_model(resolve_model("portraits"))
    assert isinstance(model, ConditionalGenerator)
    return model, average_directions(model.base, model.regressor, seed=0)


@torch.no_grad()
def test_levels_are_reached_along_the_directions_alone() -> None:
    model, directions = shipped()
    z, psi = torch.randn(64, 512, generator=torch.Generator().manual_seed(1)), torch.full((64, 1), 0.8)
    values = random_requests(step_random(0, 1, 2), 64, list(model.sliders.values()))
    w = taught_w(model.base, model.regressor, directions, z, psi, values)
    off = (model.regressor(w) - values).abs()[~values.isnan()]
    assert float(off.median()) < 0.01 and float((off > 0.1).float().mean()) < 0.1


@torch.no_grad()
def test_what_is_not_set_or_stands_there_already_is_not_moved() -> None:
    model, directions = shipped()
    z, psi = torch.randn(4, 512, generator=torch.Generator().manual_seed(2)), torch.ones(4, 1)
    own = model.base.truncate(model.base.map(z), psi)[:, 0]
    unset = torch.full((4, 6), torch.nan)
    torch.testing.assert_close(
        taught_w(model.base, model.regressor, directions, z, psi, unset), own, atol=1e-4, rtol=1e-4
    )
    there = torch.where(torch.arange(6) == 4, model.regressor(own), torch.nan)
    moved = taught_w(model.base, model.regressor, directions, z, psi, there)
    torch.testing.assert_close(moved, own, atol=0.02, rtol=0.02)

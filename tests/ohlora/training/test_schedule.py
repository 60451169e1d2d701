"""Tests of ohlora.training.schedule."""

import pytest
import torch

from ohlora.training.schedule import rate_at, scheduled, step_random


def test_the_rate_rises_and_falls() -> None:
    assert rate_at(0, 1000) == pytest.approx(1 / 50, rel=1e-4)
    assert rate_at(500, 1000, warm=1, final=0.0) == pytest.approx(0.5)
    assert rate_at(500, 1000, warm=1, final=0.2) == pytest.approx(0.6)  # half way from 1 to 0.2
    assert rate_at(1000, 1000) == rate_at(2000, 1000) == pytest.approx(0.02)


def test_the_rate_is_held_before_it_falls() -> None:
    held = [rate_at(step, 100, warm=10, final=0.1, hold=0.6) for step in (4, 30, 60, 80, 100)]
    assert held == pytest.approx([0.5, 1.0, 1.0, 0.55, 0.1])


def test_an_optimiser_follows_the_schedule() -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=2.0)
    schedule = scheduled(optimizer, 4, warm=1, final=0.0)["lr_scheduler"]["scheduler"]
    rates = []
    for _ in range(5):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    # 1 + cos(pi k / 4) for k = 0 .. 4
    assert rates == pytest.approx([2.0, 1.70711, 1.0, 0.29289, 0.0], abs=1e-5)


def test_random_numbers_of_a_step_do_not_depend_on_other_steps() -> None:
    assert step_random(1, 2, 3).random() == step_random(1, 2, 3).random()
    assert len({step_random(*key).random() for key in ((1, 2, 3), (1, 2, 4), (1, 3, 3), (2, 2, 3))}) == 4

"""Tests of ohlora.training.ema."""

import pytest
import torch
from torch import nn

from ohlora.training.ema import Ema, averageable


def test_early_steps_count_for_more() -> None:
    weight = torch.tensor([1.0])
    ema = Ema({"a.b": weight}, decay=0.25)
    weight.fill_(12.0)
    ema.update({"a.b": weight}, step=1)
    # (1 + 1) / (10 + 1) of the old 1, the rest of the new 12: 2/11 + 12 * 9/11 = 10.
    assert float(ema.values()["a.b"]) == pytest.approx(10.0)
    weight.fill_(2.0)
    ema.update({"a.b": weight}, step=100)
    assert float(ema.values()["a.b"]) == pytest.approx(0.25 * 10.0 + 0.75 * 2.0)


def test_averages_are_applied_for_a_while_and_kept_in_a_copy() -> None:
    network = nn.BatchNorm1d(2)
    ema = Ema(averageable(network), decay=0.9)
    with torch.no_grad():
        network.weight.fill_(5.0)
        network.running_mean.fill_(3.0)
    with ema.applied(averageable(network)):
        assert network.weight.tolist() == [1.0, 1.0] and network.running_mean.tolist() == [0.0, 0.0]
    assert network.weight.tolist() == [5.0, 5.0] and network.running_mean.tolist() == [3.0, 3.0]
    averaged = ema.averaged(network)
    assert averaged.weight.tolist() == [1.0, 1.0] and averaged.running_mean.tolist() == [0.0, 0.0]
    assert not averaged.training and not averaged.weight.requires_grad and network.weight.requires_grad


def test_averages_travel_with_a_state() -> None:
    network = nn.Linear(2, 1)
    ema, other = (Ema(dict(network.named_parameters()), 0.5) for _ in range(2))
    with torch.no_grad():
        network.weight.add_(1.0)
    ema.update(dict(network.named_parameters()), 1)
    other.load_state_dict(ema.state_dict(), strict=True)
    torch.testing.assert_close(other.values(), ema.values())

"""Tests of ohlora.sliders.request."""

import pytest
import torch

from ohlora.sliders.request import Request

END = torch.tensor([2.0, 1.0])
NAN = float("nan")


def request(own: list[float], asked: list[float]) -> Request:
    return Request.of(torch.tensor([own]), torch.tensor([asked]), END)


def test_what_is_not_asked_for_stays() -> None:
    one = request([0.3, 1.4], [NAN, NAN])
    assert one.goal.equal(one.own) and one.move.eq(0.0).all() and not one.is_set.any()


def test_inside_the_range_a_goal_is_what_was_asked() -> None:
    one = request([0.3, -0.2], [-1.5, NAN])
    assert one.goal[0].tolist() == pytest.approx([-1.5, -0.2])
    assert one.move[0].tolist() == pytest.approx([-1.8, 0.0])


def test_a_face_beyond_an_end_stays_when_that_end_is_asked_for() -> None:
    one = request([2.6, -1.3], [2.0, -1.0])
    assert one.goal[0].tolist() == pytest.approx([2.6, -1.3])
    # In the last quarter of a level the slider leads there evenly: halfway 0.3 and 0.15 beyond what it asks for.
    one = request([2.6, -1.3], [1.875, -0.875])
    assert one.goal[0].tolist() == pytest.approx([1.875 + 0.3, -0.875 - 0.15])
    # At the other end nothing is beyond.
    assert request([2.6, -1.3], [-2.0, 1.0]).goal[0].tolist() == pytest.approx([-2.0, 1.0])


def test_goals_rise_continuously_along_a_slider() -> None:
    asked = torch.linspace(-2.0, 2.0, 401)[:, None].repeat(1, 2) * torch.tensor([1.0, 0.5])
    goal = Request.of(torch.tensor([[3.0, -1.5]]).expand(401, 2), asked, END).goal
    steps = goal.diff(dim=0)
    assert (steps > 0.0).all() and steps.max() < 0.06


def test_missing_counts_set_sliders_in_full_and_others_up_to_the_ends() -> None:
    one = request([2.5, 0.4], [1.0, NAN])
    assert one.missing(torch.tensor([[1.2, 0.5]]))[0].tolist() == pytest.approx([-0.2, -0.1])
    kept = request([2.5, 0.4], [NAN, 0.0])
    assert kept.missing(torch.tensor([[2.1, 0.1]]))[0].tolist() == pytest.approx([0.0, -0.1])
    assert kept.missing(torch.tensor([[1.5, 0.1]]))[0].tolist() == pytest.approx([0.5, -0.1])

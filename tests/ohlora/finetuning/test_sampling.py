"""Tests of ohlora.finetuning.sampling."""

import numpy as np
import pytest
import torch

from ohlora.finetuning.sampling import inverse_frequency_weights, random_requests, random_truncations
from ohlora.sliders.slider import build_sliders

SLIDERS = list(build_sliders(("mouth", "pose")).values())


def test_requests_set_one_slider_some_or_all_within_their_ranges() -> None:
    requests = random_requests(np.random.default_rng(0), 4000, SLIDERS)
    is_set = ~requests.isnan()
    # Half of the faces have a single slider set. Of the other thirty parts of a hundred, one is set, and the other with a
    # chance of 0.4; in the last twenty both are.
    assert float(is_set.all(dim=1).float().mean()) == pytest.approx(0.3 * 0.4 + 0.2, abs=0.03)
    assert is_set.any(dim=1).all()
    low, high = torch.nan_to_num(requests, 0.0).amin(dim=0), torch.nan_to_num(requests, 0.0).amax(dim=0)
    assert low.tolist() == [0.0, -1.0] and high.tolist() == [1.0, 1.0]
    at_end = (requests[:, 1] == 1.0)[is_set[:, 1]]
    assert float(at_end.float().mean()) == pytest.approx(0.06, abs=0.02)


def test_requests_can_be_written_with_four_digits() -> None:
    requests = random_requests(np.random.default_rng(1), 200, SLIDERS)
    values = requests[~requests.isnan()]
    assert torch.equal(torch.tensor([float(f"{float(value):.4f}") for value in values]), values)


def test_sliders_that_weigh_more_are_set_more_often() -> None:
    requests = random_requests(np.random.default_rng(2), 4000, SLIDERS, np.array([0.3, 0.01]))
    share = 0.3 / 0.31
    expected = 0.5 * share + 0.3 * (share + (1.0 - share) * 0.4) + 0.2
    assert float((~requests[:, 0].isnan()).float().mean()) == pytest.approx(expected, abs=0.03)


def test_three_in_ten_faces_are_not_truncated() -> None:
    psi = random_truncations(np.random.default_rng(3), 4000, 0.5)
    assert psi.shape == (4000, 1) and float(psi.min()) >= 0.5
    assert float((psi == 1.0).float().mean()) == pytest.approx(0.3, abs=0.03)


def test_rare_labels_weigh_more_and_missing_ones_nothing() -> None:
    column = np.array([0.05] * 16 + [0.55] * 4 + [0.95, np.nan], np.float32)
    weights = inverse_frequency_weights(column[:, None])[:, 0]
    # The root of 16 / 4 is 2; that of 16 / 1 is 4, the most there is.
    assert weights[[0, 16, 20, 21]].tolist() == [1.0, 2.0, 4.0, 0.0]

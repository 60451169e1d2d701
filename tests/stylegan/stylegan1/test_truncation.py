import pytest
import torch

from stylegan import InputError
from stylegan.stylegan1.truncation import Truncation


@pytest.fixture
def truncation() -> Truncation:
    module = Truncation(w_dim=2, num_layers=3)
    module.load_state_dict({"w_avg": torch.tensor([1.0, 2.0])})
    return module


def test_psi_one_repeats_w(truncation: Truncation) -> None:
    w = torch.tensor([[3.0, 4.0], [5.0, 6.0]])
    assert torch.equal(truncation(w), w[:, None].repeat(1, 3, 1))


def test_psi_pulls_the_first_layers(truncation: Truncation) -> None:
    ws = truncation(torch.tensor([[3.0, 4.0]]), 0.5, 2)
    # (1, 2) + ((3, 4) - (1, 2)) * 0.5
    assert torch.equal(ws, torch.tensor([[[2.0, 3.0], [2.0, 3.0], [3.0, 4.0]]]))


@pytest.mark.parametrize("layers", [None, 3])
def test_psi_zero_gives_the_average(truncation: Truncation, layers: int | None) -> None:
    ws = truncation(torch.randn(2, 2), 0.0, layers)
    assert torch.equal(ws, torch.tensor([1.0, 2.0]).expand(2, 3, 2))


def test_no_layers_leaves_w(truncation: Truncation) -> None:
    w = torch.randn(2, 2)
    assert torch.equal(truncation(w, 0.5, 0), w[:, None].repeat(1, 3, 1))


def test_ws_that_differ_by_layer(truncation: Truncation) -> None:
    ws = torch.randn(2, 3, 2)
    torch.testing.assert_close(truncation(ws, 0.5)[:, 1], (ws[:, 1] + torch.tensor([1.0, 2.0])) / 2)


def test_update_follows_the_batch_mean(truncation: Truncation) -> None:
    truncation.update(torch.tensor([[2.0, 0.0], [4.0, 0.0]]))
    # 0.995 * (1, 2) + 0.005 * (3, 0)
    torch.testing.assert_close(truncation.w_avg, torch.tensor([1.01, 1.99]))
    assert not truncation.w_avg.requires_grad


@pytest.mark.parametrize("shape", [(2, 3), (2, 4, 2), (2,)])
def test_w_of_another_shape(truncation: Truncation, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"expected w of shape \(B, 2\) or \(B, 3, 2\), got"):
        truncation(torch.zeros(shape))


@pytest.mark.parametrize("layers", [-1, 4])
def test_layers_out_of_range(truncation: Truncation, layers: int) -> None:
    with pytest.raises(InputError, match="between 0 and 3"):
        truncation(torch.zeros(1, 2), 0.5, layers)

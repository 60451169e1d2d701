import pytest
import torch

from stylegan import InputError
from stylegan.truncation import truncate

AVERAGE = torch.tensor([1.0, 2.0])


def test_psi_one_repeats_w() -> None:
    w = torch.tensor([[3.0, 4.0], [5.0, 6.0]])
    assert torch.equal(truncate(w, AVERAGE, 3), w[:, None].repeat(1, 3, 1))


@pytest.mark.parametrize("psi", [0.5, torch.tensor([[0.5]])])
def test_psi_pulls_the_first_layers(psi: float | torch.Tensor) -> None:
    ws = truncate(torch.tensor([[3.0, 4.0]]), AVERAGE, 3, psi, 2)
    # (1, 2) + ((3, 4) - (1, 2)) * 0.5
    assert torch.equal(ws, torch.tensor([[[2.0, 3.0], [2.0, 3.0], [3.0, 4.0]]]))


@pytest.mark.parametrize("layers", [None, 3])
def test_psi_zero_gives_the_average(layers: int | None) -> None:
    assert torch.equal(truncate(torch.randn(2, 2), AVERAGE, 3, 0.0, layers), AVERAGE.expand(2, 3, 2))


def test_no_layers_leaves_w() -> None:
    w = torch.randn(2, 2)
    assert torch.equal(truncate(w, AVERAGE, 3, 0.5, 0), w[:, None].repeat(1, 3, 1))


def test_ws_that_differ_by_layer() -> None:
    ws = torch.randn(2, 3, 2)
    torch.testing.assert_close(truncate(ws, AVERAGE, 3, 0.5)[:, 1], (ws[:, 1] + AVERAGE) / 2)


def test_a_psi_per_face() -> None:
    ws = truncate(torch.tensor([[3.0, 4.0], [3.0, 4.0]]), AVERAGE, 1, torch.tensor([[0.0], [2.0]]))
    # (1, 2) + ((3, 4) - (1, 2)) * psi
    assert torch.equal(ws[:, 0], torch.tensor([[1.0, 2.0], [5.0, 6.0]]))


@pytest.mark.parametrize("layers", [None, 5])
@pytest.mark.parametrize("psi", [-0.3, 0.1, 0.5, 0.7, 1.0, 1.3])
def test_a_number_and_a_tensor_give_the_same_bits(psi: float, layers: int | None) -> None:
    torch.manual_seed(0)
    w, average = torch.randn(4, 37), torch.randn(37)
    as_tensor = truncate(w, average, 8, torch.full((4, 1), psi), layers)
    assert torch.equal(truncate(w, average, 8, psi, layers), as_tensor)


@pytest.mark.parametrize("psi", [1.0, torch.ones(4, 1)])
def test_psi_one_gives_w_to_the_bit(psi: float | torch.Tensor) -> None:
    # An average far off: `average + (w - average)` would lose digits.
    torch.manual_seed(0)
    w = torch.randn(4, 37)
    assert torch.equal(truncate(w, torch.full((37,), 1e4), 8, psi), w[:, None].repeat(1, 8, 1))


@pytest.mark.parametrize("shape", [(2, 3), (2, 4, 2), (2,)])
def test_w_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"expected w of shape \(B, 2\) or \(B, 3, 2\), got"):
        truncate(torch.zeros(shape), AVERAGE, 3)


@pytest.mark.parametrize("shape", [(), (2,), (3, 1), (2, 2)])
def test_psi_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"expected psi to be a number or of shape \(2, 1\), got"):
        truncate(torch.zeros(2, 2), AVERAGE, 3, torch.ones(shape))


@pytest.mark.parametrize("layers", [-1, 4])
def test_layers_out_of_range(layers: int) -> None:
    with pytest.raises(InputError, match="between 0 and 3"):
        truncate(torch.zeros(1, 2), AVERAGE, 3, 0.5, layers)

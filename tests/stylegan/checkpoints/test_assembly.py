import pytest
import torch

from stylegan import CheckpointError, Generator
from stylegan.checkpoints.assembly import assemble
from tests.stylegan.networks import tiny_generator


def test_assembled_network_draws_the_same_and_can_be_trained() -> None:
    original = tiny_generator()
    copy = assemble(Generator, original.config, original.state_dict(), "here")
    z = torch.randn(2, 12)
    assert torch.equal(copy(z), original(z))
    assert all(value.requires_grad and value.device.type == "cpu" for value in copy.parameters())


def test_half_precision_becomes_float32() -> None:
    original = tiny_generator()
    state = {name: value.half() for name, value in original.state_dict().items()}
    copy = assemble(Generator, original.config, state, "here")
    assert {value.dtype for value in copy.state_dict().values()} == {torch.float32}


def test_random_numbers_are_left_alone() -> None:
    original = tiny_generator()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    assemble(Generator, original.config, original.state_dict(), "here")
    assert torch.equal(torch.rand(1), expected)


def test_every_kind_of_difference_is_named() -> None:
    original = tiny_generator()
    state = dict(original.state_dict())
    del state["synthesis.layer1.bias"]
    state["extra"] = torch.zeros(2)
    state["truncation.w_avg"] = torch.zeros(4)
    with pytest.raises(CheckpointError) as caught:
        assemble(Generator, original.config, state, "here.pth")
    message = str(caught.value)
    assert message.startswith("here.pth does not fit GeneratorConfig(")
    assert "synthesis.layer1.bias (8,) is missing" in message
    assert "extra (2,) is not expected" in message
    assert "truncation.w_avg should be (10,) but is (4,)" in message
    assert "\n" not in message


def test_many_differences_are_counted() -> None:
    original = tiny_generator()
    total = len(original.state_dict())
    with pytest.raises(CheckpointError, match=f"and {total - 3} more"):
        assemble(Generator, original.config, {}, "here.pth")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused_by_name(value: float) -> None:
    original = tiny_generator()
    state = {name: entry.clone() for name, entry in original.state_dict().items()}
    state["synthesis.layer1.bias"][0] = value
    with pytest.raises(CheckpointError, match="synthesis.layer1.bias has values that are not finite"):
        assemble(Generator, original.config, state, "here.pth")

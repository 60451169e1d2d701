import math

import pytest
import torch

from stylegan import GeneratorConfig, InputError
from stylegan.stylegan1.mapping import MappingNetwork


def one_layer(**settings: int) -> MappingNetwork:
    return MappingNetwork(GeneratorConfig(z_dim=2, w_dim=2, mapping_layers=1, **settings))


def test_one_layer_by_hand() -> None:
    network = one_layer()
    network.load_state_dict({"dense0.weight": torch.eye(2) * 100, "dense0.bias": torch.tensor([0.0, -200.0])})
    w = network(torch.tensor([[3.0, 4.0]]))
    # normed (3, 4) / sqrt(12.5); weight 100 * 0.01 * sqrt(2) / sqrt(2) = 1; bias -2; slope 0.2 below zero
    expected = [3 / math.sqrt(12.5), 0.2 * (4 / math.sqrt(12.5) - 2)]
    torch.testing.assert_close(w, torch.tensor([expected]))


def test_only_the_direction_of_z_counts() -> None:
    torch.manual_seed(0)
    network = MappingNetwork(GeneratorConfig(z_dim=8, w_dim=6, mapping_dim=5, mapping_layers=3))
    z = torch.randn(4, 8)
    torch.testing.assert_close(network(z), network(3 * z))
    assert network(z).shape == (4, 6)


def test_label_is_appended_and_normalised_with_z() -> None:
    network = one_layer(label_size=1, label_dim=1)
    network.load_state_dict(
        {
            "label_weight": torch.tensor([[2.0]]),
            "dense0.weight": torch.tensor([[100.0, 0, 0], [0, 0, 100.0]]),
            "dense0.bias": torch.zeros(2),
        }
    )
    w = network(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0]]))
    # (1, 2, 2) has root mean square sqrt(3); gain sqrt(2) / sqrt(3)
    scale = math.sqrt(2) / math.sqrt(3) / math.sqrt(3)
    torch.testing.assert_close(w, torch.tensor([[scale, 2 * scale]]))


@pytest.mark.parametrize(("label_dim", "inputs"), [(None, 1024), (16, 528)])
def test_conditional_shapes(label_dim: int | None, inputs: int) -> None:
    network = MappingNetwork(GeneratorConfig(label_size=7, label_dim=label_dim))
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert shapes["label_weight"] == (7, inputs - 512)
    assert shapes["dense0.weight"] == (512, inputs)


@pytest.mark.parametrize("shape", [(4,), (1, 3), (1, 2, 1)])
def test_z_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"expected z of shape \(B, 2\), got"):
        one_layer()(torch.zeros(shape))


def test_missing_labels() -> None:
    with pytest.raises(InputError, match=r"expected labels of shape \(1, 3\), got none"):
        one_layer(label_size=3)(torch.ones(1, 2))

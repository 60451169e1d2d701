import pytest
import torch

from stylegan import InputError
from stylegan.layers import pixel_norm
from stylegan.stylegan2.mapping import MappingNetwork


def test_latent_and_label_are_normalised_apart() -> None:
    network = MappingNetwork(4, [6], label_size=2, label_dim=3)
    z, labels = torch.randn(5, 4), torch.eye(2)[[0, 1, 0, 1, 1]]
    joined = torch.cat([pixel_norm(z), pixel_norm(network.embed(labels))], dim=1)
    expected = torch.nn.functional.leaky_relu(network.dense_layers()[0](joined), 0.2) * 2**0.5
    torch.testing.assert_close(network(z, labels), expected)
    # Only directions count, of each on its own.
    torch.testing.assert_close(network(3.0 * z, labels), expected)


def test_labels_alone_are_mapped_for_a_discriminator() -> None:
    network = MappingNetwork(0, [], label_size=2, label_dim=3)
    labels = torch.eye(2)
    torch.testing.assert_close(network(torch.zeros(2, 0), labels), pixel_norm(network.embed(labels)))


def test_labels_that_do_not_fit() -> None:
    with pytest.raises(InputError, match=r"expected labels of shape \(1, 2\), got none"):
        MappingNetwork(4, [6], label_size=2, label_dim=3)(torch.randn(1, 4))

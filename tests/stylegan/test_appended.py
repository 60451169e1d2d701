"""Tests of stylegan.appended."""

import pytest
import torch

from stylegan import InputError
from stylegan.layers import leaky_relu, pixel_norm
from tests.stylegan.networks import tiny_generator


def test_it_begins_as_the_pretrained_network_whatever_is_appended() -> None:
    generator = tiny_generator()
    mapping = generator.appended_mapping(3)
    z = torch.randn(5, generator.config.z_dim)
    w = mapping(mapping.first_layer(z), torch.randn(5, 3))
    torch.testing.assert_close(w, generator.mapping(z))


def test_elements_move_the_latent_along_directions() -> None:
    generator = tiny_generator()
    mapping = generator.appended_mapping(2)
    z, directions = torch.randn(4, generator.config.z_dim), torch.randn(1, generator.config.z_dim)
    mapping.follow(directions)
    w = pixel_norm(z) + 0.7 * directions
    for layer in generator.mapping.dense_layers():
        w = leaky_relu(layer(w))
    elements = torch.tensor([[0.7, 9.0]]).expand(4, 2)  # the second one has no direction
    torch.testing.assert_close(mapping(mapping.first_layer(z), elements), w)


def test_a_network_with_labels_is_refused() -> None:
    with pytest.raises(InputError, match="without labels, got one with 3"):
        tiny_generator(label_size=3).appended_mapping(1)

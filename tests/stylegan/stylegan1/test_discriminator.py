import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from stylegan import Discriminator, DiscriminatorConfig, InputError
from stylegan.stylegan1.discriminator import DownsamplingConv
from tests.fill import fill_state_dict
from tests.stylegan.networks import GOLDEN_SIZES, golden_images, tiny_discriminator

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("name", GOLDEN_SIZES)
@torch.no_grad()
def test_scores_equal_the_published_implementation(name: str) -> None:
    resolution, base, maximum = GOLDEN_SIZES[name]
    discriminator = Discriminator(DiscriminatorConfig(resolution=resolution, fmaps_base=base, fmaps_max=maximum))
    fill_state_dict(discriminator, 0)
    images = golden_images(resolution)
    with np.load(DATA / "stylegan.npz") as stored:
        expected, expected_lod = stored[f"{name}.d.scores"], stored[f"{name}.d.scores_lod1p3"]
    np.testing.assert_allclose(discriminator(images).numpy(), expected, atol=1e-4)
    np.testing.assert_allclose(discriminator(images, lod=1.3).numpy(), expected_lod, atol=1e-4)


def test_state_dict_equals_the_published_list() -> None:
    expected = json.loads((DATA / "stylegan_state_dict_shapes.json").read_text())["stylegan_discriminator_256"]
    assert {name: list(value.shape) for name, value in Discriminator().state_dict().items()} == expected


def test_downsampling_is_blur_convolution_pooling_and_activation() -> None:
    torch.manual_seed(0)
    layer = DownsamplingConv(2, 3)
    x = torch.randn(1, 2, 8, 8)
    convolved = F.conv2d(layer.blur(x), layer.scaled_weight(), layer.bias, padding=1)
    expected = F.leaky_relu(F.avg_pool2d(convolved, 2), 0.2)
    torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_batch_that_is_no_multiple_of_the_group() -> None:
    with pytest.raises(InputError, match="a batch of at most 4 images or a multiple of 4, got 6"):
        tiny_discriminator()(torch.zeros(6, 3, 16, 16))


def test_without_minibatch_deviation_any_batch_goes() -> None:
    discriminator = tiny_discriminator(minibatch_group=0)
    images = torch.randn(6, 3, 16, 16)
    torch.testing.assert_close(discriminator(images)[4:5], discriminator(images[4:5]), rtol=1e-4, atol=1e-5)
    assert discriminator.state_dict()["layer4.weight"].shape == (8, 8, 3, 3)


@pytest.mark.parametrize("lod", [1.0, 1.5, 2.0])
def test_small_images_score_as_their_repetition(lod: float) -> None:
    discriminator = tiny_discriminator(resolution=32)
    small = torch.randn(2, 3, 32 >> int(lod), 32 >> int(lod))
    large = F.interpolate(small, scale_factor=float(1 << int(lod)))
    torch.testing.assert_close(discriminator(small, lod=lod), discriminator(large, lod=lod))


def test_lod_none_takes_the_stored_one() -> None:
    discriminator = tiny_discriminator()
    discriminator.lod.fill_(0.5)
    images = torch.randn(2, 3, 16, 16)
    assert torch.equal(discriminator(images, lod=None), discriminator(images, lod=0.5))


def test_conditional_score_is_the_dot_product_with_the_label() -> None:
    discriminator = tiny_discriminator(label_size=3)
    images = torch.randn(2, 3, 16, 16)
    columns = [discriminator(images, torch.eye(3)[[index, index]]) for index in range(3)]
    label = torch.tensor([[0.5, -1.0, 2.0], [1.0, 1.0, 0.0]])
    expected = (torch.cat(columns, dim=1) * label).sum(dim=1, keepdim=True)
    scores = discriminator(images, label)
    assert scores.shape == (2, 1)
    torch.testing.assert_close(scores, expected)


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (2, 1, 16, 16), (3, 16, 16), (2, 3, 16, 8)])
def test_images_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"expected images of shape \(B, 3, 16, 16\), got"):
        tiny_discriminator()(torch.zeros(shape))


@pytest.mark.parametrize("resolution", [8, 64])
def test_resolutions(resolution: int) -> None:
    discriminator = tiny_discriminator(resolution=resolution)
    assert discriminator(torch.zeros(4, 3, resolution, resolution)).shape == (4, 1)

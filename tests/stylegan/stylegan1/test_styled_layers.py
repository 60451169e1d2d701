import math
from typing import get_args

import pytest
import torch
from torch.nn import functional as F

from stylegan.stylegan1.styled_layers import (
    ConstantLayer,
    NoiseStrength,
    UpsampleMode,
    UpsamplingStyledConv,
    normalize_and_style,
)


def test_noise_by_hand() -> None:
    layer = NoiseStrength(2, 1)
    layer.load_state_dict({"weight": torch.tensor([0.5, -1.0]), "noise": torch.full((1, 1, 1, 1), 4.0)})
    x = torch.ones(1, 2, 1, 1)
    assert layer(x, "stored").flatten().tolist() == [3.0, -3.0]
    assert layer(x, "none") is x


def test_fresh_noise_differs_by_image_and_is_shared_by_channels() -> None:
    torch.manual_seed(0)
    layer = NoiseStrength(2, 4)
    layer.load_state_dict({"weight": torch.ones(2), "noise": torch.zeros(1, 1, 4, 4)})
    noise = layer(torch.zeros(2, 2, 4, 4), "fresh")
    assert torch.equal(noise[:, 0], noise[:, 1])
    assert not torch.equal(noise[0], noise[1])


def test_normalize_and_style_by_hand() -> None:
    x = torch.tensor([[[[1.0, 3.0]], [[0.0, 0.0]]]])
    style = torch.tensor([[1.0, 4.0, 10.0, 20.0]])
    # channel 0: mean 2, deviation 1, scale 1 + 1, shift 10; a flat channel shows its shift alone
    torch.testing.assert_close(normalize_and_style(x, style), torch.tensor([[[[8.0, 12.0]], [[20.0, 20.0]]]]))


def test_constant_layer_is_normalised_noise() -> None:
    torch.manual_seed(0)
    layer = ConstantLayer(3, 2)
    with torch.no_grad():
        layer.apply_noise.weight.fill_(1.0)
        layer.style.weight.zero_()
    x = layer(torch.zeros(2, 2), "stored")
    raw = F.leaky_relu(1.0 + layer.apply_noise.noise, 0.2)
    expected = (raw - raw.mean()) / math.sqrt(raw.var(correction=0) + 1e-8)
    torch.testing.assert_close(x, expected.expand(2, 3, 4, 4))


@pytest.mark.parametrize("resolution", [64, 128])
@pytest.mark.parametrize("mode", get_args(UpsampleMode))
def test_upsampling_convolution_follows_the_published_definition(resolution: int, mode: UpsampleMode) -> None:
    torch.manual_seed(0)
    layer = UpsamplingStyledConv(3, 2, resolution, 4)
    layer.upsample = mode
    x = torch.randn(1, 3, 6, 6)
    kernel = layer.weight * (math.sqrt(2) / math.sqrt(27))
    if resolution < 128:
        expected = F.conv2d(F.interpolate(x, scale_factor=2.0), kernel, padding=1)
    else:
        padded = F.pad(kernel, (1, 1, 1, 1))
        four = padded[..., 1:, 1:] + padded[..., :-1, 1:] + padded[..., 1:, :-1] + padded[..., :-1, :-1]
        expected = F.conv_transpose2d(x, four.transpose(0, 1), stride=2, padding=1)
    expected = F.conv2d(expected, layer.blur.kernel, padding=1, groups=2)
    torch.testing.assert_close(layer.convolve(x), expected, rtol=1e-4, atol=1e-5)

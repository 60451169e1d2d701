import math
from typing import get_args

import pytest
import torch
from torch.nn import functional as F

from stylegan import GeneratorConfig, InputError
from stylegan.stylegan1.synthesis import (
    ConstantLayer,
    NoiseStrength,
    SynthesisNetwork,
    UpsampleMode,
    UpsamplingStyledConv,
    normalize_and_style,
)
from tests.stylegan.networks import tiny_generator


@pytest.fixture
def synthesis() -> SynthesisNetwork:
    return tiny_generator(resolution=32).synthesis


@pytest.fixture
def ws(synthesis: SynthesisNetwork) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.randn(2, synthesis.num_layers, synthesis.w_dim)


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


@pytest.mark.parametrize("mode", get_args(UpsampleMode))
def test_upsample_modes_draw_the_same_image(synthesis: SynthesisNetwork, ws: torch.Tensor, mode: UpsampleMode) -> None:
    expected = synthesis(ws)
    synthesis.upsample = mode
    torch.testing.assert_close(synthesis(ws), expected, rtol=1e-3, atol=1e-4)


def test_unknown_upsample_mode(synthesis: SynthesisNetwork) -> None:
    with pytest.raises(InputError, match="upsample must be one of spec, fused, nearest, got 'cubic'"):
        synthesis.upsample = "cubic"  # type: ignore[assignment]


@pytest.mark.parametrize("skipped", [0, 1, 3])
def test_whole_lod_draws_the_small_image(synthesis: SynthesisNetwork, ws: torch.Tensor, skipped: int) -> None:
    small = synthesis(ws, lod=float(skipped), upscale=False)
    side = 32 >> skipped
    assert small.shape == (2, 3, side, side)
    assert torch.equal(synthesis(ws, lod=skipped), F.interpolate(small, scale_factor=float(1 << skipped)))


def test_whole_lod_leaves_fine_layers_out(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    expected = synthesis(ws, lod=1.0)
    for index in (6, 7):
        synthesis.add_module(f"layer{index}", torch.nn.Identity())
    assert torch.equal(synthesis(ws, lod=1.0), expected)


def test_fractional_lod_blends_neighbours(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    expected = 0.75 * synthesis(ws, lod=1.0) + 0.25 * synthesis(ws, lod=2.0)
    torch.testing.assert_close(synthesis(ws, lod=1.25), expected)


def test_lod_none_takes_the_stored_one(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    synthesis.lod.fill_(1.5)
    assert torch.equal(synthesis(ws), synthesis(ws, lod=1.5))
    assert not torch.equal(synthesis(ws), synthesis(ws, lod=0.0))


def test_noise_modes_differ(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    assert torch.equal(synthesis(ws), synthesis(ws, noise="stored"))
    assert not torch.allclose(synthesis(ws, noise="none"), synthesis(ws))
    assert not torch.allclose(synthesis(ws, noise="fresh"), synthesis(ws, noise="fresh"))


@pytest.mark.parametrize("resolution", [8, 16, 32])
def test_image_shape(resolution: int) -> None:
    config = GeneratorConfig(resolution=resolution, fmaps_base=resolution * 2, fmaps_max=4, w_dim=5)
    assert SynthesisNetwork(config)(torch.zeros(1, config.num_layers, 5)).shape == (1, 3, resolution, resolution)


def test_bfloat16_autocast_stays_close(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    expected = synthesis(ws)
    with torch.autocast("cpu", torch.bfloat16):
        actual = synthesis(ws)
    assert actual.dtype == torch.bfloat16
    assert (actual.float() - expected).abs().mean() < 0.05 * expected.std()


def test_input_errors(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    with pytest.raises(InputError, match=r"expected ws of shape \(B, 8, 10\), got \(2, 10\)"):
        synthesis(ws[:, 0])
    with pytest.raises(InputError, match="noise must be one of stored, fresh, none, got 'loud'"):
        synthesis(ws, noise="loud")
    with pytest.raises(InputError, match="lod must lie between 0 and 3"):
        synthesis(ws, lod=3.5)

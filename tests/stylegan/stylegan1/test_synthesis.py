from typing import get_args

import pytest
import torch
from torch.nn import functional as F

from stylegan import GeneratorConfig, InputError
from stylegan.stylegan1.styled_layers import UpsampleMode
from stylegan.stylegan1.synthesis import SynthesisNetwork
from tests.stylegan.networks import tiny_generator


@pytest.fixture
def synthesis() -> SynthesisNetwork:
    return tiny_generator(resolution=32).synthesis


@pytest.fixture
def ws(synthesis: SynthesisNetwork) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.randn(2, synthesis.num_layers, synthesis.w_dim)


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


@pytest.mark.parametrize(("layer", "shape"), [(0, (2, 8, 4, 4)), (1, (2, 8, 4, 4)), (4, (2, 4, 16, 16))])
def test_shape_of_features(synthesis: SynthesisNetwork, ws: torch.Tensor, layer: int, shape: tuple[int, ...]) -> None:
    # 32x32 with fmaps_base 64 and fmaps_max 8: 64 // 16 = 4 channels at 16x16.
    assert synthesis.features(ws, layer).shape == shape


@pytest.mark.parametrize("lod", [0.0, 0.5, 1.0])
def test_drawing_goes_on_from_features(synthesis: SynthesisNetwork, ws: torch.Tensor, lod: float) -> None:
    start = (3, synthesis.features(ws, 3))
    assert torch.equal(synthesis(ws, lod=lod, start=start), synthesis(ws, lod=lod))


def test_layers_before_the_start_are_left_out(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    start, expected = (3, synthesis.features(ws, 3)), synthesis(ws)
    other = ws.clone()
    other[:, :4] = torch.randn(2, 4, synthesis.w_dim)
    assert torch.equal(synthesis(other, start=start), expected)


def test_errors_of_features(synthesis: SynthesisNetwork, ws: torch.Tensor) -> None:
    with pytest.raises(InputError, match="expected a layer from 0 to 7, got 8"):
        synthesis.features(ws, 8)
    with pytest.raises(InputError, match="expected to start from a layer from 0 to 7, got -1"):
        synthesis(ws, start=(-1, torch.zeros(2, 8, 4, 4)))
    with pytest.raises(InputError, match=r"expected features \(2, 8, 8, 8\) of layer 3, got \(2, 8, 4, 4\)"):
        synthesis(ws, start=(3, torch.zeros(2, 8, 4, 4)))

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from stylegan import Generator, GeneratorConfig, InputError, mix_styles
from tests.fill import fill_state_dict
from tests.stylegan.networks import GOLDEN_SIZES, golden_z, tiny_generator

DATA = Path(__file__).parents[2] / "data"

Draw = Callable[[Generator, torch.Tensor], torch.Tensor]
MODES: dict[str, Draw] = {
    "plain": lambda generator, z: generator(z),
    "trunc": lambda generator, z: generator(z, truncation_psi=0.7, truncation_layers=6),
    "lod1p3": lambda generator, z: generator(z, lod=1.3),
}


@pytest.fixture(scope="module", params=GOLDEN_SIZES)
def golden(request: pytest.FixtureRequest) -> tuple[str, Generator]:
    resolution, base, maximum = GOLDEN_SIZES[request.param]
    generator = Generator(GeneratorConfig(resolution=resolution, fmaps_base=base, fmaps_max=maximum))
    fill_state_dict(generator, 0)
    return request.param, generator


@pytest.fixture(scope="module")
def stored() -> dict[str, np.ndarray]:
    """Outputs of the published implementation under the weights of `tests/fill.py`, seed 0."""
    with np.load(DATA / "stylegan.npz") as archive:
        return dict(archive)


@pytest.mark.parametrize("mode", MODES)
@torch.no_grad()
def test_images_equal_the_published_implementation(
    golden: tuple[str, Generator], stored: dict[str, np.ndarray], mode: str
) -> None:
    name, generator = golden
    image = MODES[mode](generator, golden_z()).numpy()
    np.testing.assert_allclose(image[:, :, ::4, ::4], stored[f"{name}.{mode}.image"], atol=1e-3 * image.std(), rtol=0)
    np.testing.assert_allclose([image.mean(), image.std()], stored[f"{name}.{mode}.image_mean_std"], atol=1e-4)


@torch.no_grad()
def test_w_and_style_equal_the_published_implementation(
    golden: tuple[str, Generator], stored: dict[str, np.ndarray]
) -> None:
    name, generator = golden
    w = generator.mapping(golden_z())
    style = generator.synthesis.get_submodule("layer3.style")(w)
    np.testing.assert_allclose(w.numpy(), stored[f"{name}.w"], atol=1e-4)
    np.testing.assert_allclose(style.numpy(), stored[f"{name}.style03"], atol=1e-4)


def test_state_dict_equals_the_published_list() -> None:
    expected = json.loads((DATA / "stylegan_state_dict_shapes.json").read_text())["stylegan_generator_256"]
    assert {name: list(value.shape) for name, value in Generator().state_dict().items()} == expected


@pytest.mark.parametrize("resolution", [8, 1024])
def test_resolutions_at_the_ends(resolution: int) -> None:
    generator = tiny_generator(resolution=resolution, fmaps_base=resolution, fmaps_max=2)
    with torch.no_grad():
        image = generator(torch.randn(1, 12))
    assert image.shape == (1, 3, resolution, resolution)
    assert generator.num_ws == 2 * (int(np.log2(resolution)) - 1)


def test_one_z_draws_the_same_image_in_any_batch() -> None:
    generator = tiny_generator()
    z = torch.randn(5, 12)
    torch.testing.assert_close(generator(z)[3:4], generator(z[3:4]), rtol=1e-4, atol=1e-5)


def test_labels_change_the_image() -> None:
    generator = tiny_generator(label_size=2, label_dim=4)
    z = torch.randn(1, 12)
    first, second = (generator(z, torch.tensor([row])) for row in ([0.0, 0.0], [1.0, 0.0]))
    assert not torch.allclose(first, second)


def test_w_avg_moves_only_when_asked() -> None:
    generator = tiny_generator()
    z = torch.randn(6, 12)
    before = generator.truncation.w_avg.clone()
    generator(z)
    assert torch.equal(generator.truncation.w_avg, before)
    w = generator.mapping(z)
    generator.update_w_avg(w, decay=0.5)
    torch.testing.assert_close(generator.truncation.w_avg, (before + w.mean(dim=0)) / 2)


def test_style_mixing_changes_images_by_its_probability() -> None:
    generator = tiny_generator()
    z = torch.randn(4, 12)
    assert torch.equal(generator(z, style_mixing_prob=0.0), generator(z))
    assert not torch.allclose(generator(z, style_mixing_prob=1.0), generator(z))


def test_mix_styles_switches_once_after_the_first_layer() -> None:
    torch.manual_seed(0)
    ws = mix_styles(torch.zeros(200, 2), torch.ones(200, 2), 6, probability=0.9)
    assert ws.shape == (200, 6, 2)
    assert not ws[:, 0].any()
    assert (ws.diff(dim=1) >= 0).all()
    mixed = ws[:, -1, 0].mean().item()
    # 200 draws with probability 0.9: four standard deviations are 0.085
    assert abs(mixed - 0.9) < 0.085
    assert set(ws[:, :, 0].sum(dim=1).tolist()) == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}


def test_mix_styles_among_the_layers_in_use() -> None:
    ws = mix_styles(torch.zeros(50, 1), torch.ones(50, 1), 6, probability=1.0, active_layers=2)
    assert (ws[:, 1:] == 1).all()


def test_mixing_probability_out_of_range() -> None:
    with pytest.raises(InputError, match="between 0 and 1, got 1.5"):
        tiny_generator()(torch.randn(1, 12), style_mixing_prob=1.5)


def test_small_images_at_a_level_of_detail() -> None:
    generator = tiny_generator()
    assert generator(torch.randn(2, 12), lod=1.0, upscale=False).shape == (2, 3, 8, 8)


def test_gradients_reach_every_parameter() -> None:
    generator = tiny_generator(label_size=2)
    # A mean over the image would hide everything before the last normalisation.
    (generator(torch.randn(2, 12), torch.randn(2, 2)) ** 2)[:, :, :5].sum().backward()
    without = {name for name, value in generator.named_parameters() if value.grad is None or not value.grad.any()}
    # At full resolution only the last to-RGB layer is used.
    assert without == {f"synthesis.output{block}.{leaf}" for block in (0, 1) for leaf in ("weight", "bias")}


def test_compiles_in_one_graph() -> None:
    generator = tiny_generator(resolution=8)
    compiled = torch.compile(generator, backend="eager", fullgraph=True)
    z = torch.randn(2, 12)
    torch.testing.assert_close(compiled(z, lod=0.0, noise="none"), generator(z, noise="none"))

"""Images of StyleGAN3 against those of the makers' code under the same weights."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.stylegan.golden_networks import STEPS, STYLEGAN3, golden_latents, stylegan3_config, stylegan3_generator

DATA = Path(__file__).parents[2] / "data"

MODES = {"plain": (1.0, None), "trunc": (0.7, None), "trunc5": (0.5, 5), "moved": (1.0, None)}
# Layer of the contract that each stored feature map comes after.
FEATURES = {"input": 0, "L0": 1, "L7": 8}


def placement(degrees: float, x: float, y: float) -> torch.Tensor:
    """The transform of a picture that is turned and moved, in units of its side."""
    angle = math.radians(degrees)
    rows = [[math.cos(angle), math.sin(angle), x], [-math.sin(angle), math.cos(angle), y], [0.0, 0.0, 1.0]]
    return torch.linalg.inv(torch.tensor(rows, dtype=torch.float64)).float()


@pytest.mark.parametrize("name", STYLEGAN3)
@torch.no_grad()
def test_images_equal_the_published_implementation(name: str) -> None:
    generator = stylegan3_generator(name)
    z, labels = golden_latents(generator.z_dim, generator.label_size)
    w = generator.map(z, None if labels is None else labels[:3])
    step = STEPS[generator.resolution]
    with np.load(DATA / "stylegan3.npz") as stored:
        np.testing.assert_allclose(w.numpy(), stored[f"{name}.w"], atol=1e-5, rtol=0)
        for feature, layer in FEATURES.items():
            maps = generator.features(generator.truncate(w, 1.0), layer)[:1, :8, 1::5, 1::5].numpy()
            np.testing.assert_allclose(maps, stored[f"{name}.{feature}"], atol=1e-4 * maps.std(), rtol=0)
        # The larger networks take seconds; truncation is theirs as well.
        modes = MODES if generator.resolution == 32 else {"moved": MODES["moved"]}
        for mode, (psi, layers) in modes.items():
            if mode == "moved":
                generator.synthesis.get_buffer("input.transform").copy_(placement(20.0, 0.15, -0.1))
            image = generator.synthesise(generator.truncate(w, psi, layers)).numpy()
            expected = stored[f"{name}.{mode}.image"]
            np.testing.assert_allclose(image[:, :, 1::step, 1::step], expected, atol=1e-4 * image.std(), rtol=0)
            moments = np.stack([image.mean((2, 3)), image.std((2, 3))], axis=2)
            np.testing.assert_allclose(moments, stored[f"{name}.{mode}.mean_std"], atol=1e-4 * image.std(), rtol=0)


@torch.no_grad()
def test_an_image_does_not_depend_on_its_batch() -> None:
    generator = stylegan3_generator("t32")
    ws = generator.truncate(generator.map(torch.randn(3, 16)), 1.0)
    torch.testing.assert_close(generator.synthesise(ws)[1:2], generator.synthesise(ws[1:2]))


@torch.no_grad()
def test_noise_changes_nothing() -> None:
    generator = stylegan3_generator("r32")
    ws = generator.truncate(generator.map(torch.randn(1, 16)), 1.0)
    assert torch.equal(generator.synthesise(ws, noise="fresh"), generator.synthesise(ws, noise="none"))


def test_gradients_reach_ws() -> None:
    generator = stylegan3_generator("t32")
    ws = generator.truncate(generator.map(torch.randn(1, 16)), 1.0).detach().requires_grad_()
    generator.synthesise(ws).square().mean().backward()
    assert ws.grad is not None and (ws.grad.abs().sum(dim=2) > 0).all()


@pytest.mark.parametrize("name", ["t1024", "r1024", "t256", "r256"])
def test_filters_of_the_published_sizes(name: str) -> None:
    from stylegan.stylegan3.layers import SynthesisLayer

    config = stylegan3_config("r32" if name.startswith("r") else "t32")
    config = config.replace(resolution=int(name[1:]), channels=(1,) * 15)
    with np.load(DATA / "stylegan3.npz") as stored:
        for index in (2, 12):
            layer = SynthesisLayer(config, index)
            for kind in ("up_filter", "down_filter"):
                expected = stored[f"{name}.L{index}.{kind}"]
                np.testing.assert_allclose(layer.get_buffer(kind).numpy(), expected, atol=1e-6, rtol=0)

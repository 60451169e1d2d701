"""Images of StyleGAN2 against those of the makers' code under the same weights, and what the contract adds."""

from pathlib import Path

import numpy as np
import pytest
import torch

from stylegan import InputError
from stylegan.stylegan2.generator import Generator
from tests.stylegan.golden_networks import STEPS, STYLEGAN2, golden_latents, stylegan2_generator

DATA = Path(__file__).parents[2] / "data"

# psi, truncated layers, noise
MODES = {
    "const": (1.0, None, "stored"),
    "none": (1.0, None, "none"),
    "trunc": (0.7, None, "stored"),
    "trunc5": (0.5, 5, "stored"),
}


@pytest.mark.parametrize("name", STYLEGAN2)
@torch.no_grad()
def test_images_equal_the_published_implementation(name: str) -> None:
    generator = stylegan2_generator(name)
    z, labels = golden_latents(generator.z_dim, generator.label_size)
    w = generator.map(z, None if labels is None else labels[:3])
    step = STEPS[generator.resolution]
    with np.load(DATA / "stylegan2.npz") as stored:
        np.testing.assert_allclose(w.numpy(), stored[f"{name}.w"], atol=1e-5, rtol=0)
        for mode, (psi, layers, noise) in MODES.items():
            image = generator.synthesise(generator.truncate(w, psi, layers), noise=noise).numpy()
            expected = stored[f"{name}.{mode}.image"]
            np.testing.assert_allclose(image[:, :, 1::step, 1::step], expected, atol=1e-4 * image.std(), rtol=0)
            moments = np.stack([image.mean((2, 3)), image.std((2, 3))], axis=2)
            np.testing.assert_allclose(moments, stored[f"{name}.{mode}.mean_std"], atol=1e-4 * image.std(), rtol=0)


def small() -> Generator:
    return stylegan2_generator("u32")


@torch.no_grad()
def test_fresh_noise_differs_between_images() -> None:
    generator = small()
    ws = generator.truncate(generator.map(torch.randn(1, 16)).expand(2, -1), 1.0)
    torch.manual_seed(3)
    first, second = generator.synthesise(ws, noise="fresh")
    assert not torch.allclose(first, second)
    torch.manual_seed(3)
    assert torch.equal(generator.synthesise(ws, noise="fresh")[0], first)


@torch.no_grad()
def test_features_hold_the_maps_and_the_image_below() -> None:
    generator = small()
    ws = generator.truncate(generator.map(torch.randn(2, 16)), 1.0)
    shapes = [tuple(generator.features(ws, layer).shape[1:]) for layer in range(generator.num_ws)]
    assert shapes[0] == (12, 4, 4)
    assert shapes[1:3] == [(15, 8, 8)] * 2
    assert shapes[3:5] == [(15, 16, 16)] * 2
    assert shapes[5:] == [(9, 32, 32)] * 2 + [(3, 32, 32)]


def test_later_ws_are_not_read() -> None:
    generator = small()
    ws = generator.truncate(generator.map(torch.randn(1, 16)), 1.0)
    changed = torch.cat([ws[:, :4], torch.full_like(ws[:, 4:], torch.nan)], dim=1)
    assert torch.equal(generator.features(changed, 3), generator.features(ws, 3))


def test_gradients_reach_ws_and_weights() -> None:
    generator = small()
    ws = generator.truncate(generator.map(torch.randn(2, 16)), 1.0).detach().requires_grad_()
    generator.synthesise(ws).square().mean().backward()
    assert ws.grad is not None and (ws.grad.abs().sum(dim=2) > 0).all()
    assert all(value.grad is not None for value in generator.synthesis.parameters())


def test_what_does_not_fit_is_refused() -> None:
    generator = small()
    with pytest.raises(InputError, match=r"expected z of shape \(B, 16\), got \(2, 15\)"):
        generator.map(torch.zeros(2, 15))
    with pytest.raises(InputError, match=r"expected ws of shape \(B, 8, 16\), got \(2, 7, 16\)"):
        generator.synthesise(torch.zeros(2, 7, 16))
    with pytest.raises(InputError, match="noise must be one of stored, fresh, none, got 'const'"):
        generator.synthesise(torch.zeros(2, 8, 16), noise="const")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"expected features \(2, 15, 8, 8\) of layer 1, got \(2, 15, 4, 4\)"):
        generator.synthesise(torch.zeros(2, 8, 16), start=(1, torch.zeros(2, 15, 4, 4)))

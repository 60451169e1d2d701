"""A network of another architecture serves everywhere: the toy holds the contract and nothing else."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ohlora.datasets.face_folder import FaceDataset
from ohlora.evaluation.features import generate
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.seeds import latents
from ohlora.generation.synthesis import SynthesisSettings, synthesize
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.published import PublishedConditionalGenerator
from tests.toy_generator import SIDE, ToyGenerator


@pytest.fixture
def toy() -> ToyGenerator:
    return ToyGenerator().eval()


def by_hand(toy: ToyGenerator, seed: int, psi: float) -> np.ndarray:
    """tanh of the two layers' sum, each with its constant noise, as 0..255."""
    with torch.no_grad():
        w = 0.5 + psi * (torch.from_numpy(latents([seed], 6)) @ toy.matrix - 0.5)
        x = torch.tanh((w @ toy.pictures[0] + w @ toy.pictures[1] + 0.5).view(3, SIDE, SIDE))
    return (x * 127.5 + 127.5).permute(1, 2, 0).numpy()


@pytest.mark.parametrize("psi", [1.0, 0.7])
def test_seeds_are_drawn(toy: ToyGenerator, psi: float) -> None:
    for seed, pixels in zip((0, 9), FaceDrawer(toy).draw((0, 9), truncation=psi), strict=True):
        np.testing.assert_allclose(pixels, by_hand(toy, seed, psi), atol=0.51)


def test_a_dataset_is_synthesised(tmp_path: Path, toy: ToyGenerator) -> None:
    model = LoadedModel(toy, "toy", "0123456789ab", tmp_path)
    settings = SynthesisSettings((0, 1, 2), truncation_layers=1, keep_latents=True)
    synthesize(tmp_path / "faces", settings, model, progress=False)
    assert len(FaceDataset(tmp_path / "faces").rows) == 3
    with np.load(tmp_path / "faces" / "latents.npz") as kept:
        assert kept["z"].shape == (3, 6) and kept["w"].shape == (3, 4)
        assert kept["w_avg"].tolist() == [0.5] * 4


def test_random_faces_are_drawn_for_the_figures(toy: ToyGenerator) -> None:
    assert generate(toy, 3, seed=0, truncation=0.7).shape == (3, SIDE, SIDE, 3)


@torch.no_grad()
def test_sliders_are_added(toy: ToyGenerator) -> None:
    torch.manual_seed(0)
    model = ConditionalGenerator(toy, ["mouth", "pose"]).eval()
    z = torch.randn(3, 6)
    for psi in (0.7, torch.tensor([[0.5], [1.0], [0.7]])):
        expected = toy.synthesise(toy.truncate(toy.map(z), psi))
        assert torch.equal(model(z, torch.full((3, 2), torch.nan), psi), expected)
    model.mapping.follow(torch.eye(6)[:2])
    moved = model(z, torch.tensor([[1.0, torch.nan]]).expand(3, 2))
    assert not torch.allclose(moved, toy.synthesise(toy.truncate(toy.map(z), 1.0)))


def test_labels_become_sliders() -> None:
    toy = ToyGenerator(label_size=3)
    model = PublishedConditionalGenerator(toy)
    z, labels = torch.randn(1, 6), torch.tensor([[0.9, 0.2, model.sliders["pose"].middle]])
    with torch.no_grad():
        expected = toy.synthesise(toy.truncate(toy.map(z, labels), 0.7))
    torch.testing.assert_close(model.edit(z, {"eyes": 0.9, "mouth": 0.2}, truncation_psi=0.7), expected)

"""Tests of ohlora.pretraining: losses, optimiser, settings, export."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import ndtri

from ohlora.errors import OhloraError
from ohlora.pretraining.losses import gradient_l1, region_weights, texture_l1
from ohlora.training.muon import MuonAdam, orthogonalize
from segmentation.classes import REGIONS

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)
pytest.importorskip("torchmetrics", reason="torchmetrics is not installed (pip install 'ohlora[train]')")

from ohlora.evaluation.features import gradient_magnitude, precision_recall
from ohlora.pretraining.generator_training import Distillation, fold_rotation, latent_rotation, unfold_rotation
from ohlora.pretraining.render_shards import PortraitShards
from ohlora.pretraining.settings import generator_settings, parser_settings

SETTINGS = Path(__file__).parents[3] / "scripts" / "portraits.toml"


def test_region_weights_give_every_region_its_share() -> None:
    labels = torch.zeros(2, 64, 64, dtype=torch.uint8)
    labels[:, 20:40, 20:40] = 1
    labels[:, :10] = 10
    shares = {name: 1.0 / len(REGIONS) for name in REGIONS}
    weights = region_weights(labels, shares)
    for label in (0, 1, 10):
        share = (weights[:, 0] * (labels == label)).mean()
        assert float(share) == pytest.approx(1.0 / len(REGIONS), rel=1e-5)


def test_gradient_loss_sees_edges_only() -> None:
    weights = torch.ones(1, 1, 8, 8)
    assert float(gradient_l1(torch.full((1, 3, 8, 8), 0.7), weights)) == 0.0
    step = torch.zeros(1, 3, 8, 8)
    step[..., 4:] = 1.0
    assert float(gradient_l1(step, weights)) == pytest.approx(1.0 / 7.0)  # one of seven column differences is 1


def test_texture_loss_asks_for_as_much_texture_but_not_where() -> None:
    weights = torch.ones(1, 1, 17, 17)
    stripes = torch.zeros(1, 1, 17, 17)
    stripes[..., ::2] = 1.0
    assert float(texture_l1(1.0 - stripes, stripes, weights)) == 0.0  # every line is in the wrong place
    assert float(texture_l1(torch.full_like(stripes, 0.5), stripes, weights)) == pytest.approx(1.0)


def test_the_second_run_trains_the_same_generator() -> None:
    first, second = (generator_settings(SETTINGS.with_name(name)) for name in (SETTINGS.name, "portraits_further.toml"))
    assert first.config() == second.config() and first.rotation_seed == second.rotation_seed


def test_orthogonalize_brings_singular_values_near_one() -> None:
    values = torch.linalg.svdvals(orthogonalize(torch.randn(20, 50)))
    assert 0.6 < float(values.min()) and float(values.max()) < 1.3


def test_muon_and_adam_both_fit_a_line() -> None:
    matrix, bias = torch.nn.Parameter(torch.zeros(4, 6)), torch.nn.Parameter(torch.zeros(4))
    optimizer = MuonAdam([{"params": [matrix], "muon": True, "lr": 0.02}, {"params": [bias], "lr": 0.02}])
    x, target = torch.randn(256, 6), torch.randn(4, 6)
    goal = x @ target.T + 1.0
    for _ in range(300):
        optimizer.zero_grad()
        loss = (x @ matrix.T + bias - goal).square().mean()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.01


def test_settings_of_the_project_are_read() -> None:
    settings = generator_settings(SETTINGS)
    assert settings.phase_at(0).resolution < settings.phase_at(settings.total_steps).resolution == settings.resolution
    assert parser_settings(SETTINGS).widths


def test_settings_that_miss_a_name(tmp_path: Path) -> None:
    broken = tmp_path / "s.toml"
    broken.write_text(SETTINGS.read_text().replace("muon_rate", "muon_speed"))
    with pytest.raises(OhloraError, match="missing or unknown: muon_rate, muon_speed"):
        generator_settings(broken)


def test_export_draws_what_training_drew() -> None:
    settings = generator_settings(SETTINGS)
    module = Distillation(settings, None)
    average = module.ema.averaged(module.generator)
    exported = fold_rotation(average, settings)
    assert exported.config.z_dim == settings.z_dim
    z = torch.randn(2, settings.z_dim)
    coordinates = z / z.square().mean(dim=1, keepdim=True).sqrt() @ latent_rotation(settings, 46).T
    with torch.no_grad():
        expected = average.synthesis(module.coordinates_to_ws(average, coordinates), lod=0.0, noise="none")
        torch.testing.assert_close(exported(z, noise="none"), expected, rtol=1e-3, atol=1e-4)


def test_an_exported_generator_can_be_trained_further() -> None:
    settings = generator_settings(SETTINGS)
    before = Distillation(settings, None).generator
    after = unfold_rotation(fold_rotation(before, settings), settings, 46)
    for name, value in before.state_dict().items():
        torch.testing.assert_close(after.state_dict()[name], value, rtol=1e-4, atol=1e-4 * float(value.abs().max()))


def test_shards_are_joined_and_uniforms_become_normal_scores(tmp_path: Path) -> None:
    for k in range(2):
        np.savez(
            tmp_path / f"{k}.npz",
            images=np.full((3, 8, 8, 3), k, np.uint8),
            labels=np.zeros((3, 8, 8), np.uint8),
            truth=np.zeros((3, 6), np.float32),
            uniform=np.full((3, 46), 0.9, np.float32),
        )
    shards = PortraitShards(tmp_path)
    assert len(shards) == 6 and int(shards[4]["image"].max()) == 1
    assert float(shards[0]["coordinates"][0]) == pytest.approx(ndtri(0.9), rel=1e-5)
    with pytest.raises(OhloraError, match="no shards"):
        PortraitShards(tmp_path / "none")


def test_gradient_magnitude_of_a_ramp() -> None:
    ramp = np.repeat(np.arange(16, dtype=np.uint8)[None, None, :, None], 3, axis=3).repeat(16, axis=1)
    assert gradient_magnitude(ramp, np.zeros((1, 16, 16), np.uint8))["overall"] == pytest.approx(1.0)


def test_precision_and_recall_of_equal_and_disjoint_sets() -> None:
    rng = np.random.default_rng(0)
    a = rng.standard_normal((200, 4)).astype(np.float32)
    assert precision_recall(a, a) == {"precision": 1.0, "recall": 1.0}
    assert precision_recall(a, a + 100.0) == {"precision": 0.0, "recall": 0.0}

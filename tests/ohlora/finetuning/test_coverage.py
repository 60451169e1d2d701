"""Tests of ohlora.finetuning.coverage."""

from pathlib import Path

import numpy as np
import torch

from ohlora.finetuning.coverage import LEAST_ERROR, CoverageFaces, draw_coverage, slider_errors, with_coverage
from ohlora.finetuning.run import FinetuningRun
from ohlora.finetuning.sampling import random_targets
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.slider import build_sliders
from ohlora.training.trainer import Machine
from tests.ohlora.finetuning_models import disturb, tiny_conditional

NOTHING = np.full((3, 2), np.nan, np.float32)


class Brightness:
    """Stands for the label path: what it measures is known."""

    def measure(self, images: torch.Tensor) -> np.ndarray:
        return np.stack([images.mean(dim=(1, 2, 3)).numpy(), images.std(dim=(1, 2, 3)).numpy()], axis=1)


def test_faces_are_labelled_as_drawn_and_other_rounds_draw_others(tmp_path: Path) -> None:
    model = disturb(tiny_conditional())
    settings = FinetuneSettings(attributes=("mouth", "pose"), coverage_faces=20)
    first, second = (draw_coverage(model, Brightness(), settings, number, 16) for number in (0, 1))  # type: ignore[arg-type]
    assert first.w.shape == (20, 10) and first.images.shape == (20, 16, 16, 3) and first.values.shape == (20, 2)
    assert not np.array_equal(first.w[0], second.w[0])
    with torch.no_grad():
        images = model.base.synthesis(model.base.truncate(torch.from_numpy(first.w), 1.0))
    np.testing.assert_allclose(images.mean(dim=(1, 2, 3)).numpy(), first.values[:, 0], atol=2e-3)
    first.save(tmp_path / "round0.npz")
    np.testing.assert_array_equal(CoverageFaces.load(tmp_path / "round0.npz").values, first.values)


def test_sliders_that_are_further_off_are_drawn_more_often() -> None:
    asked = np.array([[0.0, np.nan], [1.0, np.nan], [np.nan, 1.0], [np.nan, np.nan]], np.float32)
    values = np.array([[0.2, 0.0], [0.6, 0.0], [0.5, 1.0], [0.5, 0.0]], np.float32)
    faces = CoverageFaces(np.zeros((4, 1), np.float32), np.zeros((4, 1, 1, 3), np.uint8), values, asked)
    sliders = list(build_sliders(("mouth", "pose")).values())
    errors = slider_errors(faces, sliders)
    np.testing.assert_allclose(errors, [0.3, LEAST_ERROR], atol=1e-6)
    targets = random_targets(FinetuneSettings(), 1, 0, 4000, sliders, errors)
    # Half of the faces have one slider moved; the other half also moves any with a chance of 0.4.
    share = 0.3 / 0.31
    expected = share + (1 - share) * 0.5 * 0.4
    assert abs(float((~targets[:, 0].isnan()).float().mean()) - expected) < 0.03


def test_rounds_join_the_labelled_faces(faces_and_base: tuple[Path, Path], tmp_path: Path) -> None:
    data, base = faces_and_base
    settings = FinetuneSettings(attributes=("hair_color", "mouth"))
    faces = FinetuningRun(data, str(base), tmp_path, settings, Machine(torch.device("cpu"))).data
    one = CoverageFaces(
        np.zeros((3, 10), np.float32), np.zeros((3, 16, 16, 3), np.uint8), np.ones((3, 2), np.float32), NOTHING
    )
    joined = with_coverage(faces, [one, one])
    assert len(joined) == len(faces) + 6 and (joined.values[-6:] == 1.0).all()
    # No seed stands for their latents.
    assert len(joined.latents(12)[0]) == len(faces.latents(12)[0])

import numpy as np
import pytest
import torch

from ohlora.evaluation.frechet import frechet_distance
from ohlora.images.pixels import as_pixels


def test_the_distance_of_a_shifted_set() -> None:
    pytest.importorskip("torchmetrics")
    features = np.random.default_rng(0).standard_normal((500, 3)).astype(np.float32)
    assert frechet_distance(features, features) == pytest.approx(0.0, abs=1e-3)
    # Equal covariances: the squared distance of the means, in units of each feature's deviation.
    shifted = features + features.std(axis=0) * np.array([2.0, 0.0, 0.0], np.float32)
    assert frechet_distance(features, shifted) == pytest.approx(4.0, abs=1e-2)


def test_pixels() -> None:
    images = torch.tensor([-3.0, -1.0, 0.0, 1.0]).view(1, 1, 2, 2).expand(1, 3, 2, 2)
    # (0 + 1) * 127.5 = 127.5 rounds to the even 128.
    assert as_pixels(images, 2)[0, 0].flatten().tolist() == [0, 0, 128, 255]
    assert as_pixels(images, 4).shape == (1, 3, 4, 4)

import numpy as np
import pytest
import torch

from ohlora.classification.fold_training import varied
from ohlora.classification.labelled_images import as_tensor
from ohlora.classification.network import FaceClassifier, cut_region
from ohlora.classification.settings import ClassifierSettings, NetworkConfig, default_regions
from ohlora.errors import SettingsError


@pytest.mark.parametrize("regions", [("whole",), ("whole", "top_centre"), ("top_centre",)])
@pytest.mark.parametrize("size", [32, 256])
def test_a_logit_per_image(regions: tuple[str, ...], size: int) -> None:
    network = FaceClassifier(NetworkConfig(size=size, regions=regions)).eval()
    assert network(torch.zeros(3, 3, size, size)).shape == (3,)


def test_the_top_centre() -> None:
    images = torch.arange(64.0).reshape(1, 1, 8, 8)
    assert cut_region(images, "top_centre")[0, 0].tolist() == [[8 * y + x for x in range(2, 6)] for y in range(4)]
    assert cut_region(images, "whole") is images
    assert default_regions("quality") == ("whole", "top_centre") and default_regions("gender") == ("whole",)


def test_it_sees_what_it_is_to_look_at() -> None:
    torch.manual_seed(0)
    top = FaceClassifier(NetworkConfig(size=64, regions=("top_centre",))).eval()
    whole = FaceClassifier(NetworkConfig(size=64)).eval()
    plain = torch.zeros(1, 3, 64, 64)
    chin, fringe = plain.clone(), plain.clone()
    chin[..., 40:, :] = 1.0
    fringe[..., :20, 24:40] = 1.0
    assert top(chin) == top(plain) and top(fringe) != top(plain)
    assert whole(chin) != whole(plain) and whole(fringe) != whole(plain)


def test_images_become_tensors() -> None:
    images = np.zeros((2, 16, 16, 3), np.uint8)
    images[1, 3, 5] = (255, 51, 0)
    tensor = as_tensor(images)
    assert tensor.shape == (2, 3, 16, 16)
    torch.testing.assert_close(tensor[1, :, 3, 5], torch.tensor([1.0, -0.6, -1.0]))
    assert tensor.is_contiguous(memory_format=torch.channels_last)


def test_varied_images_are_mirrored_and_moved_and_little_else() -> None:
    images = np.full((64, 32, 32, 3), 100, np.uint8)
    images[:, 16, 4] = 200
    moved = varied(images, np.random.default_rng(0))
    assert moved.shape == (64, 3, 32, 32)
    peaks = moved[:, 0].flatten(1).argmax(dim=1)
    rows, columns = peaks // 32, peaks % 32
    assert set(rows.tolist()) == {15, 16, 17}  # 8 pixels of 256 are one of 32
    assert set(columns.tolist()) == {3, 4, 5, 26, 27, 28}
    assert float((moved.median() - (100 / 127.5 - 1)).abs()) < 0.1


def test_sides_stay_where_mirroring_is_left_out() -> None:
    images = np.full((64, 32, 32, 3), 100, np.uint8)
    images[:, 16, 4] = 200
    peaks = varied(images, np.random.default_rng(0), mirror=False)[:, 0].flatten(1).argmax(dim=1)
    assert set((peaks % 32).tolist()) == {3, 4, 5}


@pytest.mark.parametrize(
    "changes", [{"size": 100}, {"size": 0}, {"regions": ()}, {"regions": ("chin",)}, {"widths": ()}, {"dropout": 1.0}]
)
def test_shapes_that_cannot_be(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        NetworkConfig(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"folds": 1}, {"epochs": 0}, {"rate": 0.0}, {"validation": 1.0}, {"seed": -1}])
def test_trainings_that_cannot_be(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        ClassifierSettings("gender", "label_gender", **changes)  # type: ignore[arg-type]

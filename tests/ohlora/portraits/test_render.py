"""Tests of ohlora.portraits.render: pictures, label maps and truth."""

import numpy as np
import pytest

from ohlora.errors import OhloraError

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.portraits import PortraitParameters, render, sample_parameters
from segmentation.classes import FaceClass


def area(label: FaceClass, **values: float) -> int:
    portrait = render(PortraitParameters(**values), 64, label_size=224)
    assert portrait.label_map is not None
    return int((portrait.label_map == label).sum())


def test_shapes_types_and_determinism() -> None:
    first, second = (render(sample_parameters(5), 128, label_size=96) for _ in range(2))
    assert first.image.shape == (128, 128, 3) and first.image.dtype == np.uint8
    assert first.label_map is not None and first.label_map.shape == (96, 96)
    assert (first.image == second.image).all() and first.truth == second.truth


def test_every_class_is_there_with_an_open_mouth() -> None:
    portrait = render(PortraitParameters(mouth_open=0.8, gender=1.0), 64, label_size=224)
    assert portrait.label_map is not None
    assert set(np.unique(portrait.label_map).tolist()) == set(range(11))


def test_left_means_the_viewers_left() -> None:
    label_map = render(PortraitParameters(), 64, label_size=224).label_map
    assert label_map is not None
    left, right = (np.nonzero(label_map == label)[1].mean() for label in (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE))
    assert left < 112 < right


def test_positive_pose_looks_to_the_viewers_left() -> None:
    for pose, sign in ((1.0, -1), (-1.0, 1)):
        label_map = render(PortraitParameters(pose=pose), 64, label_size=224).label_map
        assert label_map is not None
        nose = np.nonzero(label_map == FaceClass.NOSE)[1].mean()
        assert np.sign(nose - 112) == sign


def test_parameters_move_their_regions() -> None:
    assert area(FaceClass.LEFT_EYE, eye_open=1.0) > 3 * area(FaceClass.LEFT_EYE, eye_open=0.0) > 0
    assert area(FaceClass.INNER_MOUTH, mouth_open=0.1) == 0 < area(FaceClass.INNER_MOUTH, mouth_open=0.6)
    assert area(FaceClass.HAIR, hair_length=0.9) > 1.5 * area(FaceClass.HAIR, hair_length=0.1)
    assert area(FaceClass.HAIR, bald=1.0) == 0 < area(FaceClass.HAIR, bald=0.7) < area(FaceClass.HAIR)


@pytest.mark.parametrize("rare", ["glasses", "earrings", "beard", "curl", "afro", "bun", "recede", "dye", "freckles"])
def test_rare_things_are_drawn(rare: str) -> None:
    plain = PortraitParameters(hair_length=0.5 if rare == "curl" else 0.1, gender=0.0, skin_tone=0.2)
    changed = render(plain.replace(**{rare: 1.0}), 128).image.astype(int) - render(plain, 128).image
    assert (np.abs(changed) > 12).sum() > 15


def test_truth() -> None:
    truth = render(PortraitParameters(gender=1.0, eye_open=0.25, pose=-0.5, hair_length=0.8, mouth_open=0.56), 64).truth
    assert (truth["gender"], truth["eyes"], truth["pose"], truth["hair_length"]) == (1.0, 0.25, -0.5, 0.8)
    assert truth["mouth"] == pytest.approx(0.5)  # (0.56 - 0.12) / 0.88: the lips part from 0.12 on
    bald = render(PortraitParameters(bald=1.0), 64).truth
    assert np.isnan(bald["hair_color"]) and np.isnan(bald["hair_length"])


def test_extreme_parameters_draw() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        from ohlora.portraits import PARAMETERS

        values = {p.name: float(p.low if rng.uniform() < 0.5 else p.high) for p in PARAMETERS}
        assert render(PortraitParameters(**values), 64, label_size=64).image.std() > 5


@pytest.mark.parametrize("size", [8, 1025])
def test_size_out_of_range(size: int) -> None:
    with pytest.raises(OhloraError, match=f"size must lie in 16..1024 pixels, got {size}"):
        render(PortraitParameters(), size)

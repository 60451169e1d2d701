import numpy as np
import pytest

from segmentation.classes import CLASS_COLORS, CLASS_NAMES, NUM_CLASSES, FaceClass

# The order of LaPa's labels, as its authors publish it.
LAPA = [
    "background",
    "face_skin",
    "left_eyebrow",
    "right_eyebrow",
    "left_eye",
    "right_eye",
    "nose",
    "upper_lip",
    "inner_mouth",
    "lower_lip",
    "hair",
]


def test_names_follow_lapa():
    assert list(CLASS_NAMES) == LAPA
    assert NUM_CLASSES == 11


def test_ids_match_names():
    assert [FaceClass(index).name.lower() for index in range(NUM_CLASSES)] == LAPA
    assert FaceClass.HAIR == 10


def test_colors_are_distinct_bytes():
    assert CLASS_COLORS.shape == (11, 3)
    assert CLASS_COLORS.dtype == np.uint8
    assert len({tuple(color) for color in CLASS_COLORS.tolist()}) == NUM_CLASSES


def test_colors_cannot_be_changed():
    with pytest.raises(ValueError):
        CLASS_COLORS[0, 0] = 1

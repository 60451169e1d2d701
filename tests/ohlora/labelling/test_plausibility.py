import numpy as np
import pytest
from numpy.typing import NDArray

from ohlora.labelling.plausibility import like_portraits
from segmentation.classes import FaceClass as C

Map = NDArray[np.uint8]


def portrait() -> Map:
    """A face of 100 x 130 pixels, a quarter of the picture, whose parts lie as in an average portrait."""
    label_map = np.zeros((224, 224), np.uint8)
    label_map[60:190, 62:162] = C.FACE_SKIN
    label_map[76:80, 78:98], label_map[76:80, 126:146] = C.LEFT_EYEBROW, C.RIGHT_EYEBROW
    label_map[94:102, 79:97], label_map[94:102, 127:145] = C.LEFT_EYE, C.RIGHT_EYE
    label_map[104:130, 102:122] = C.NOSE
    label_map[145:150, 98:126], label_map[150:155, 98:126] = C.UPPER_LIP, C.LOWER_LIP
    return label_map


def judged(label_map: Map) -> bool:
    return bool(like_portraits(label_map[None], np.zeros((1, 224, 224, 3), np.uint8))[0])


def changed(*areas: tuple[slice, slice, C]) -> Map:
    label_map = portrait()
    for rows, columns, face_class in areas:
        label_map[rows, columns] = face_class
    return label_map


def test_a_portrait_is_like_one_tilted_smaller_and_with_closed_eyes() -> None:
    assert judged(portrait())
    assert judged(np.ascontiguousarray(portrait()[:, ::-1])) is False  # the right eye is not on the left
    smaller = np.zeros((224, 224), np.uint8)
    smaller[40:190:1, 40:190] = portrait()[np.ix_(np.arange(150) * 224 // 150, np.arange(150) * 224 // 150)]
    assert judged(smaller)
    both = slice(94, 102)
    assert judged(changed((both, slice(79, 97), C.FACE_SKIN), (both, slice(127, 145), C.FACE_SKIN)))


@pytest.mark.parametrize(
    ("why", "label_map"),
    [
        ("nothing", np.zeros((224, 224), np.uint8)),
        ("a face of 4 %", changed((slice(0, 224), slice(0, 224), C.BACKGROUND), (slice(90, 135), slice(90, 135), C.FACE_SKIN))),
        ("a face that fills the picture", np.where(portrait() == 0, np.uint8(C.FACE_SKIN), portrait())),
        ("skin on the wall", changed((slice(10, 40), slice(0, 40), C.FACE_SKIN))),
        ("a hole in the cheek", changed((slice(160, 180), slice(70, 90), C.BACKGROUND))),
        ("an eye on the ear", changed((slice(94, 102), slice(79, 97), C.FACE_SKIN), (slice(94, 102), slice(20, 38), C.LEFT_EYE))),
        ("no brow", changed((slice(76, 80), slice(78, 98), C.FACE_SKIN))),
        ("no nose", changed((slice(104, 130), slice(102, 122), C.FACE_SKIN))),
        ("no mouth", changed((slice(145, 155), slice(98, 126), C.FACE_SKIN))),
        (
            "a mouth beside the eyes",
            changed((slice(145, 155), slice(98, 126), C.FACE_SKIN), (slice(94, 104), slice(146, 160), C.UPPER_LIP)),
        ),
    ],
)  # fmt: skip
def test_what_is_no_portrait_is_told(why: str, label_map: Map) -> None:
    assert not judged(label_map), why

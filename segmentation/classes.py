"""The eleven classes of a label map: the one place that defines their ids, names and colours.

The order is LaPa's, as FaceXFormer uses it. "Left" and "right" are the viewer's: on an upright face the left eye has the
smaller x. Ears, neck and clothes belong to the background.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt


class FaceClass(IntEnum):
    """Class id of a pixel of a label map."""

    BACKGROUND = 0
    FACE_SKIN = 1
    LEFT_EYEBROW = 2
    RIGHT_EYEBROW = 3
    LEFT_EYE = 4
    RIGHT_EYE = 5
    NOSE = 6
    UPPER_LIP = 7
    INNER_MOUTH = 8
    LOWER_LIP = 9
    HAIR = 10


CLASS_NAMES: tuple[str, ...] = tuple(member.name.lower() for member in FaceClass)
NUM_CLASSES = len(CLASS_NAMES)

REGIONS: dict[str, tuple[FaceClass, ...]] = {
    "background": (FaceClass.BACKGROUND,),
    "skin": (FaceClass.FACE_SKIN,),
    "brows": (FaceClass.LEFT_EYEBROW, FaceClass.RIGHT_EYEBROW),
    "eyes": (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE),
    "nose": (FaceClass.NOSE,),
    "mouth": (FaceClass.UPPER_LIP, FaceClass.INNER_MOUTH, FaceClass.LOWER_LIP),
    "hair": (FaceClass.HAIR,),
}
"""Classes that belong together, left and right for instance; every class is in one region."""

# Neighbouring classes differ in hue and in lightness, so that the map also reads in grey.
CLASS_COLORS: npt.NDArray[np.uint8] = np.array(
    [
        (38, 40, 48),  # background
        (240, 196, 160),  # face_skin
        (92, 64, 160),  # left_eyebrow
        (150, 84, 190),  # right_eyebrow
        (32, 128, 220),  # left_eye
        (24, 180, 200),  # right_eye
        (236, 150, 60),  # nose
        (226, 68, 92),  # upper_lip
        (110, 20, 40),  # inner_mouth
        (250, 120, 150),  # lower_lip
        (120, 84, 48),  # hair
    ],
    dtype=np.uint8,
)
CLASS_COLORS.setflags(write=False)

"""The parts of a portrait: the label map's eleven classes, and apart from each other what they count as background.

Drawing styles give each part its own ink, wash or ramp of colours. A pixel's part is that of the topmost shape, so a
part map says what can be seen where; `CLASS_OF_PART` makes a label map of it.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from segmentation.classes import FaceClass


class Part(IntEnum):
    """What a pixel of a part map shows; the first eleven are the classes of `segmentation.classes`."""

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
    BACK_HAIR = 11
    NECK = 12
    CLOTHES = 13
    EAR = 14


_HIDDEN = {Part.BACK_HAIR: FaceClass.HAIR}
CLASS_OF_PART: npt.NDArray[np.uint8] = np.array(
    [_HIDDEN.get(part, part if part <= Part.HAIR else FaceClass.BACKGROUND) for part in Part], dtype=np.uint8
)
"""Class id of every part: hair behind the head is hair; neck, clothes and ears are background, as in LaPa."""

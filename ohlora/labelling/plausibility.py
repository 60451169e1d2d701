"""Plausibility: whether a label map can be that of a portrait, so that no number is given for what is none.

The parser for illustrated portraits has no face detector in front of it. It finds a face in every picture, and in most
photographs one whose pieces lie about: skin on a wall, one eye on an ear, no mouth. A label map goes in; what comes out is
whether its face covers a face's share of the picture, is one piece, and has both eyes and brows inside it, with the nose and
the mouth where faces have them. The bounds are wide around what 500 generated faces at truncation 1 and 500 renders have
(given beside each bound), so that no portrait meets them, whatever its sliders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ohlora.labelling.scores.regions import FaceRegions
from segmentation.classes import FaceClass

NOT_LIKE_A_PORTRAIT = "not like a portrait"
"""The reason in the table's column `missing`."""

_SHARE = (0.1, 0.5)
"""Share of the picture that the face covers; portraits have 0.18 to 0.35."""
_ONE_PIECE = 0.99
"""Least share of the face's pixels in its largest piece, and of the area inside its outline that is face; portraits have
0.998 and more."""
_BROW = 0.001
"""Least share of the face that a brow covers; portraits have 0.0016 and more. Eyes may be closed and brows hardly are."""
_INSIDE = 0.9
"""Least share of an eye or a brow inside the face's outline; portraits have 1."""
_EYE_DISTANCE = (0.33, 0.67)
"""Distance of the eyes, of a face that is not turned, in square roots of the face's area; portraits have 0.39 to 0.60."""
_LARGEST_TILT = 30.0
"""Degrees between the line of the eyes and the horizontal; portraits have at most 8."""
_NOSE_DOWN, _NOSE_ASIDE = (0.15, 0.7), 0.3
"""Place of the nose's middle below the eyes and beside their middle, in eye distances; portraits have 0.29 to 0.53, 0.17."""
_MOUTH_DOWN, _MOUTH_ASIDE = (0.6, 1.5), 0.25
"""The same of the mouth; portraits have 0.83 to 1.3, 0.1."""

_FACE = np.zeros(len(FaceClass), dtype=bool)
_FACE[FaceClass.FACE_SKIN : FaceClass.HAIR] = True


def like_portraits(label_maps: NDArray[np.uint8], images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which label maps can be those of portraits.

    Args:
        label_maps: `(B, 224, 224)`, the eleven classes of `segmentation.classes`.
        images: `(B, 224, 224, 3)` RGB, the crops that were parsed.

    Returns:
        `(B,)`.

    Raises:
        OhloraError: An array has another shape, type or content than stated.
    """
    regions = FaceRegions(label_maps, images)
    whole = np.array([_is_whole(label_map) for label_map in regions.label_maps], dtype=bool)
    return whole & _in_order(regions)


def _is_whole(label_map: NDArray[np.uint8]) -> bool:
    """Whether the face has a face's size and is one piece without holes, with eyes and brows inside."""
    face = _FACE[label_map]
    count = int(face.sum())
    if not _SHARE[0] <= count / face.size <= _SHARE[1]:
        return False
    pieces, _ = ndimage.label(face)
    sizes = np.bincount(pieces[face])
    outline = ndimage.binary_fill_holes(pieces == sizes.argmax())
    if sizes.max() < _ONE_PIECE * count or sizes.max() < _ONE_PIECE * outline.sum():
        return False
    brows = (FaceClass.LEFT_EYEBROW, FaceClass.RIGHT_EYEBROW)
    if any((label_map == brow).sum() < _BROW * count for brow in brows):
        return False
    parts = (label_map == part for part in (*brows, FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE))
    return all(outline[part].sum() >= _INSIDE * part.sum() for part in parts)


def _in_order(regions: FaceRegions) -> NDArray[np.bool_]:
    """Whether the eyes, or brows where an eye is closed, lie side by side, and nose and mouth below them: `(B,)`."""
    frame = regions.frame
    area = _FACE[regions.label_maps].sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        distance = frame.unit / np.sqrt(np.maximum(area, 1))
        tilt = np.abs(np.degrees(np.arctan2(frame.sine, frame.cosine)))
        fits: NDArray[np.bool_] = (
            (_EYE_DISTANCE[0] <= distance) & (distance <= _EYE_DISTANCE[1]) & (tilt <= _LARGEST_TILT)
        )
    mouth = (FaceClass.UPPER_LIP, FaceClass.INNER_MOUTH, FaceClass.LOWER_LIP)
    fits &= _lies(regions, (FaceClass.NOSE,), _NOSE_DOWN, _NOSE_ASIDE)
    fits &= _lies(regions, mouth, _MOUTH_DOWN, _MOUTH_ASIDE)
    return fits


def _lies(
    regions: FaceRegions, classes: tuple[FaceClass, ...], down: tuple[float, float], aside: float
) -> NDArray[np.bool_]:
    """Whether the middle of a part lies so far below the eyes and at most so far beside their middle: `(B,)`."""
    frame, pixels = regions.frame, regions.pixels(*classes)
    x, y = pixels.mean(pixels.x) - frame.x, pixels.mean(pixels.y) - frame.y
    with np.errstate(invalid="ignore"):
        along = (x * frame.cosine + y * frame.sine) / frame.unit
        below = (y * frame.cosine - x * frame.sine) / frame.unit
        inside: NDArray[np.bool_] = (np.abs(along) <= aside) & (down[0] <= below) & (below <= down[1])
    return inside

"""Version 3 of the scores, the default: measured in the frame of the eyes, so that tilt and size of the head drop out.

Lengths are in eye distances (see `ohlora.labelling.scores.frame`), so that scores of different crops can be compared.
"""

from __future__ import annotations

import numpy as np

from ohlora.labelling.scores.background import BACKGROUND
from ohlora.labelling.scores.frame import MIN_EYE_PIXELS
from ohlora.labelling.scores.hair import hair_brightness
from ohlora.labelling.scores.pixels import Floats, Pixels, divide
from ohlora.labelling.scores.regions import MAP_SIZE, FaceRegions
from ohlora.labelling.scores.table import Measurement
from segmentation.classes import FaceClass

SHORTEST_EYE = 0.32
"""Least length of an eye in eye distances; keeps the scrap of a closed eye from reading as a small round one."""
HAIR_ROW_PIXELS = 8
BOTTOM_ROWS = 4
PIXEL_VARIANCE = 1.0 / 12.0
"""Variance of position inside one pixel: without it a single row of pixels would have no height."""
NO_FRAME = "neither both eyes nor both brows were found"


def eyes(regions: FaceRegions) -> Measurement:
    """Height over length of the eyes, each taken as the ellipse with its pixels' number and longest spread.

    An ellipse of height h, length l and area a = pi h l / 4 has the spread s = l / 4 along its length, so that
    h / l = a / (4 pi s^2). The length is taken along each eye's own long axis: neither the eye's slant nor the head's tilt
    counts. Of two eyes the larger one counts more; where one is missing, the other stands for both.
    """
    shortest = np.nan_to_num(0.25 * SHORTEST_EYE * regions.frame.unit)
    area, square = np.zeros(regions.batch), np.zeros(regions.batch)
    for face_class in (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE):
        eye = regions.steady_pixels(face_class)
        seen = eye.count >= MIN_EYE_PIXELS
        area += np.where(seen, eye.count, 0.0)
        square += np.where(seen, np.maximum(_long_variance(eye), shortest**2), 0.0)
    openness = divide(area, 4.0 * np.pi * square)
    return Measurement.of(openness, (np.isnan(openness), f"neither eye has {MIN_EYE_PIXELS} pixels"))


def hair_color(regions: FaceRegions) -> Measurement:
    """Mean brightness (0..255) of the middle half of the hair's pixels; highlights, shadows and edges are left out."""
    return hair_brightness(regions, 0.25, 0.75)


def hair_length(regions: FaceRegions) -> Measurement:
    """How far the hair reaches below the eyes, in eye distances; for hair that leaves the frame, plus how much leaves it.

    The lowest row is the last one with 8 hair pixels. What leaves the frame is half the width of the hair at the bottom, of
    which the part nearer to the middle than the eyes' distance counts three times: long hair closes in over the chest.
    """
    frame = regions.frame
    rows = regions.row_counts(FaceClass.HAIR) >= HAIR_ROW_PIXELS
    bald = rows.sum(axis=1) == 0
    lowest = MAP_SIZE - 1 - rows[:, ::-1].argmax(axis=1)
    leaving = (regions.label_maps[:, -BOTTOM_ROWS:] == FaceClass.HAIR) & rows[:, -BOTTOM_ROWS:, None]
    central = np.abs(np.arange(MAP_SIZE) - frame.x[:, None]) < frame.unit[:, None]
    below = 0.5 * (leaving.mean(axis=1) * np.where(central, 3.0, 1.0)).sum(axis=1)
    length = divide(lowest - frame.y + below, frame.unit)
    return Measurement.of(length, (bald, f"no row with {HAIR_ROW_PIXELS} hair pixels"), (np.isnan(length), NO_FRAME))


def mouth(regions: FaceRegions) -> Measurement:
    """Mean height of the inner mouth over the width of the whole mouth, in eye distances; 0 for closed lips."""
    frame = regions.frame
    whole = regions.steady_pixels(FaceClass.UPPER_LIP, FaceClass.INNER_MOUTH, FaceClass.LOWER_LIP)
    inner = regions.steady_pixels(FaceClass.INNER_MOUTH)
    # Four spreads: the width of an ellipse, but steadier than the distance of its outermost pixels.
    width = 4.0 * whole.spread(frame.along(whole))
    height = divide(inner.count / frame.unit**2, width)
    return Measurement.of(
        height,
        (whole.count == 0, "no pixel of lips or inner mouth"),
        (np.isnan(frame.unit), NO_FRAME),
        (np.isnan(height), "the mouth is a single column"),
    )


def pose(regions: FaceRegions) -> Measurement:
    """Turn of the head: offset of the nose's centre from the middle between the eyes along their line, in eye distances.

    Positive = the person looks to their own right (the viewer's left). The nose stands out from the line of the eyes,
    so a turn moves it sideways; a tilt moves both alike.
    """
    frame, nose = regions.frame, regions.steady_pixels(FaceClass.NOSE)
    return Measurement.of(frame.turn, (nose.count == 0, "no nose pixel"), (np.isnan(frame.turn), NO_FRAME))


def _long_variance(eye: Pixels) -> Floats:
    """(B,) variance of the pixels' positions along the region's long axis: the larger eigenvalue of their covariance."""
    dx, dy = eye.x - eye.mean(eye.x)[eye.image], eye.y - eye.mean(eye.y)[eye.image]
    xx, yy, xy = eye.mean(dx**2), eye.mean(dy**2), eye.mean(dx * dy)
    return PIXEL_VARIANCE + 0.5 * (xx + yy) + np.hypot(0.5 * (xx - yy), xy)


# A score's function has its attribute's name.
SCORES = {score.__name__: score for score in (eyes, hair_color, hair_length, mouth, pose)} | BACKGROUND

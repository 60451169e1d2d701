"""Version 1 of the scores: the project's first definitions, kept so that earlier labels can be made again."""

from __future__ import annotations

import numpy as np

from ohlora.labelling.scores.background import BACKGROUND
from ohlora.labelling.scores.brightness import brightness_median
from ohlora.labelling.scores.pixels import divide
from ohlora.labelling.scores.regions import MAP_SIZE, FaceRegions
from ohlora.labelling.scores.table import Measurement
from segmentation.classes import FaceClass


def eyes(regions: FaceRegions) -> Measurement:
    """Height of each eye in pixels (last row minus first), mean of the two; an eye without pixels counts as 0."""
    heights = []
    for face_class in (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE):
        eye = regions.pixels(face_class)
        heights.append(np.nan_to_num(eye.span(eye.y)))
    return Measurement.of(0.5 * (heights[0] + heights[1]))


def hair_color(regions: FaceRegions) -> Measurement:
    """Median brightness (0..255) of the hair."""
    median = brightness_median(regions.brightness_histogram(FaceClass.HAIR))
    return Measurement.of(median, (np.isnan(median), "no hair pixel"))


def hair_length(regions: FaceRegions) -> Measurement:
    """Lowest row of the hair; where that is the frame's last row, plus half the number of hair pixels in it."""
    rows = regions.row_counts(FaceClass.HAIR)
    last = MAP_SIZE - 1
    lowest = last - (rows[:, ::-1] > 0).argmax(axis=1)
    return Measurement.of(lowest + 0.5 * rows[:, last], (rows.sum(axis=1) == 0, "no hair pixel"))


def mouth(regions: FaceRegions) -> Measurement:
    """Height of both lips together plus height of the inner mouth (0 without one), each last row minus first."""
    lips, inner = regions.pixels(FaceClass.UPPER_LIP, FaceClass.LOWER_LIP), regions.pixels(FaceClass.INNER_MOUTH)
    height = lips.span(lips.y) + np.nan_to_num(inner.span(inner.y))
    return Measurement.of(height, (lips.count == 0, "no lip pixel"))


def pose(regions: FaceRegions) -> Measurement:
    """Minus the correlation of x and y over the nose: positive = looking to their own right (viewer's left)."""
    nose = regions.pixels(FaceClass.NOSE)
    dx, dy = nose.x - nose.mean(nose.x)[nose.image], nose.y - nose.mean(nose.y)[nose.image]
    correlation = divide(nose.total(dx * dy), np.sqrt(nose.total(dx**2) * nose.total(dy**2)))
    return Measurement.of(
        -correlation,
        (nose.count == 0, "no nose pixel"),
        (np.isnan(correlation), "nose pixels in a single row or column"),
    )


# A score's function has its attribute's name.
SCORES = {score.__name__: score for score in (eyes, hair_color, hair_length, mouth, pose)} | BACKGROUND

"""Version 2 of the scores: the refined definitions. Its pose measures the tilt of the head rather than its turn."""

from __future__ import annotations

import numpy as np

from ohlora.labelling.scores.background import BACKGROUND
from ohlora.labelling.scores.hair import hair_brightness
from ohlora.labelling.scores.pixels import Floats, Pixels, divide
from ohlora.labelling.scores.regions import MAP_SIZE, FaceRegions
from ohlora.labelling.scores.table import Measurement
from segmentation.classes import FaceClass

FIRST_HAIR_ROW = MAP_SIZE // 4
"""Rows above this one hold the hair on top of the head, which says nothing about its length."""
HAIR_ROW_PIXELS = 20
BOTTOM_PIXELS = 10


def eyes(regions: FaceRegions) -> Measurement:
    """Opening of the wider eye: greatest column height times the cosine of its long axis; 0 for an eye without pixels."""
    openings = [_opening(regions.pixels(eye)) for eye in (FaceClass.LEFT_EYE, FaceClass.RIGHT_EYE)]
    return Measurement.of(np.maximum(*openings))


def hair_color(regions: FaceRegions) -> Measurement:
    """Mean brightness (0..255) of the hair without its darkest and its brightest tenth."""
    return hair_brightness(regions, 0.1, 0.9)


def hair_length(regions: FaceRegions) -> Measurement:
    """Rows with at least 20 hair pixels from row 56 on; hair in the last row adds half of what exceeds 10 a half."""
    hair = regions.label_maps == FaceClass.HAIR
    rows = hair[:, FIRST_HAIR_ROW:].sum(axis=2, dtype=np.int64)
    length = (rows >= HAIR_ROW_PIXELS).sum(axis=1).astype(np.float64)
    halves = hair[:, -1].reshape(-1, 2, MAP_SIZE // 2).sum(axis=2)
    below = 0.5 * np.maximum(halves - BOTTOM_PIXELS, 0).sum(axis=1)
    length += np.where(rows[:, -1] >= HAIR_ROW_PIXELS, below, 0.0)
    return Measurement.of(length, (~hair.any(axis=(1, 2)), "no hair pixel"))


def mouth(regions: FaceRegions) -> Measurement:
    """Share of the inner mouth in all pixels of the mouth."""
    lips, inner = regions.pixels(FaceClass.UPPER_LIP, FaceClass.LOWER_LIP), regions.pixels(FaceClass.INNER_MOUTH)
    share = divide(inner.count, inner.count + lips.count)
    return Measurement.of(share, (np.isnan(share), "no pixel of lips or inner mouth"))


def pose(regions: FaceRegions) -> Measurement:
    """Slope dy / dx of the line from the left eye's centre to the right eye's; 0 where an eye is missing."""
    left, right = regions.pixels(FaceClass.LEFT_EYE), regions.pixels(FaceClass.RIGHT_EYE)
    dx, dy = right.mean(right.x) - left.mean(left.x), right.mean(right.y) - left.mean(left.y)
    slope = np.where((left.count == 0) | (right.count == 0), 0.0, divide(dy, dx))
    return Measurement.of(slope, (np.isnan(slope), "one eye lies exactly above the other"))


def _opening(eye: Pixels) -> Floats:
    """(B,) greatest height over the columns of an eye, times the cosine of its long axis; 0 without pixels."""
    top, bottom = _column_ends(eye)
    # A row of columns that are all empty exists for an eye without pixels; its height is 0.
    height: Floats = np.nan_to_num(np.fmax.reduce(bottom - top, axis=1, initial=np.nan))
    return height * _long_axis_cosine(top, bottom)


def _column_ends(eye: Pixels) -> tuple[Floats, Floats]:
    """(B, W) first and last row of each column from the eye's first column on; NaN for a column without pixels."""
    column = eye.x - np.nan_to_num(eye.lowest(eye.x)).astype(np.int64)[eye.image]
    width = int(column.max(initial=0)) + 1
    columns = Pixels(eye.batch * width, eye.image * width + column, eye.y, eye.x)
    order = np.argsort(columns.image, kind="stable")
    sorted_columns, y = Pixels(columns.batch, columns.image[order], eye.y[order], eye.x[order]), eye.y[order]
    return sorted_columns.lowest(y).reshape(-1, width), sorted_columns.highest(y).reshape(-1, width)


def _long_axis_cosine(top: Floats, bottom: Floats) -> Floats:
    """(B,) dx / distance of the farthest pixel pair; of equally far pairs the most level one; 1 for a single pixel.

    The pair's ends lie on the first or last pixel of their columns, so it is enough to look, for every distance dx of
    two columns, at how far the one's end lies from the other's opposite end.
    """
    batch, width = top.shape
    best, best_dx = np.zeros(batch), np.ones(batch)
    for dx in range(width):
        near, far = slice(0, width - dx), slice(dx, width)
        dy = np.fmax(bottom[:, far] - top[:, near], bottom[:, near] - top[:, far])
        square = np.fmax.reduce(dy, axis=1, initial=np.nan) ** 2 + dx**2
        farther = square >= np.maximum(best, 1.0)
        best, best_dx = np.where(farther, square, best), np.where(farther, dx, best_dx)
    return np.divide(best_dx, np.sqrt(best), out=np.ones(batch), where=best > 0.0)


# A score's function has its attribute's name.
SCORES = {score.__name__: score for score in (eyes, hair_color, hair_length, mouth, pose)} | BACKGROUND

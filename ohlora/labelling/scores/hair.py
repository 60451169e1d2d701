"""Brightness of the hair: from a label map and its picture to a trimmed mean, without highlights, shadows and edges."""

from __future__ import annotations

import numpy as np

from ohlora.labelling.scores.brightness import brightness_moments, trimmed
from ohlora.labelling.scores.regions import FaceRegions
from ohlora.labelling.scores.table import Measurement
from segmentation.classes import FaceClass


def hair_brightness(regions: FaceRegions, low: float, high: float) -> Measurement:
    """Mean brightness (0..255) of the hair's pixels between two shares of their order, darkest first."""
    histogram = regions.brightness_histogram(FaceClass.HAIR)
    mean, _ = brightness_moments(trimmed(histogram, low, high))
    return Measurement.of(
        mean, (histogram.sum(axis=1) == 0, "no hair pixel"), (np.isnan(mean), "too few hair pixels to trim")
    )

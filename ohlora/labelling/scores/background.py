"""Brightness and contrast of the background above the shoulders; the same in every version of the scores.

Only the upper half of the picture counts: below it, what is background to the label map is mostly neck and clothes.
"""

from __future__ import annotations

from ohlora.labelling.scores.brightness import brightness_moments, trimmed
from ohlora.labelling.scores.regions import MAP_SIZE, FaceRegions
from ohlora.labelling.scores.table import Measurement
from segmentation.classes import FaceClass

REASON = "fewer than two background pixels in the upper half"


def background_mean(regions: FaceRegions) -> Measurement:
    """Mean brightness (0..255) of the upper half's background, without its darkest and brightest twentieth."""
    return _measure(regions)[0]


def background_std(regions: FaceRegions) -> Measurement:
    """Standard deviation of the brightness of the same pixels."""
    return _measure(regions)[1]


def _measure(regions: FaceRegions) -> tuple[Measurement, Measurement]:
    histogram = regions.brightness_histogram(FaceClass.BACKGROUND, MAP_SIZE // 2)
    kept = trimmed(histogram, 0.05, 0.95)
    missing = kept.sum(axis=1) == 0
    mean, deviation = brightness_moments(kept)
    return Measurement.of(mean, (missing, REASON)), Measurement.of(deviation, (missing, REASON))


BACKGROUND = {"background_mean": background_mean, "background_std": background_std}

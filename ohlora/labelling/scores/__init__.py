"""Scores: raw measurements of faces from their label maps.

    table = compute_scores(label_maps, images, gender=gender)
    table.values["pose"], table.reasons[0]

`v3` is the default; `v1` and `v2` are the earlier definitions and stay available by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.scores import v1, v2, v3
from ohlora.labelling.scores.pixels import Floats
from ohlora.labelling.scores.regions import FaceRegions
from ohlora.labelling.scores.table import Measurement, ScoreTable

Measure = Callable[[FaceRegions], Measurement]

VERSIONS: Mapping[str, Mapping[str, Measure]] = {"v1": v1.SCORES, "v2": v2.SCORES, "v3": v3.SCORES}
DEFAULT_VERSION = "v3"
CHUNK = 64
"""Maps scored at once; bounds the memory, and keeps a chunk's masks in the processor's cache."""

__all__ = ["DEFAULT_VERSION", "VERSIONS", "ScoreTable", "compute_scores"]


def compute_scores(
    label_maps: npt.NDArray[np.uint8],
    images: npt.NDArray[np.uint8],
    version: str = DEFAULT_VERSION,
    gender: npt.ArrayLike | None = None,
) -> ScoreTable:
    """Score a batch of parsed faces.

    Args:
        label_maps: (B, 224, 224) uint8, the eleven classes of `segmentation.classes`.
        images: (B, 224, 224, 3) uint8, RGB, the crops that were parsed.
        version: `v1`, `v2` or `v3`.
        gender: (B,) probability 0 (male) .. 1 (female) from a classifier, NaN where unknown; None without a classifier.

    Returns:
        One column per attribute, in the registry's order; a score that is undefined is NaN and has a reason.

    Raises:
        OhloraError: the version is unknown, or an array has another shape, type or content than stated.
    """
    if version not in VERSIONS:
        raise OhloraError(f"unknown scores version {version!r}; choose one of {', '.join(VERSIONS)}")
    probabilities = _checked_gender(gender, len(label_maps))
    # A batch without faces still has every column.
    starts = range(0, max(len(label_maps), 1), CHUNK)
    chunks = [slice(start, start + CHUNK) for start in starts]
    return ScoreTable.concatenate(
        _score(FaceRegions(label_maps[chunk], images[chunk]), version, probabilities[chunk]) for chunk in chunks
    )


def _score(regions: FaceRegions, version: str, gender: Floats) -> ScoreTable:
    measures = VERSIONS[version]
    measured: dict[str, Measurement] = {}
    for name in ATTRIBUTES:
        if name in measures:
            measured[name] = measures[name](regions)
        elif name == "gender":
            measured[name] = Measurement.of(gender, (np.isnan(gender), "no gender probability was given"))
        else:
            nothing = np.ones(regions.batch, dtype=bool)
            measured[name] = Measurement.of(
                np.zeros(regions.batch), (nothing, f"scores {version} do not measure {name}")
            )
    return ScoreTable.from_measurements(measured, regions.batch, version)


def _checked_gender(gender: npt.ArrayLike | None, size: int) -> Floats:
    if gender is None:
        return np.full(size, np.nan)
    values = np.asarray(gender, dtype=np.float64)
    if values.shape != (size,):
        raise OhloraError(f"expected one gender probability per face ({size}), got an array of shape {values.shape}")
    if np.any((values < 0.0) | (values > 1.0)):
        raise OhloraError("expected gender as probabilities from 0 (male) to 1 (female), got values outside that range")
    return values

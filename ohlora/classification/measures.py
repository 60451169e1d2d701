"""How good probabilities are: accuracy, AUROC and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

BINS = 10


@dataclass(frozen=True)
class CalibrationBin:
    """Faces whose probabilities lie close together.

    Attributes:
        low: Lower end of the bin.
        high: Upper end.
        count: Faces in it.
        mean: Mean of their probabilities; NaN where there are none.
        share: Share of them with the answer 1; NaN where there are none.
    """

    low: float
    high: float
    count: int
    mean: float
    share: float


@dataclass(frozen=True)
class Measures:
    """How good the probabilities of N faces are.

    Attributes:
        faces: N.
        accuracy: Share of faces on the right side of 1/2.
        auroc: Probability that a face with the answer 1 gets more than one with 0; ties count half.
        calibration_error: Expected calibration error: mean over faces of the distance between a bin's mean probability
            and its share of ones (Guo et al., 2017, eq. 3, for the probability of the answer 1).
        brier: Mean squared distance of probability and answer.
        wrong_zeros: Faces with the answer 0 that got 1/2 or more.
        wrong_ones: Faces with the answer 1 that got less than 1/2.
    """

    faces: int
    accuracy: float
    auroc: float
    calibration_error: float
    brier: float
    wrong_zeros: int
    wrong_ones: int

    def line(self) -> str:
        """The figures for people."""
        return (
            f"on {self.faces} held-out faces: accuracy {self.accuracy:.4f}, AUROC {self.auroc:.4f}, expected calibration "
            f"error {self.calibration_error:.4f}"
        )


def measure(values: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measures:
    """Compare answers `(N,)`, 0 or 1, with probabilities `(N,)` of the answer 1."""
    guessed = probabilities >= 0.5
    return Measures(
        faces=len(values),
        accuracy=float((guessed == (values == 1)).mean()),
        auroc=auroc(values, probabilities),
        calibration_error=expected_calibration_error(values, probabilities),
        brier=float(np.mean((probabilities - values) ** 2)),
        wrong_zeros=int((guessed & (values == 0)).sum()),
        wrong_ones=int((~guessed & (values == 1)).sum()),
    )


def auroc(values: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    """Area under the receiver operating characteristic; NaN where only one answer occurs."""
    return float(roc_auc_score(values, probabilities)) if len(set(values.tolist())) == 2 else float("nan")


def calibration(
    values: NDArray[np.int64], probabilities: NDArray[np.float64], bins: int = BINS
) -> tuple[CalibrationBin, ...]:
    """Gather faces in bins of equal width by their probability."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = place == number
        count = int(inside.sum())
        mean, share = (float(x[inside].mean()) if count else float("nan") for x in (probabilities, values))
        found.append(CalibrationBin(number / bins, (number + 1) / bins, count, mean, share))
    return tuple(found)


def expected_calibration_error(
    values: NDArray[np.int64], probabilities: NDArray[np.float64], bins: int = BINS
) -> float:
    """Mean over faces of how far their bin's mean probability is from its share of ones."""
    filled = [one for one in calibration(values, probabilities, bins) if one.count]
    return sum(one.count * abs(one.mean - one.share) for one in filled) / len(values)

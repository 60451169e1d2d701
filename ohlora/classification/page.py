"""The report of a classifier: one HTML file with every picture inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora.classification.figures import probabilities_svg, reliability_svg
from ohlora.classification.folds import FoldResult
from ohlora.classification.measures import Measures, calibration
from ohlora.classification.settings import ClassifierSettings
from ohlora.datasets.face_folder import FaceDataset
from ohlora.files import write_text
from ohlora.labelling.label_columns import LabelName
from ohlora.reports.pages import environment, svg_uri, thumbnail_uri
from ohlora.version import __version__

WORST = 20
_DOUBTFUL = 12


@dataclass(frozen=True)
class Judged:
    """Held-out faces, what people answered `(N,)`, and what the networks that never saw them said `(N,)`."""

    dataset: FaceDataset
    label: LabelName
    settings: ClassifierSettings
    names: tuple[str, ...]
    values: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    measures: Measures
    folds: tuple[FoldResult, ...]

    @property
    def worst(self) -> list[int]:
        """Indices of the mistakes, the surest first."""
        error = np.abs(self.probabilities - self.values)
        order = np.argsort(-error, kind="stable")
        return [int(index) for index in order if error[index] >= 0.5]

    @property
    def doubtful(self) -> list[int]:
        """Indices of all faces, the least sure first."""
        return [int(index) for index in np.argsort(np.abs(self.probabilities - 0.5), kind="stable")]


def write_page(judged: Judged, path: Path) -> None:
    """Write the report."""
    template = environment("ohlora.classification").get_template("classifier.html.j2")
    write_text(path, template.render(gather(judged)))


def gather(judged: Judged) -> dict[str, Any]:
    """Collect everything that the page shows."""
    measures, label = judged.measures, judged.label
    bins = calibration(judged.values, judged.probabilities)
    return {
        "title": label.name.replace("_", " "),
        "words": (label.zero, label.one),
        "version": __version__,
        "folder": str(judged.dataset.folder),
        "column": judged.settings.column,
        "regions": ", ".join(region.replace("_", " ") for region in judged.settings.network.regions),
        "size": judged.settings.network.size,
        "mirrored": "half of the faces, so that an answer that tells left from right is not learned (--no-mirror)"
        if judged.settings.mirror
        else "none",
        "measures": measures,
        "counts": (int((judged.values == 0).sum()), int((judged.values == 1).sum())),
        "folds": [_fold(fold, judged) for fold in judged.folds],
        "notes": [note for fold in judged.folds if (note := fold.note()) is not None],
        "reliability": svg_uri(reliability_svg(bins)),
        "histogram": svg_uri(probabilities_svg(judged.values, judged.probabilities, (label.zero, label.one))),
        "bins": [one for one in bins if one.count],
        "mistakes": len(judged.worst),
        "worst": _faces(judged, judged.worst[:WORST]),
        "doubtful": _faces(judged, judged.doubtful[:_DOUBTFUL]),
    }


def _fold(fold: FoldResult, judged: Judged) -> dict[str, Any]:
    chosen = np.isin(judged.names, list(fold.probabilities))
    right = (judged.probabilities[chosen] >= 0.5) == (judged.values[chosen] == 1)
    return {
        "number": fold.fold + 1,
        "faces": len(fold.probabilities),
        "accuracy": f"{right.mean():.3f}" if fold.usable else "–",
        "epochs": fold.epochs,
        "loss": f"{fold.best_epoch_loss:.3f}",
        "attempts": len(fold.problems) + fold.usable,
        "seconds": round(fold.seconds),
    }


def _faces(judged: Judged, indices: Sequence[int]) -> list[dict[str, str]]:
    words = judged.label.zero, judged.label.one
    return [
        {
            "name": judged.names[index],
            "uri": thumbnail_uri(judged.dataset.path(judged.names[index])),
            "answer": words[int(judged.values[index])],
            "probability": f"{judged.probabilities[index]:.2f}",
        }
        for index in indices
    ]

"""Whether a classifier deserves to count: its accuracy on held-out faces beside that of what counts so far.

A classifier of few or contradicting answers is easily worse than the head of a face parser, and `ohlora classify predict`
lets it count for the whole folder. What counts so far is compared with the same people's answers, where the folder has them.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ohlora.classification.ensemble import Ensemble
from ohlora.datasets.face_folder import FaceDataset
from ohlora.files import command_text
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.label_columns import CLASSIFIER, LabelName
from ohlora.progress import counted

LEAST_ACCURACY = 0.9
"""Held-out accuracy below which a classifier's word should not count unseen."""
_FEWEST = 20
"""Answered faces that the accuracy of what counts so far is told from, at the least."""


def doubts(dataset: FaceDataset, classifier: Ensemble, source: str) -> list[str]:
    """Why a classifier should not count, and how to go back; nothing where it should.

    Args:
        dataset: The faces, before the classifier's word replaces anything.
        classifier: A trained classifier.
        source: What stands in the table where it gave a value.
    """
    reasons = []
    if classifier.accuracy < LEAST_ACCURACY:
        reasons.append(f"below {LEAST_ACCURACY:g}")
    so_far = _accuracy_so_far(dataset, classifier, source)
    if so_far is not None and classifier.accuracy < so_far[1]:
        name, accuracy, count = so_far
        reasons.append(f"below the {accuracy:.3f} of {name} on {counted(count, 'answered faces')}, which it replaces")
    if not reasons:
        return []
    text = f"this classifier's accuracy on held-out faces is {classifier.accuracy:.3f}, {' and '.join(reasons)}"
    return [f"{text}; {_way_back(dataset, classifier.label)}"]


def _accuracy_so_far(dataset: FaceDataset, classifier: Ensemble, source: str) -> tuple[str, float, int] | None:
    """What gave the values that count so far, its accuracy on the answered faces, and how many these are."""
    label, column = classifier.label, classifier.column
    if column not in dataset.columns or label.name not in dataset.columns:
        return None
    answers, values = dataset.numbers(column), dataset.numbers(label.name)
    sources = np.array(dataset.text(label.source_column), dtype=object)
    known = ~np.isnan(answers) & ~np.isnan(values) & (sources != source)
    if known.sum() < _FEWEST:
        return None
    accuracy = float(np.mean((values[known] >= 0.5) == (answers[known] >= 0.5)))
    (name, _), *_ = Counter(sources[known].tolist()).most_common(1)
    return name or "what the table holds", accuracy, int(known.sum())


def _way_back(dataset: FaceDataset, label: LabelName) -> str:
    sources = {text for text in dataset.text(label.source_column) if text.startswith(CLASSIFIER)}
    if label.name in ATTRIBUTES:
        words = ("classify", "predict", dataset.folder, "--label", label.name, "--source", "parser")
        return f"to let the parser count again: {command_text('ohlora', *words)}"
    if sources:
        return "to go back, predict with --model and the run that counted before"
    return "more answers make a better one: ohlora annotate, then ohlora classify train --overwrite"

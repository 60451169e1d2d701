"""The queue of questions: from the dataset's table and an annotator's log to labels and faces in the order of asking.

Either all faces in the table's order, or, once a classifier has been trained, only those it is unsure of, the least
sure first: uncertainty sampling (Lewis and Gale, 1994), where an answer teaches most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ohlora.annotation.answers import Answer, Key
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.labelling.label_columns import LabelName

SURE = 0.1
"""A probability this close to 0 or 1 counts as sure."""


@dataclass(frozen=True)
class QueueSettings:
    """What is asked for.

    Attributes:
        labels: The labels; those of one face follow each other.
        only_uncertain: Only faces that the classifier is not sure of, the least sure first.
        skipped: Ask again for what was skipped.
        count: At most this many faces; None for all.
    """

    labels: tuple[LabelName, ...]
    only_uncertain: bool = False
    skipped: bool = False
    count: int | None = None

    def __post_init__(self) -> None:
        names = [label.name for label in self.labels]
        if not names or len(set(names)) < len(names):
            raise SettingsError(f"expected at least one label and none twice, such as --label gender, got {names}")
        if self.count is not None and self.count < 1:
            raise SettingsError(f"expected a count of at least 1, got {self.count}")


def all_questions(dataset: FaceDataset, settings: QueueSettings) -> list[Key]:
    """All labels and images that are asked for, in order, answered ones included.

    Raises:
        DatasetError: When there are no faces, or no probabilities where they are needed.
    """
    faces = dataset.faces()
    asked = [(label.name, face) for face in faces for label in settings.labels]
    if settings.only_uncertain:
        asked = _uncertain(dataset, settings.labels, faces)
    if settings.count is not None:
        chosen = set(list(dict.fromkeys(face for _, face in asked))[: settings.count])
        asked = [key for key in asked if key[1] in chosen]
    return asked


def open_questions(asked: Sequence[Key], answers: Mapping[Key, Answer | None], skipped: bool) -> list[Key]:
    """Those that are not answered yet, in the same order; with `skipped` those that were skipped as well."""
    unanswered = (None, "skip") if skipped else (None,)
    return [key for key in asked if answers.get(key) in unanswered]


def _uncertain(dataset: FaceDataset, labels: Sequence[LabelName], faces: list[str]) -> list[Key]:
    """Labels and images between sure of 0 and sure of 1, ordered by the least sure label of each face."""
    distance: dict[Key, float] = {}
    there = set(faces)
    for label in labels:
        if label.probability_column not in dataset.columns:
            raise DatasetError(
                f"--only-uncertain needs the classifier's probability of {label.name}, and {dataset.folder} has no column "
                f"{label.probability_column}; run: ohlora classify train, then ohlora classify predict"
            )
        for face, probability in zip(dataset.rows, dataset.numbers(label.probability_column), strict=True):
            if face in there and SURE < probability < 1.0 - SURE:
                distance[label.name, face] = float(np.abs(probability - 0.5))
    if not distance:
        raise DatasetError(
            f"the classifier is sure of every face of {dataset.folder}: no probability lies between {SURE:g} and "
            f"{1.0 - SURE:g}; leave --only-uncertain out"
        )
    least: dict[str, float] = {}
    for (_, face), value in distance.items():
        least[face] = min(value, least.get(face, 1.0))
    ordered = sorted(least, key=lambda face: (least[face], face))
    return [(label.name, face) for face in ordered for label in labels if (label.name, face) in distance]

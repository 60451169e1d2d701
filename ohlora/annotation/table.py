"""Answers in the dataset's table: from all annotators' logs to a majority and the single answers, a column each.

The logs are the record and the table follows them, whenever no other command is writing to it: everything that reads
the table (training, filtering, the report) then finds labels without knowing about annotators.
"""

from __future__ import annotations

from pathlib import Path

from ohlora.annotation.agreement import AllAnswers, majority, read_answers
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import BusyDatasetError
from ohlora.labelling.label_columns import LabelName


def merge_answers(folder: str | Path) -> int:
    """Merge the answers of all annotators into the table.

    Columns are those of `ohlora.labelling.label_columns`. Only rows of images that an annotator was asked about change,
    so that labels from elsewhere stay as they are.

    Returns:
        Number of rows that changed.

    Raises:
        DatasetError: When another command is writing to the folder, or a log or the table is damaged.
    """
    dataset = FaceDataset(folder)
    answers = read_answers(dataset.labels_folder)
    if not _changed(dataset, answers):
        return 0
    with dataset.writing():
        changed = _changed(dataset, answers)  # the table may be another by now
        for face, cells in changed.items():
            for column, text in cells.items():
                dataset.set_column(column, {face: text})
    return len(changed)


def merge_if_free(folder: str | Path) -> int:
    """Like `merge_answers`, but leaves the table to another command that is writing to it."""
    try:
        return merge_answers(folder)
    except BusyDatasetError:
        return 0


def _changed(dataset: FaceDataset, answers: AllAnswers) -> dict[str, dict[str, str]]:
    """New cells, by image and column, where they are not what the table has."""
    changed: dict[str, dict[str, str]] = {}
    for label, face in dict.fromkeys(key for log in answers.values() for key in log):
        row = dataset.rows.get(face)
        if row is None and not dataset.path(face).is_file():
            continue  # an image that was taken away since
        cells = _cells(LabelName(label), face, answers)
        if any((row or {}).get(column, "") != text for column, text in cells.items()):
            changed.setdefault(face, {}).update(cells)
    return changed


def _cells(label: LabelName, face: str, answers: AllAnswers) -> dict[str, str]:
    given = {who: answer for who, log in answers.items() if (answer := log.get((label.name, face))) is not None}
    value = majority(list(given.values()))
    return {
        label.column: "" if value is None else str(value),
        label.answers_column: "; ".join(f"{who} {answer}" for who, answer in given.items()),
    }

"""What a classifier, or the parser's own head, says about every face, in the dataset's table."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ohlora.classification.ensemble import Ensemble
from ohlora.classification.labelled_images import read_image
from ohlora.classification.trust import doubts
from ohlora.datasets.face_folder import NORMALIZATION_NAME, TABLE_NAME, FaceDataset
from ohlora.datasets.resumable import FinishedRow, Job, RunSummary, read_ahead, run_job
from ohlora.errors import DatasetError
from ohlora.files import command_text
from ohlora.images.pictures import PictureError
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.label_columns import CLASSIFIER, LabelName, is_classified
from ohlora.labelling.normalization import Normalizer
from ohlora.progress import counted, listed

_BATCH = 64


@dataclass(frozen=True)
class PredictionSummary(RunSummary):
    """What was done: `made` are the faces that got a value.

    Attributes:
        label: What was predicted.
        source: Where the values are from.
        unreadable_images: Faces that cannot be read.
        ones: Faces of the folder above 0.5.
        warnings: What the user should know, one line each.
    """

    label: str
    source: str
    unreadable_images: Sequence[str]
    ones: int
    warnings: Sequence[str] = ()

    @property
    def unreadable(self) -> int:
        """Number of faces that cannot be read."""
        return len(self.unreadable_images)

    def lines(self) -> list[str]:
        """What was done, for people."""
        names = self.unreadable_images
        unreadable = [f"{counted(len(names), 'images')} that cannot be read: {listed(names)}"] if names else []
        where = f"{self.label} > 0.9"
        return [
            self.rate_line("faces", "had it already"),
            *unreadable,
            f"{self.label} of {self.made + self.kept} faces is from: {self.source}; {self.ones} are above 0.5",
            f"columns {self.label} and {self.label}_source in {self.folder / TABLE_NAME}",
            f"next: {command_text('ohlora', 'filter', self.folder, '--where', where, '--out', 'chosen')}",
        ]


def predict(folder: str | Path, classifier: Ensemble, *, progress: bool = True) -> PredictionSummary:
    """Let a classifier label all faces of a folder, going on where an earlier run was stopped.

    Each row gets the probability (`probability_gender`), the value that counts (`gender`, the same), and where that is
    from (`gender_source`).

    Raises:
        DatasetError: When there are no faces, or the table has a column of that name from elsewhere.
    """
    dataset, label = FaceDataset(folder), classifier.label
    source = _source(classifier)
    unreadable: list[str] = []

    def work(names: list[str]) -> Iterator[FinishedRow]:
        for batch in read_ahead(names, _BATCH, lambda name: read_image(dataset.path(name), classifier.size)):
            for row in _predict_batch(batch, classifier, source):
                unreadable.extend([] if row.cells[label.source_column] else [row.name])
                yield row

    dataset.faces()  # an empty folder is refused before anything is written
    with dataset.writing():
        names = dataset.faces()
        _check_column(dataset, label)
        warnings = doubts(dataset, classifier, source)
        for warning in warnings if progress else []:
            print(f"warning: {warning}", file=sys.stderr)
        job = Job("classify", "face", names, lambda name: _is_done(dataset, name, label, source), work)
        run = run_job(dataset, job, progress=progress)
    there = ~np.isin(list(dataset.rows), dataset.absent())
    ones = int((dataset.numbers(label.name)[there] > 0.5).sum())
    made = run.made - len(unreadable)
    return PredictionSummary(
        dataset.folder, made, run.kept, run.seconds, label.name, source, unreadable, ones, warnings
    )


def _source(classifier: Ensemble) -> str:
    """What stands in the table where the classifier gave a value; another precision gives other values."""
    dtype = classifier.compute.dtype
    return f"{CLASSIFIER} {classifier.fingerprint}" + (
        "" if dtype == torch.float32 else f" {dtype}".replace("torch.", "")
    )


def take_from_parser(folder: str | Path, label: LabelName) -> PredictionSummary:
    """Let the parser's own head be what counts again; its scores are in the table since `ohlora label`.

    What a classifier said stays in the column of its probability.

    Raises:
        DatasetError: When no parser has such a head, or the folder was not labelled.
    """
    started = time.monotonic()
    dataset = FaceDataset(folder)
    if label.name not in ATTRIBUTES:
        raise DatasetError(f"no parser tells {label.name}; use --source classifier with --model")
    score = f"score_{label.name}"
    if score not in dataset.columns or np.isnan(dataset.numbers(score)).all():
        raise DatasetError(
            f"the table of {dataset.folder} has no {label.name} of a parser yet; run: "
            f"{command_text('ohlora', 'label', dataset.folder)}, for photographs with --parser facexformer"
        )
    with dataset.writing():
        scores = dataset.numbers(score)
        normalizer = Normalizer.load(dataset.folder / NORMALIZATION_NAME).with_whole_probabilities()
        values = normalizer.apply({label.name: scores})[label.name]
        rows = list(dataset.rows.items())
        heads = {name: f"{row.get('parser')} {label.name} head" for name, row in rows}
        known = {name for (name, _), one in zip(rows, scores, strict=True) if not np.isnan(one)}
        changed = [name for name, row in rows if is_classified(row, label.name)]
        by_name = dict(zip(dataset.rows, values.tolist(), strict=True))
        dataset.set_column(label.name, {name: by_name[name] for name in changed})
        dataset.set_column(label.source_column, {name: heads[name] if name in known else None for name in changed})
    sources = ", ".join(sorted({source for source in dataset.text(label.source_column) if source}))
    ones = int((values > 0.5).sum())
    return PredictionSummary(
        folder=dataset.folder,
        label=label.name,
        source=sources,
        made=len(changed),
        kept=len(known - set(changed)),
        unreadable_images=(),
        ones=ones,
        seconds=time.monotonic() - started,
    )


def _check_column(dataset: FaceDataset, label: LabelName) -> None:
    """Refuse to write over a column that somebody else filled."""
    for name, row in dataset.rows.items():
        measured = label.name in ATTRIBUTES and row.get("parser")
        if row.get(label.name) and not row.get(label.source_column) and not measured:
            raise DatasetError(
                f"{dataset.folder / TABLE_NAME} has its own column '{label.name}' (see {name}), which the classifier would "
                "replace; rename it first"
            )


def _is_done(dataset: FaceDataset, name: str, label: LabelName, source: str) -> bool:
    row = dataset.rows.get(name, {})
    return row.get(label.source_column) == source and bool(row.get(label.probability_column))


def _predict_batch(
    batch: Sequence[tuple[str, NDArray[np.uint8] | PictureError]], classifier: Ensemble, source: str
) -> Iterator[FinishedRow]:
    """What the table gets of a batch of images; faces that cannot be read get nothing."""
    label = classifier.label
    for (name, _), value in zip(batch, _probabilities(classifier, [image for _, image in batch]), strict=True):
        origin = None if np.isnan(value) else source
        yield FinishedRow(name, {label.probability_column: value, label.name: value, label.source_column: origin})


def _probabilities(classifier: Ensemble, images: list[NDArray[np.uint8] | PictureError]) -> NDArray[np.float64]:
    """Probabilities `(B,)`, NaN for images that cannot be read."""
    values = np.full(len(images), np.nan)
    readable = [index for index, image in enumerate(images) if not isinstance(image, PictureError)]
    if readable:
        values[readable] = classifier.probabilities(np.stack([np.asarray(images[index]) for index in readable]))
    return values

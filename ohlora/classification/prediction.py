"""What a classifier, or the parser's own head, says about every face, in the dataset's table."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohlora.classification.ensemble import Ensemble
from ohlora.classification.labelled_images import read_image
from ohlora.datasets.face_folder import NORMALIZATION_NAME, TABLE_NAME, FaceDataset
from ohlora.errors import DatasetError
from ohlora.images.pictures import PictureError
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.label_columns import CLASSIFIER, LabelName, is_classified
from ohlora.labelling.normalization import Normalizer
from ohlora.progress import describe_rate, progress_bar

_THREADS = 2
_BATCH = 64


@dataclass(frozen=True)
class PredictionSummary:
    """What was done: faces that got a value, faces that had it, faces that cannot be read, and where it is from."""

    folder: Path
    label: str
    source: str
    given: int
    kept: int
    unreadable: int
    ones: int
    seconds: float

    def lines(self) -> list[str]:
        """What was done, for people."""
        kept = f"; {self.kept} had it already" if self.kept else ""
        unreadable = [f"{self.unreadable} images cannot be read"] if self.unreadable else []
        where = f"{self.label} > 0.9"
        return [
            f"{describe_rate(self.given, self.seconds, 'faces')}{kept}",
            *unreadable,
            f"{self.label} of {self.given + self.kept} faces is from: {self.source}; {self.ones} are above 0.5",
            f"columns {self.label} and {self.label}_source in {self.folder / TABLE_NAME}",
            f"next: ohlora filter {shlex.quote(str(self.folder))} --where {shlex.quote(where)} --out chosen",
        ]


def predict(folder: str | Path, classifier: Ensemble, *, progress: bool = True) -> PredictionSummary:
    """Let a classifier label all faces of a folder, going on where an earlier run was stopped.

    Each row gets the probability (`probability_gender`), the value that counts (`gender`, the same), and where that is
    from (`gender_source`).

    Raises:
        DatasetError: When there are no faces, or the table has a column of that name from elsewhere.
    """
    started = time.monotonic()
    dataset, label = FaceDataset(folder), classifier.label
    source = f"{CLASSIFIER} {classifier.fingerprint}"
    given = unreadable = 0
    with dataset.writing():
        names = list(dict.fromkeys([*dataset.rows, *dataset.image_files()]))
        if not names:
            raise DatasetError(f"expected images in {dataset.folder}, found none; ohlora synthesize makes some")
        _check_column(dataset, label)
        todo = [name for name in names if not _is_done(dataset, name, label, source)]
        with progress_bar("classify", "face", len(names), len(names) - len(todo), progress) as bar:
            for batch, images in _read_batches(dataset, todo, classifier.size):
                for name, value in zip(batch, _judge(classifier, images), strict=True):
                    readable = not np.isnan(value)
                    given, unreadable = given + readable, unreadable + (not readable)
                    cells = {label.probability_column: value, label.name: value}
                    dataset.update(name, {**cells, label.source_column: source if readable else None})
                bar.update(len(batch))
    ones = int((dataset.numbers(label.name) > 0.5).sum())
    seconds = time.monotonic() - started
    return PredictionSummary(
        dataset.folder, label.name, source, given, len(names) - len(todo), unreadable, ones, seconds
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
            f"the table of {dataset.folder} has no {label.name} of a parser yet; run: ohlora label {dataset.folder}, for "
            "photographs with --parser facexformer"
        )
    with dataset.writing():
        scores = dataset.numbers(score)
        normalizer = Normalizer.load(dataset.folder / NORMALIZATION_NAME)
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
        given=len(changed),
        kept=len(known - set(changed)),
        unreadable=0,
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


def _read_batches(
    dataset: FaceDataset, names: Sequence[str], size: int
) -> Iterator[tuple[Sequence[str], list[NDArray[np.uint8] | PictureError]]]:
    """Read images in batches, the next one while the caller works on the last."""
    batches = [names[first : first + _BATCH] for first in range(0, len(names), _BATCH)]
    with ThreadPoolExecutor(_THREADS) as pool:

        def read(batch: Sequence[str]) -> list[Future[NDArray[np.uint8] | PictureError]]:
            return [pool.submit(read_image, dataset.path(name), size) for name in batch]

        ahead = read(batches[0]) if batches else []
        for number, batch in enumerate(batches):
            current, ahead = ahead, read(batches[number + 1]) if number + 1 < len(batches) else []
            yield batch, [image.result() for image in current]


def _judge(classifier: Ensemble, images: list[NDArray[np.uint8] | PictureError]) -> NDArray[np.float64]:
    """Probabilities `(B,)`, NaN for images that cannot be read."""
    values = np.full(len(images), np.nan)
    readable = [index for index, image in enumerate(images) if not isinstance(image, PictureError)]
    if readable:
        values[readable] = classifier.probabilities(np.stack([np.asarray(images[index]) for index in readable]))
    return values

"""A whole training: all folds in their folder, then the report; a stopped one goes on with the same call."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ohlora.classification.ensemble import CONFIG_NAME, FORMAT
from ohlora.classification.fold_training import FoldData
from ohlora.classification.folds import FoldResult, read_result, split_folds, train_fold
from ohlora.classification.labelled_images import Answers, read_answers_column, read_images
from ohlora.classification.measures import Measures, measure
from ohlora.classification.page import Judged, write_page
from ohlora.classification.settings import ClassifierError, ClassifierSettings
from ohlora.datasets.face_folder import FaceDataset
from ohlora.device import ComputeSettings
from ohlora.errors import SettingsError
from ohlora.files import command_text, remove_unfinished, write_text
from ohlora.labelling.label_columns import LabelName
from ohlora.progress import progress_bar
from ohlora.version import __version__

SETTINGS_NAME = "settings.json"
REPORT_NAME = "report.html"
HELD_OUT_NAME = "held_out.csv"
_LEAST_PER_FOLD = 2


@dataclass(frozen=True)
class TrainingSummary:
    """What a run did: its folder, the faces' count, the measures of held-out faces, notes, kept folds, and the time."""

    folder: Path
    measures: Measures
    notes: tuple[str, ...]
    kept: int
    seconds: float
    faces: Path

    def lines(self) -> list[str]:
        """What was done and what comes next, for people."""
        kept = f"; {self.kept} folds were trained already" if self.kept else ""
        return [
            *self.notes,
            self.measures.line(),
            f"report in {self.folder / REPORT_NAME}, after {self.seconds:.0f} s{kept}",
            f"next: {command_text('ohlora', 'classify', 'predict', self.faces, '--model', self.folder)}",
        ]


def train(
    faces: str | Path,
    label: LabelName,
    settings: ClassifierSettings,
    out: Path,
    compute: ComputeSettings,
    *,
    overwrite: bool = False,
    progress: bool = True,
) -> TrainingSummary:
    """Train a classifier on the answered faces of a folder.

    Args:
        faces: The dataset folder.
        label: What the answers are about.
        settings: How it is trained.
        out: Folder of the run.
        compute: Where networks run.
        overwrite: Begin anew where the folder holds another run.
        progress: Whether bars are shown.

    Raises:
        ClassifierError: When there are too few answers, or no fold could be trained.
        SettingsError: When the folder holds a run with other settings or answers.
    """
    started = time.monotonic()
    dataset = FaceDataset(faces)
    answers = read_answers_column(dataset, settings.column, label.name, _LEAST_PER_FOLD * settings.folds)
    _claim(out, settings, answers, overwrite)
    splits = split_folds(answers.values, settings)
    results = [read_result(out, fold) for fold in range(settings.folds)]
    kept = sum(result is not None for result in results)
    if kept < settings.folds:
        images = read_images(dataset, answers.names, settings.network.size, progress)
        total = settings.folds * settings.epochs
        with progress_bar("train", "epoch", total, kept * settings.epochs, progress) as bar:
            for fold, split in enumerate(splits):
                if results[fold] is None:
                    bar.set_postfix_str(f"fold {fold + 1} of {settings.folds}")
                    data = FoldData(images, answers.values, *split)
                    results[fold] = train_fold(fold, data, answers, settings, out, compute, bar)
    finished = [result for result in results if result is not None]
    measures = _finish(out, dataset, label, settings, answers, finished)
    notes = tuple(note for result in finished if (note := result.note()) is not None)
    return TrainingSummary(out, measures, notes, kept, time.monotonic() - started, dataset.folder)


def default_run(faces: str | Path, label: LabelName) -> Path:
    """Where the classifier of a label of a folder goes when nothing else is said: beside the folder's other labels."""
    return FaceDataset(faces).labels_folder / "classifiers" / label.name


def _claim(out: Path, settings: ClassifierSettings, answers: Answers, overwrite: bool) -> None:
    """Writes down what the run is, and refuses a folder in which another one was begun."""
    content = {"settings": settings.to_dict(), "faces": len(answers.names), "answers": answers.digest()}
    text = json.dumps(content, indent=2) + "\n"
    path = out / SETTINGS_NAME
    if path.exists() and path.read_text(encoding="utf-8") != text:
        if not overwrite:
            raise SettingsError(
                f"{out} holds a run with other settings or answers; add --overwrite to begin anew, or choose another --out"
            )
        shutil.rmtree(out)
    elif out.is_dir() and any(out.iterdir()) and not path.exists():
        raise SettingsError(f"{out} holds something else than a classifier; choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    remove_unfinished(out)
    write_text(path, text)


def _finish(
    out: Path,
    dataset: FaceDataset,
    label: LabelName,
    settings: ClassifierSettings,
    answers: Answers,
    results: Sequence[FoldResult],
) -> Measures:
    """Joins the folds: config, what was said of held-out faces, and the report."""
    usable = [result for result in results if result.usable]
    if not usable:
        raise ClassifierError(
            f"no fold could be trained: {results[0].problems[-1]}; look at the answers of {label.name}, or give more of them"
        )
    said = {name: value for result in usable for name, value in result.probabilities.items()}
    known = dict(zip(answers.names, answers.values.tolist(), strict=True))
    names = [name for name in answers.names if name in said]
    values = np.array([known[name] for name in names], np.int64)
    probabilities = np.array([said[name] for name in names], np.float64)
    measures = measure(values, probabilities)
    of_fold = {name: result.fold for result in usable for name in result.probabilities}
    lines = [
        f'"{name}",{of_fold[name]},{value},{p:.6f}'
        for name, value, p in zip(names, values.tolist(), probabilities.tolist(), strict=True)
    ]
    write_text(out / HELD_OUT_NAME, "\n".join([f"file_name,fold,{settings.column},probability", *lines]) + "\n")
    judged = Judged(dataset, label, settings, tuple(names), values, probabilities, measures, tuple(results))
    write_page(judged, out / REPORT_NAME)
    config = {
        "format": FORMAT,
        "label": asdict(label),
        "column": settings.column,
        "folds": [result.fold for result in usable],
        "network": asdict(settings.network),
        "faces": len(answers.names),
        "held_out": asdict(measures),
        "ohlora": __version__,
    }
    write_text(out / CONFIG_NAME, json.dumps(config, indent=2) + "\n", durable=True)
    return measures

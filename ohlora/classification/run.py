"""A whole training: all folds in their folder, then the report; a stopped one goes on with the same call."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.model_selection import StratifiedKFold, train_test_split

from ohlora.classification.ensemble import CONFIG_NAME, FORMAT
from ohlora.classification.fold_training import FoldData, FoldTraining, Place, fit, judge, why_failed
from ohlora.classification.labelled_images import Answers, read_answers_column, read_images
from ohlora.classification.measures import Measures, measure
from ohlora.classification.page import Judged, write_page
from ohlora.classification.settings import ClassifierError, ClassifierSettings
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import SettingsError
from ohlora.files import remove_unfinished, replacing, write_text
from ohlora.labelling.label_columns import LabelName
from ohlora.progress import progress_bar
from ohlora.version import __version__

SETTINGS_NAME = "settings.json"
REPORT_NAME = "report.html"
HELD_OUT_NAME = "held_out.csv"
_LEAST_PER_FOLD = 2


@dataclass(frozen=True)
class FoldResult:
    """What came of one fold.

    Attributes:
        fold: Its number, from 0.
        probabilities: Of its held-out faces, by name.
        epochs: Epochs of the attempt that counts.
        best_epoch_loss: Validation loss of the weights that were kept.
        problems: Why earlier attempts failed, one entry each.
        usable: Whether the last attempt worked.
        seconds: Duration of all attempts.
    """

    fold: int
    probabilities: dict[str, float]
    epochs: int
    best_epoch_loss: float
    problems: tuple[str, ...]
    usable: bool
    seconds: float

    def note(self) -> str | None:
        """What the user should know of it; None where everything went well."""
        if not self.problems:
            return None
        tries = "; ".join(f"attempt {number} {why}" for number, why in enumerate(self.problems, start=1))
        end = f"attempt {len(self.problems) + 1} worked" if self.usable else "it is left out"
        return f"fold {self.fold + 1}: {tries}; {end}"


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
            f"next: ohlora classify predict {self.faces} --model {self.folder}",
        ]


def train(
    faces: str | Path,
    label: LabelName,
    settings: ClassifierSettings,
    out: Path,
    place: Place,
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
        place: Where networks run.
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
    results = [_read_result(out, fold) for fold in range(settings.folds)]
    kept = sum(result is not None for result in results)
    if kept < settings.folds:
        images = read_images(dataset, answers.names, settings.network.size, progress)
        total = settings.folds * settings.epochs
        with progress_bar("train", "epoch", total, kept * settings.epochs, progress) as bar:
            for fold, split in enumerate(splits):
                if results[fold] is None:
                    bar.set_postfix_str(f"fold {fold + 1} of {settings.folds}")
                    data = FoldData(images, answers.values, *split)
                    results[fold] = _train_fold(fold, data, answers, settings, out, place, bar)
    finished = [result for result in results if result is not None]
    measures = _finish(out, dataset, label, settings, answers, finished)
    notes = tuple(note for result in finished if (note := result.note()) is not None)
    return TrainingSummary(out, measures, notes, kept, time.monotonic() - started, dataset.folder)


def default_run(faces: str | Path, label: LabelName) -> Path:
    """Where the classifier of a label of a folder goes when nothing else is said: beside the folder's other labels."""
    return FaceDataset(faces).labels_folder / "classifiers" / label.name


def split_folds(
    values: NDArray[np.int64], settings: ClassifierSettings
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Divide faces by their answers `(N,)`: per fold the indices of training, validation and held-out faces."""
    folds = StratifiedKFold(settings.folds, shuffle=True, random_state=settings.seed)
    splits = []
    for number, (seen, held_out) in enumerate(folds.split(values, values)):
        training, validation = train_test_split(
            seen,
            test_size=max(2, round(settings.validation * len(seen))),
            stratify=values[seen],
            random_state=settings.seed + number,
        )
        splits.append((np.sort(training), np.sort(validation), held_out))
    return splits


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


def _train_fold(
    fold: int,
    data: FoldData,
    answers: Answers,
    settings: ClassifierSettings,
    out: Path,
    place: Place,
    bar: Any,
) -> FoldResult:
    """Attempts a fold until it works; its result is written last, and marks it as finished."""
    started, before = time.monotonic(), bar.n
    problems: list[str] = []
    for attempt in range(settings.attempts):
        seed = settings.seed + 1000 * attempt + fold
        module = FoldTraining(data, settings, place, seed, settings.rate / 2**attempt)
        bar.n = before
        fit(module, lambda epochs: bar.update(before + epochs - bar.n))
        problem = why_failed(module)
        if problem is None:
            break
        problems.append(problem)
        if not bar.disable:
            bar.write(f"fold {fold + 1}: attempt {attempt + 1} {problem}", file=sys.stderr)
    bar.update(before + settings.epochs - bar.n)
    probabilities = judge(module.network, data.images, data.held_out, place)
    result = FoldResult(
        fold=fold,
        probabilities=dict(
            zip((answers.names[i] for i in data.held_out), probabilities.astype(float).tolist(), strict=True)
        ),
        epochs=module.epochs_done,
        best_epoch_loss=module.best_loss,
        problems=tuple(problems),
        usable=problem is None,
        seconds=time.monotonic() - started,
    )
    with replacing(out / f"fold{fold}.safetensors", durable=True) as temporary:
        save_file({name: value.cpu().contiguous() for name, value in module.network.state_dict().items()}, temporary)
    write_text(out / f"fold{fold}.json", json.dumps(asdict(result), indent=1) + "\n", durable=True)
    return result


def _read_result(out: Path, fold: int) -> FoldResult | None:
    path = out / f"fold{fold}.json"
    if not path.exists() or not (out / f"fold{fold}.safetensors").exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return FoldResult(**{**content, "problems": tuple(content["problems"])})
    except (ValueError, KeyError, TypeError) as error:
        raise ClassifierError(f"{path} is damaged; remove it to train that fold again") from error


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

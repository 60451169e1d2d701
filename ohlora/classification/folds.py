"""The folds of a run: how faces are divided, and what becomes of one fold.

Every fold holds out a part of the faces, which its network never sees, so that together they measure the classifier on all
faces. A fold that fails (its loss is no number, or its network is no better than chance) is tried again at half the rate.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.model_selection import StratifiedKFold, train_test_split

from ohlora.classification.fold_training import FoldData, FoldTraining, fit, predict_probabilities, why_failed
from ohlora.classification.labelled_images import Answers
from ohlora.classification.settings import ClassifierError, ClassifierSettings
from ohlora.device import ComputeSettings
from ohlora.files import replacing, write_text


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


def train_fold(
    fold: int,
    data: FoldData,
    answers: Answers,
    settings: ClassifierSettings,
    out: Path,
    compute: ComputeSettings,
    bar: Any,
) -> FoldResult:
    """Attempts a fold until it works; its result is written last, and marks it as finished.

    Args:
        fold: Its number, from 0.
        data: Its faces.
        answers: All answered faces, in the order of the data's indices.
        settings: How it is trained.
        out: Folder of the run.
        compute: Where networks run.
        bar: A progress bar that counts epochs.
    """
    started, before = time.monotonic(), bar.n
    problems: list[str] = []
    for attempt in range(settings.attempts):
        seed = settings.seed + 1000 * attempt + fold
        module = FoldTraining(data, settings, compute, seed, settings.rate / 2**attempt)
        bar.n = before
        fit(module, lambda epochs: bar.update(before + epochs - bar.n))
        problem = why_failed(module)
        if problem is None:
            break
        problems.append(problem)
        if not bar.disable:
            bar.write(f"fold {fold + 1}: attempt {attempt + 1} {problem}", file=sys.stderr)
    bar.update(before + settings.epochs - bar.n)
    probabilities = predict_probabilities(module.network, data.images, data.held_out, compute)
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


def read_result(out: Path, fold: int) -> FoldResult | None:
    """The result of a fold of the run in a folder; None where it is not finished.

    Raises:
        ClassifierError: When the file is damaged.
    """
    path = out / f"fold{fold}.json"
    if not path.exists() or not (out / f"fold{fold}.safetensors").exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return FoldResult(**{**content, "problems": tuple(content["problems"])})
    except (ValueError, KeyError, TypeError) as error:
        raise ClassifierError(f"{path} is damaged; remove it to train that fold again") from error

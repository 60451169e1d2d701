import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from ohlora.classification import fold_training
from ohlora.classification.ensemble import Ensemble
from ohlora.classification.fold_training import FoldData, FoldTraining, why_failed
from ohlora.classification.folds import split_folds
from ohlora.classification.run import train
from ohlora.classification.settings import ClassifierError
from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.table import read_table
from ohlora.errors import SettingsError
from ohlora.labelling.label_columns import LabelName
from tests.ohlora.classification.conftest import COUNT, CPU, settings

GENDER = LabelName.parse("gender")


def run(faces: Path, out: Path, **changes: object):
    return train(faces, GENDER, settings(**changes), out, CPU, progress=False)


def test_a_training_its_files_and_its_report(faces: Path, tmp_path: Path) -> None:
    summary = run(faces, tmp_path / "run")
    assert summary.measures.faces == COUNT and summary.measures.accuracy > 0.9 and summary.measures.auroc > 0.95
    assert summary.notes == () and summary.kept == 0
    assert [path.name for path in sorted((tmp_path / "run").iterdir())] == [
        *("config.json", "fold0.json", "fold0.safetensors", "fold1.json", "fold1.safetensors"),
        *("fold2.json", "fold2.safetensors", "held_out.csv", "report.html", "settings.json"),
    ]
    _, rows = read_table(tmp_path / "run" / "held_out.csv")
    assert list(rows) == list(FaceDataset(faces).rows)[:COUNT]  # every face is held out once
    report = (tmp_path / "run" / "report.html").read_text()
    assert "Classifier of gender: man or woman" in report and "data:image/svg+xml" in report
    assert "http://" not in report.replace("http://www.w3.org", "") and "https://" not in report
    content = json.loads((tmp_path / "run" / "config.json").read_text())
    assert content["folds"] == [0, 1, 2] and content["held_out"]["accuracy"] == summary.measures.accuracy


def test_held_out_faces_play_no_part_in_their_fold() -> None:
    values = np.array([0] * 60 + [1] * 40)
    splits = split_folds(values, settings(folds=5))
    assert sorted(np.concatenate([held_out for *_, held_out in splits]).tolist()) == list(range(100))
    for training, validation, held_out in splits:
        parts = [set(part.tolist()) for part in (training, validation, held_out)]
        assert not parts[0] & parts[1] and not parts[2] & (parts[0] | parts[1]) and sum(map(len, parts)) == 100
        assert values[held_out].sum() == 8 and values[validation].sum() == pytest.approx(0.4 * len(validation), abs=1)


def test_finished_folds_are_kept_and_the_rest_comes_out_the_same(faces: Path, tmp_path: Path) -> None:
    whole = run(faces, tmp_path / "whole")
    out = tmp_path / "stopped"
    run(faces, out)
    for name in ("fold1.json", "fold2.safetensors", "config.json", "report.html"):
        (out / name).unlink()
    kept = (out / "fold0.safetensors").stat().st_mtime_ns
    again = run(faces, out)
    assert again.kept == 1 and again.measures == whole.measures
    assert (out / "fold0.safetensors").stat().st_mtime_ns == kept
    for fold in range(3):
        name = f"fold{fold}.safetensors"
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_other_answers_or_settings_need_another_run(faces: Path, tmp_path: Path) -> None:
    run(faces, tmp_path / "run")
    with pytest.raises(SettingsError, match="--overwrite"):
        run(faces, tmp_path / "run", seed=1)
    table = (faces / "metadata.csv").read_text()
    (faces / "metadata.csv").write_text(table.replace("090.png,,", "090.png,1,"))
    with pytest.raises(SettingsError, match="other settings or answers"):
        run(faces, tmp_path / "run")
    summary = train(faces, GENDER, settings(), tmp_path / "run", CPU, overwrite=True, progress=False)
    assert summary.measures.faces == COUNT + 1
    with pytest.raises(SettingsError, match="something else"):
        run(faces, tmp_path)


def diverging(monkeypatch: pytest.MonkeyPatch, below_seed: int) -> None:
    """Makes the loss of attempts with a lower seed no number; a further attempt's seed is 1,000 higher."""
    plain, loss = FoldTraining.__init__, FoldTraining._loss

    def init(self, data, settings, compute, seed, rate) -> None:
        plain(self, data, settings, compute, seed, rate)
        self.broken = seed < below_seed

    def broken_loss(self, images, values):
        return loss(self, images, values) * (float("nan") if self.broken else 1.0)

    monkeypatch.setattr(FoldTraining, "__init__", init)
    monkeypatch.setattr(FoldTraining, "_loss", broken_loss)


def test_a_fold_that_diverges_is_tried_again_and_says_so(
    faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverging(monkeypatch, below_seed=1)
    summary = run(faces, tmp_path / "run")
    assert summary.notes == ("fold 1: attempt 1 diverged: its loss was no number; attempt 2 worked",)
    assert summary.measures.accuracy > 0.9
    assert "attempt 1 diverged" in (tmp_path / "run" / "report.html").read_text()


def test_a_fold_that_never_works_is_left_out(faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diverging(monkeypatch, below_seed=1)
    summary = run(faces, tmp_path / "run", attempts=1)
    assert summary.notes == ("fold 1: attempt 1 diverged: its loss was no number; it is left out",)
    assert summary.measures.faces == COUNT - 30
    assert len(Ensemble.from_pretrained(tmp_path / "run", CPU).networks) == 2


def test_no_fold_at_all(faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diverging(monkeypatch, below_seed=10_000)
    with pytest.raises(ClassifierError, match="no fold could be trained: diverged"):
        run(faces, tmp_path / "run", attempts=2)


def test_a_network_that_says_the_same_of_every_face_has_failed() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (40, 32, 32, 3), dtype=np.uint8)
    everything = np.arange(40)
    data = FoldData(images, np.arange(40) % 2, everything[:30], everything[30:], everything[:0])
    module = FoldTraining(data, settings(), CPU, 0, 0.01)
    assert why_failed(module) == "diverged: its loss was no number"  # it was never trained
    module.best = module.network.state_dict()
    torch.nn.init.zeros_(module.network.last.weight)
    chance = "no better than chance: AUROC 0.50 on the faces that it saw"
    assert why_failed(module) == f"{chance}; if the answer tells left from right, train with --no-mirror"
    module.settings = settings(mirror=False)
    assert why_failed(module) == chance


def test_training_stops_early_and_keeps_its_best_weights(faces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (60, 32, 32, 3), dtype=np.uint8)  # nothing to learn: validation soon gets worse
    everything = np.arange(60)
    data = FoldData(images, rng.integers(0, 2, 60), everything[:40], everything[40:], everything[:0])
    module = FoldTraining(data, settings(epochs=60, patience=2, rate=0.02), CPU, 0, 0.02)
    told: list[int] = []
    fold_training.fit(module, told.append)
    assert told == list(range(1, len(told) + 1)) and 3 <= len(told) < 60
    module.network.eval()
    with torch.no_grad():
        module.on_validation_epoch_end = lambda: None  # type: ignore[method-assign]
        module.validation_step(data.validation)
    assert float(module._losses[0]) / 20 == pytest.approx(module.best_loss, rel=1e-4)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("file_name\n000.png\n", "no such column; make some with: ohlora annotate"),
        (
            "file_name,label_gender\n000.png,1\n",
            "at least 6 faces of each answer to gender, found 0 with 0 and 1 with 1",
        ),
        ("file_name,label_gender\n000.png,0.5\n", "expected 0 and 1 .* found 0.5"),
    ],
)
def test_answers_that_teach_nothing(faces: Path, tmp_path: Path, table: str, message: str) -> None:
    (faces / "metadata.csv").write_text(table)
    with pytest.raises(ClassifierError, match=message):
        run(faces, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX signals")
def test_a_killed_training_goes_on_with_the_folds_it_has(faces: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = ["classify", "train", faces, "--label", "gender", "--out", out, "--size", "32", "--epochs", "2"]
    arguments += ["--device", "cpu", "--precision", "fp32"]
    command = [sys.executable, "-m", "ohlora.cli.main", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        deadline = time.monotonic() + 200
        while not (out / "fold1.json").exists():
            assert process.poll() is None and time.monotonic() < deadline, "the second fold was never finished"
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    kept = {path.name: path.stat().st_mtime_ns for path in out.glob("fold*.json")}
    assert 2 <= len(kept) < 5 and not (out / "config.json").exists()
    result = CliRunner().invoke(main, command[3:])
    assert result.exit_code == 0, result.output
    assert f"{len(kept)} folds were trained already" in result.output
    assert {name: (out / name).stat().st_mtime_ns for name in kept} == kept
    assert not [path for path in out.iterdir() if path.name.startswith(".")]

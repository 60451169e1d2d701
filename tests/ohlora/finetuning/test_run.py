"""Tests of whole runs: they finish, resume to the same weights, survive a kill, and say what they would do."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.device import ComputeSettings
from ohlora.errors import DatasetError, SettingsError
from ohlora.finetuning.model_training import ModelTraining
from ohlora.finetuning.run import FinetuningRun
from ohlora.finetuning.settings import build_settings
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.directions import DirectionModel
from ohlora.training.stepped import SteppedModule

Folders = tuple[Path, Path]

SHARED: dict[str, Any] = {
    "attributes": ("hair_color", "mouth"),
    "regressor_steps": 10,
    "validate_faces": 2,
    "validate_ramp": 2,
    "checkpoint_every": 2,
}
SMALL: dict[str, dict[str, Any]] = {
    "latent": {"steps": 10, "batch": 16, "rounds": 2, "round_faces": 20, "round_steps": 6, "taught": 32},
    "adversarial": {"steps": 6, "batch": 4, "validate_every": 3},
    "directions": {},
}
COMPUTE = ComputeSettings(torch.device("cpu"), progress=False)


def finetune(folders: Folders, out: Path, method: str = "latent", **changes: Any) -> FinetuningRun:
    data, base = folders
    settings = build_settings(method, **{**SHARED, **SMALL[method], **changes})
    return FinetuningRun(data, str(base), out, settings, COMPUTE)


def weights_of(checkpoint: Path) -> dict[str, torch.Tensor]:
    return torch.load(checkpoint, weights_only=True)["state_dict"]  # type: ignore[no-any-return]


class Stop(RuntimeError):
    """Stands for a power cut."""


def stop_after(run: FinetuningRun, call: int, monkeypatch: pytest.MonkeyPatch, where: type = ModelTraining) -> None:
    """Breaks a run off after so many steps of the trainings of one kind, before the checkpoint of the last one."""
    original, calls = where.after_step, 0  # type: ignore[attr-defined]

    def after_step(self: Any) -> None:
        nonlocal calls
        original(self)
        calls += 1
        if calls == call:
            raise Stop

    monkeypatch.setattr(where, "after_step", after_step)
    with pytest.raises(Stop):
        run.run()
    monkeypatch.undo()


def sliders_of(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model" / "sliders.safetensors")


def assert_equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert set(one) == set(other)
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


@pytest.mark.parametrize("call", [3, 11, 20])  # in the trainings before each round, and in the last one
def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(
    call: int, faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finetune(faces_and_base, tmp_path / "whole").run()
    stop_after(finetune(faces_and_base, tmp_path / "stopped"), call, monkeypatch)
    finetune(faces_and_base, tmp_path / "stopped").run()
    assert_equal(sliders_of(tmp_path / "whole"), sliders_of(tmp_path / "stopped"))
    names = {path.stem for path in (tmp_path / "stopped" / "stages").iterdir()}
    assert names == {f"{kind}{number}" for kind in ("regressor", "mapping") for number in range(3)}


def test_a_run_stopped_inside_a_round_draws_only_the_faces_that_lack(
    faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finetune(faces_and_base, tmp_path / "whole").run()
    original, calls = FaceDataset.update, 0

    def update(self: FaceDataset, *arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 18:
            raise Stop
        original(self, *arguments)

    monkeypatch.setattr(FaceDataset, "update", update)
    with pytest.raises(Stop):
        finetune(faces_and_base, tmp_path / "stopped").run()
    monkeypatch.undo()
    folder = tmp_path / "stopped" / "rounds" / "round0"
    drawn = {path: path.stat().st_mtime_ns for path in folder.glob("*.png")}
    entered = len(FaceDataset(folder).rows)
    assert 17 <= entered < 20
    finetune(faces_and_base, tmp_path / "stopped").run()
    assert len(FaceDataset(folder).rows) == 20
    kept = [path for path, time_of in drawn.items() if path.stat().st_mtime_ns == time_of]
    assert len(kept) >= entered
    assert_equal(sliders_of(tmp_path / "whole"), sliders_of(tmp_path / "stopped"))


def test_an_adversarial_run_resumes_as_well(
    faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finetune(faces_and_base, tmp_path / "whole", "adversarial").run()
    stop_after(finetune(faces_and_base, tmp_path / "stopped", "adversarial"), 3, monkeypatch)
    finetune(faces_and_base, tmp_path / "stopped", "adversarial").run()
    whole, stopped = (weights_of(tmp_path / run / "stages" / "adversarial.ckpt") for run in ("whole", "stopped"))
    assert int(stopped["steps_done"]) == 6 and not any(name.startswith("model.base.") for name in whole)
    assert_equal(whole, stopped)
    histories = [json.loads((tmp_path / run / "validation.json").read_text()) for run in ("whole", "stopped")]
    assert histories[0] == histories[1] and list(histories[0]) == ["0", "3", "6"]
    assert ConditionalGenerator.from_pretrained(tmp_path / "whole" / "model").passes == 0


def test_a_stopped_regressor_goes_on(faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finetune(faces_and_base, tmp_path / "whole", rounds=1).run()
    # In the second of two trainings, after its second checkpoint; those of the mapping network count as well.
    stop_after(finetune(faces_and_base, tmp_path / "stopped", rounds=1), 15, monkeypatch, regressor_training_class())
    finetune(faces_and_base, tmp_path / "stopped", rounds=1).run()
    assert_equal(sliders_of(tmp_path / "whole"), sliders_of(tmp_path / "stopped"))


def regressor_training_class() -> type[SteppedModule]:
    from ohlora.finetuning.regressor_training import RegressorTraining

    return RegressorTraining


def test_a_run_leaves_a_model_with_sliders(faces_and_base: Folders, tmp_path: Path) -> None:
    summary = finetune(faces_and_base, tmp_path / "run").run()
    model = ConditionalGenerator.from_pretrained(tmp_path / "run" / "model")
    assert list(model.sliders) == ["hair_color", "mouth"] and model.normalizer is not None
    assert model.edit(torch.randn(2, 12), {"mouth": 0.5}).shape == (2, 3, 16, 16)
    assert list((tmp_path / "run" / "sheets").glob("*.png"))
    assert list((tmp_path / "run" / "logs").rglob("*"))
    assert summary.lines()[-1].startswith("next: ohlora evaluate")
    base_before = load_file(faces_and_base[1] / "generator.safetensors")
    base_after = load_file(tmp_path / "run" / "model" / "generator.safetensors")
    assert all(torch.equal(base_before[name], base_after[name]) for name in base_before)
    # Done is done: the same call again trains and measures nothing.
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "run" / "model").iterdir()}
    finetune(faces_and_base, tmp_path / "run").run()
    assert all(path.stat().st_mtime_ns == time_of for path, time_of in before.items())


def test_a_folder_of_another_run_is_refused(faces_and_base: Folders, tmp_path: Path) -> None:
    finetune(faces_and_base, tmp_path / "run", "directions").run()
    assert list(DirectionModel.from_pretrained(tmp_path / "run" / "model").sliders) == ["hair_color", "mouth"]
    with pytest.raises(SettingsError, match="regressor_steps 10 there, 7 here"):
        finetune(faces_and_base, tmp_path / "run", "directions", regressor_steps=7).run()
    with pytest.raises(SettingsError, match="name directions there, latent here"):
        finetune(faces_and_base, tmp_path / "run").run()


def test_a_run_does_not_go_on_with_other_labels(
    faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "faces"
    shutil.copytree(faces_and_base[0], data)
    folders = data, faces_and_base[1]
    with pytest.MonkeyPatch.context() as stopped:
        stop_after(finetune(folders, tmp_path / "run"), 3, stopped)
    # The folder may be named otherwise.
    monkeypatch.chdir(tmp_path)
    stop_after(finetune((Path("faces"), folders[1]), tmp_path / "run"), 5, monkeypatch)
    dataset = FaceDataset(data)
    with dataset.writing():
        dataset.update("seed00000000.png", {"mouth": 0.123})
    with pytest.raises(SettingsError, match="labels [0-9a-f]{16} there, [0-9a-f]{16} here"):
        finetune(folders, tmp_path / "run").run()


def test_attributes_that_say_nothing_are_told(faces_and_base: Folders, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="differ in 'eyes'"):
        finetune(faces_and_base, tmp_path / "run", attributes=("eyes",))


def test_dry_run_writes_nothing_and_tells_everything(faces_and_base: Folders, tmp_path: Path) -> None:
    data, base = faces_and_base
    arguments = ["finetune", str(data), "--base", str(base), "--out", str(tmp_path / "run"), "--dry-run"]
    result = CliRunner().invoke(main, [*arguments, "--attributes", "mouth", "--device", "cpu"])
    assert result.exit_code == 0, result.output
    for expected in (
        "method latent: mouth 0 to 1",
        "260 labelled faces",
        "trained: regressor: ",
        "trained: mapping: 584 parameters",  # 12 -> 14 -> 14 -> 10 with biases, and 3 columns of 14
        "frozen: base: ",
        "frozen: regressor: ",
    ):
        assert expected in result.output
    assert all(f"\n{word}:" in result.output for word in ("steps", "memory", "time"))
    assert re.search(r"\ntime: about \d+ to \d+ (s|min) for the regressors", result.output)
    assert "\nattributes: mouth\n" in result.output and "{'" not in result.output and "('" not in result.output
    assert not (tmp_path / "run").exists()


def test_unknown_attributes_are_one_line(faces_and_base: Folders, tmp_path: Path) -> None:
    data, base = faces_and_base
    arguments = ["finetune", str(data), "--base", str(base), "--out", str(tmp_path), "--attributes", "smile"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2 and "unknown attribute 'smile'" in result.output


def test_settings_of_another_method_are_one_line(faces_and_base: Folders, tmp_path: Path) -> None:
    data, base = faces_and_base
    arguments = ["finetune", str(data), "--base", str(base), "--out", str(tmp_path / "run"), "--method", "directions"]
    result = CliRunner().invoke(main, [*arguments, "--rounds", "2"])
    assert result.exit_code == 2 and "the method directions has no rounds; leave it out" in result.output


def small_command(folders: Folders, out: Path, *more: str) -> list[str]:
    data, base = folders
    options = {
        "attributes": "hair_color,mouth",
        "steps": 6,
        "batch-size": 16,
        "regressor-steps": 5,
        "rounds": 1,
        "round-faces": 20,
        "round-steps": 4,
        "taught": 32,
        "validate-faces": 2,
        "device": "cpu",
        "precision": "fp32",
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    program = [sys.executable, "-m", "ohlora.cli.main", "finetune", str(data), "--base", str(base), "--out", str(out)]
    return [*program, *flags, *more]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_two_processes_train_together(faces_and_base: Folders, tmp_path: Path) -> None:
    for processes in ("1", "2"):
        command = small_command(faces_and_base, tmp_path / processes, "--devices", processes)
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    one, two = (sliders_of(tmp_path / processes) for processes in ("1", "2"))
    # The two halves of a batch are averaged as halves: equal but for labels that weigh differently in them.
    for name, value in one.items():
        torch.testing.assert_close(value, two[name], rtol=0.1, atol=0.02)


@pytest.mark.slow
def test_a_killed_run_goes_on(faces_and_base: Folders, tmp_path: Path) -> None:
    command = small_command(faces_and_base, tmp_path / "run", "--steps", "400")
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = tmp_path / "run" / "stages" / "mapping1.ckpt"
    deadline = time.monotonic() + 200
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < int(weights_of(checkpoint)["steps_done"]) < 400
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(weights_of(checkpoint)["steps_done"]) == 400

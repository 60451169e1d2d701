"""Tests of whole runs: they finish, resume to the same weights, survive a kill, and say what they would do."""

import json
import os
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
from ohlora.errors import DatasetError, SettingsError
from ohlora.finetuning import readout_training
from ohlora.finetuning.run import FinetuningRun
from ohlora.finetuning.settings import FinetuneSettings
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.directions import DirectionModel
from ohlora.training.trainer import Machine

Folders = tuple[Path, Path]

SMALL: dict[str, Any] = {
    "attributes": ("hair_color", "mouth"),
    "steps": 6,
    "batch": 4,
    "predictor_steps": 4,
    "predictor_batch": 8,
    "readout_steps": 5,
    "coverage_rounds": 2,
    "coverage_faces": 20,
    "validate_every": 3,
    "validate_faces": 2,
    "validate_ramp": 2,
    "checkpoint_every": 2,
}
MACHINE = Machine(torch.device("cpu"), progress=False)


def finetune(folders: Folders, out: Path, **changes: Any) -> FinetuningRun:
    data, base = folders
    return FinetuningRun(data, str(base), out, FinetuneSettings(**{**SMALL, **changes}), MACHINE)


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / "last.ckpt", weights_only=True)["state_dict"]  # type: ignore[no-any-return]


class Stop(RuntimeError):
    """Stands for a power cut."""


def stop_after(run: FinetuningRun, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a run off inside the batch after `step`."""
    from ohlora.finetuning import slider_training

    original = slider_training.FinetuningModule.after_step

    def after_step(self: Any) -> None:
        original(self)
        if self.step == step:
            raise Stop

    monkeypatch.setattr(slider_training.FinetuningModule, "after_step", after_step)
    with pytest.raises(Stop):
        run.run()
    monkeypatch.undo()


@pytest.mark.parametrize("method", ["predictor", "adversarial"])
def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(
    method: str, faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finetune(faces_and_base, tmp_path / "whole", method=method).run()
    stop_after(finetune(faces_and_base, tmp_path / "stopped", method=method), 3, monkeypatch)
    assert int(weights_of(tmp_path / "stopped")["steps_done"]) == 2
    finetune(faces_and_base, tmp_path / "stopped", method=method).run()
    whole, stopped = weights_of(tmp_path / "whole"), weights_of(tmp_path / "stopped")
    assert int(stopped["steps_done"]) == 6
    assert set(whole) == set(stopped) and not any(name.startswith("model.base.") for name in whole)
    for name, value in whole.items():
        assert torch.equal(value, stopped[name]), name
    histories = [json.loads((tmp_path / run / "validation.json").read_text()) for run in ("whole", "stopped")]
    assert histories[0] == histories[1] and list(histories[0]) == ["0", "3", "6"]


def test_a_run_without_steps_on_images_resumes_as_well(
    faces_and_base: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finetune(faces_and_base, tmp_path / "whole", steps=0, readout_steps=10).run()
    original = readout_training.ReadoutTraining.after_step
    calls = 0

    def after_step(self: Any) -> None:
        nonlocal calls
        original(self)
        calls += 1
        if calls == 15:  # in the second of three trainings, after its second checkpoint
            raise Stop

    monkeypatch.setattr(readout_training.ReadoutTraining, "after_step", after_step)
    with pytest.raises(Stop):
        finetune(faces_and_base, tmp_path / "stopped", steps=0, readout_steps=10).run()
    monkeypatch.undo()
    finetune(faces_and_base, tmp_path / "stopped", steps=0, readout_steps=10).run()
    whole, stopped = (load_file(tmp_path / run / "model" / "sliders.safetensors") for run in ("whole", "stopped"))
    for name, value in whole.items():
        assert torch.equal(value, stopped[name]), name
    assert list((tmp_path / "whole" / "logs" / "sliders").iterdir())


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


def test_a_folder_of_another_run_is_refused(faces_and_base: Folders, tmp_path: Path) -> None:
    finetune(faces_and_base, tmp_path / "run", method="directions").run()
    assert list(DirectionModel.from_pretrained(tmp_path / "run" / "model").sliders) == ["hair_color", "mouth"]
    with pytest.raises(SettingsError, match="steps 6 there, 7 here"):
        finetune(faces_and_base, tmp_path / "run", method="directions", steps=7).run()


def test_attributes_that_say_nothing_are_told(faces_and_base: Folders, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="differ in 'eyes'"):
        finetune(faces_and_base, tmp_path / "run", attributes=("eyes",))


def test_dry_run_writes_nothing_and_tells_everything(faces_and_base: Folders, tmp_path: Path) -> None:
    data, base = faces_and_base
    arguments = ["finetune", str(data), "--base", str(base), "--out", str(tmp_path / "run"), "--dry-run"]
    result = CliRunner().invoke(main, [*arguments, "--attributes", "mouth", "--device", "cpu"])
    assert result.exit_code == 0, result.output
    for expected in (
        "method predictor: mouth 0 to 1",
        "260 labelled faces",
        "trained: readout",
        "frozen: base.synthesis",
    ):
        assert expected in result.output
    assert all(f"\n{word}:" in result.output for word in ("steps", "memory", "time"))
    assert not (tmp_path / "run").exists()


def test_unknown_attributes_are_one_line(faces_and_base: Folders, tmp_path: Path) -> None:
    data, base = faces_and_base
    arguments = ["finetune", str(data), "--base", str(base), "--out", str(tmp_path), "--attributes", "smile"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2 and "unknown attribute 'smile'" in result.output


def small_command(folders: Folders, out: Path, *more: str) -> list[str]:
    data, base = folders
    options = {
        "attributes": "hair_color,mouth",
        "steps": 6,
        "batch-size": 4,
        "predictor-steps": 4,
        "readout-steps": 5,
        "coverage-rounds": 1,
        "coverage-faces": 20,
        "validate-every": 3,
        "validate-faces": 2,
        "checkpoint-every": 1,
        "device": "cpu",
        "precision": "fp32",
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    program = [sys.executable, "-m", "ohlora.cli.main", "finetune", str(data), "--base", str(base), "--out", str(out)]
    return [*program, *flags, *more]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_two_processes_end_where_one_does(faces_and_base: Folders, tmp_path: Path) -> None:
    for processes in ("1", "2"):
        command = small_command(faces_and_base, tmp_path / processes, "--devices", processes)
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    one, two = weights_of(tmp_path / "1"), weights_of(tmp_path / "2")
    assert int(two["steps_done"]) == 6
    # The two halves of a batch are averaged as halves: equal only where both have as many moved sliders.
    moved = [name for name in one if name.startswith("average.") and one[name].abs().max() > 0]
    assert moved
    for name in moved:
        torch.testing.assert_close(one[name], two[name], rtol=0.2, atol=0.02)


@pytest.mark.slow
def test_two_processes_train_a_readout_together(faces_and_base: Folders, tmp_path: Path) -> None:
    for processes in ("1", "2"):
        command = small_command(faces_and_base, tmp_path / processes, "--steps", "0", "--devices", processes)
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    one, two = (load_file(tmp_path / processes / "model" / "sliders.safetensors") for processes in ("1", "2"))
    for name in (name for name in one if name.startswith("readout.members")):
        torch.testing.assert_close(one[name], two[name], rtol=0.05, atol=0.01)


@pytest.mark.slow
def test_a_killed_run_goes_on(faces_and_base: Folders, tmp_path: Path) -> None:
    command = small_command(faces_and_base, tmp_path / "run", "--steps", "60")
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = tmp_path / "run" / "last.ckpt"
    deadline = time.monotonic() + 200
    while not checkpoint.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < int(weights_of(tmp_path / "run")["steps_done"]) < 60
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(weights_of(tmp_path / "run")["steps_done"]) == 60

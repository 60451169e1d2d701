"""The commands, killed for real and run again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.table import read_table
from ohlora.labelling.normalization import Normalizer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX signals")


def start_and_stop(arguments: tuple[object, ...], reached: Callable[[], bool], stop: signal.Signals) -> str:
    """Run a command in its own process and send it a signal as soon as it has got somewhere."""
    # At the lowest priority, so that this process sees in time how far the command is, however busy the machine.
    command = ["nice", "-n", "19", sys.executable, "-m", "ohlora.cli.main", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    # A shell starts its background jobs with Ctrl-C ignored, and children would inherit that.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    signal.signal(signal.SIGINT, handler)
    deadline = time.monotonic() + 100
    while not reached():
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()[0]
        time.sleep(0.005)
    process.send_signal(stop)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0, "the run ended before it was stopped"
    return output


def run(arguments: tuple[object, ...]) -> str:
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return result.output


def hidden_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_synthesis_goes_on_and_repeats_no_face(
    tmp_path: Path, tiny_generator: Path, stop: signal.Signals
) -> None:
    out, count = tmp_path / "faces", 400
    arguments = ("synthesize", "--seeds", f"0-{count - 1}", "--model", tiny_generator, "--keep-latents", "--out")
    told = start_and_stop((*arguments, out), lambda: len(list(out.glob("*.png"))) >= 20, stop)
    if stop == signal.SIGINT:
        assert "run the same command again to go on" in told and "Traceback" not in told
    kept = {name: (out / name).stat().st_mtime_ns for name in FaceDataset(out).rows}
    # A face is entered when it is written: at most those that were just being written are missing from the table.
    assert 20 - 16 <= len(kept) < count
    assert f"{len(kept)} were there already" in run((*arguments, out))
    assert {name: (out / name).stat().st_mtime_ns for name in kept} == kept
    assert hidden_files(out) == []

    whole = tmp_path / "whole"
    run((*arguments, whole))
    assert len(read_table(whole / "metadata.csv")[1]) == count
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in whole.iterdir())
    for path in whole.iterdir():
        assert path.suffix == ".npz" or (out / path.name).read_bytes() == path.read_bytes(), path.name
    with np.load(out / "latents.npz") as first, np.load(whole / "latents.npz") as second:
        assert all((first[key] == second[key]).all() for key in second.files)


def test_killed_labelling_goes_on_and_repeats_no_image(tmp_path: Path, tiny_parser: Path) -> None:
    folder, count = tmp_path / "pictures", 200
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(count):
        Image.fromarray(rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)).save(folder / f"{index:04d}.png")
    arguments = ("label", folder, "--parser", tiny_parser, "--batch-size", "4", "--label-maps", "--all-faces")
    maps = tmp_path / "pictures.labels" / "label_maps"
    start_and_stop(arguments, lambda: maps.is_dir() and len(list(maps.glob("*.png"))) >= 20, signal.SIGKILL)
    kept = {name: (maps / name).stat().st_mtime_ns for name in FaceDataset(folder).rows}
    assert 16 <= len(kept) < count
    assert f"{len(kept)} were labelled already" in run(arguments)
    assert {name: (maps / name).stat().st_mtime_ns for name in kept} == kept
    assert list(read_table(folder / "metadata.csv")[1]) == [f"{index:04d}.png" for index in range(count)]
    dataset = FaceDataset(folder)
    assert set(dataset.text("scores_version")) == {"v3"}
    # Attributes are normalised over all images, whenever they were labelled.
    assert Normalizer.load(folder / "normalization.json").columns["gender"].count == count
    assert not np.isnan(dataset.numbers("gender")).any()
    assert hidden_files(folder) == []


def test_two_commands_at_once_do_not_mix(tmp_path: Path, tiny_generator: Path) -> None:
    with FaceDataset(tmp_path).writing():
        arguments = ["synthesize", "--seeds", "0", "--model", str(tiny_generator), "--out", str(tmp_path)]
        result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2 and "another ohlora command is writing" in result.output

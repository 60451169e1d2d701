"""Tests of ohlora.generation.portrait_folder and its command."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

pytest.importorskip("skia", reason="skia-python is not installed (pip install 'ohlora[render]')", exc_type=ImportError)

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import OhloraError
from ohlora.generation.portrait_folder import CollectionSettings, write_portraits
from ohlora.portraits import render, sample_parameters


def test_images_label_maps_and_truth_are_those_of_the_renderer(tmp_path: Path) -> None:
    settings = CollectionSettings(range(4, 6), "core", size=64)
    assert write_portraits(tmp_path / "p", settings, progress=False).made == 2
    dataset = FaceDataset(tmp_path / "p")
    expected = render(sample_parameters(5, "core"), 64, label_size=64)
    name = "portrait00000005.png"
    assert (np.asarray(Image.open(dataset.path(name))) == expected.image).all()
    assert (np.asarray(Image.open(dataset.labels_folder / "truth" / name)) == expected.label_map).all()
    assert float(dataset.rows[name]["true_pose"]) == pytest.approx(expected.truth["pose"])


def test_second_run_draws_only_what_is_new(tmp_path: Path) -> None:
    write_portraits(tmp_path / "p", CollectionSettings(range(2), "core", size=32), progress=False)
    summary = write_portraits(tmp_path / "p", CollectionSettings(range(3), "core", size=32), progress=False)
    assert (summary.made, summary.kept) == (1, 2)
    with pytest.raises(OhloraError, match="holds portraits with sampling 'core', and this run has 'full'"):
        write_portraits(tmp_path / "p", CollectionSettings(range(3), "full", size=32), progress=False)


def test_command_refuses_a_wrong_size() -> None:
    result = CliRunner().invoke(main, ["portraits", "--size", "9", "--out", "x"])
    assert result.exit_code == 2 and "16<=x<=1024" in result.output

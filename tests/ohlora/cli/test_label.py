import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset


def label(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["label", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(5):
        Image.fromarray(rng.integers(0, 255, (40, 30 + index, 3), dtype=np.uint8)).save(folder / f"{index}.png")
    return folder


def test_any_folder_of_images_is_labelled(pictures: Path, tiny_parser: Path) -> None:
    (pictures / "broken.jpg").write_bytes(b"no picture")
    code, output = label(
        pictures, "--all-faces", "--parser", tiny_parser, "--label-maps", "--overlays", "--batch-size", "2"
    )
    assert code == 0, output
    dataset = FaceDataset(pictures)
    assert len(dataset.rows) == 6 and set(dataset.text("scores_version")) == {"v3"}
    assert output.count("warning: the portraits parser was trained on illustrated portraits") == 1
    assert "1 image that cannot be read: broken.jpg" in output and f"next: ohlora report {pictures}" in output
    assert len(list((pictures.parent / "pictures.labels" / "label_maps").iterdir())) == 5
    code, output = label(pictures, "--all-faces", "--parser", tiny_parser)
    assert code == 0 and "5 were labelled already" in output


def test_a_saved_normalisation_is_taken_over(pictures: Path, tiny_parser: Path, tmp_path: Path) -> None:
    label(pictures, "--all-faces", "--parser", tiny_parser)
    other = tmp_path / "other"
    other.mkdir()
    (pictures / "2.png").rename(other / "2.png")
    code, output = label(
        other, "--all-faces", "--parser", tiny_parser, "--normalization", pictures / "normalization.json"
    )
    assert code == 0, output
    before, after = FaceDataset(pictures).rows["2.png"], FaceDataset(other).rows["2.png"]
    assert before["background_mean"] == after["background_mean"] != "0.5"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--parser", "eyeballs"), "eyeballs is neither a known parser (portraits, facexformer)"),
        (("--scores", "v9"), "'v9' is not one of"),
        (("--bounds", "mean"), "'mean' is not one of"),
        (("--batch-size", "-1"), "-1 is not in the range"),
        (("--normalization", "nowhere.json"), "no normalisation at nowhere.json"),
        (("--precision", "fp16", "--device", "cpu"), "fp16 needs a GPU"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    pictures: Path, tiny_parser: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, output = label(pictures, "--all-faces", "--parser", tiny_parser, *arguments)
    assert code == 2 and message in " ".join(output.split()) and "Traceback" not in output
    assert not (pictures / "metadata.csv").exists()


def test_a_missing_or_empty_folder_is_bad_input(tmp_path: Path, tiny_parser: Path) -> None:
    code, output = label(tmp_path / "nowhere")
    assert code == 2 and "does not exist" in " ".join(output.split())
    code, output = label(tmp_path, "--parser", tiny_parser)
    assert code == 2 and "expected images in" in output


def test_a_damaged_table_is_bad_input(pictures: Path, tiny_parser: Path) -> None:
    (pictures / "metadata.csv").write_text("name\n0.png\n")
    code, output = label(pictures, "--all-faces", "--parser", tiny_parser)
    assert code == 2 and "expected a column file_name" in output
    assert (pictures / "metadata.csv").read_text() == "name\n0.png\n"


def test_what_is_labelled_already_costs_nothing(tmp_path: Path, tiny_parser: Path) -> None:
    for index in range(120):
        Image.new("RGB", (8, 8), (index % 256, 0, 0)).save(tmp_path / f"{index:04d}.png")
    label(tmp_path, "--parser", tiny_parser)
    started = time.monotonic()
    code, output = label(tmp_path, "--parser", tiny_parser)
    assert code == 0 and "120 were labelled already" in output
    assert time.monotonic() - started < 5

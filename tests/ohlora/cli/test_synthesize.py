from pathlib import Path

import pytest
from click.testing import CliRunner

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset


def synthesize(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["synthesize", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_faces_latents_and_the_next_command(tmp_path: Path, tiny_generator: Path) -> None:
    out = tmp_path / "my faces"
    code, output = synthesize("--seeds", "0,3,7-9", "--model", tiny_generator, "--out", out, "--keep-latents")
    assert code == 0
    assert FaceDataset(out).text("seed") == ["0", "3", "7", "8", "9"] and (out / "latents.npz").exists()
    assert FaceDataset(out).text("truncation") == ["0.7"] * 5
    assert "5 faces in" in output and f"next: ohlora label '{out}'" in output
    code, output = synthesize("--seeds", "0-9", "--model", tiny_generator, "--out", out)
    assert code == 0 and "5 were there already" in output


def test_the_batch_size_changes_no_byte(tmp_path: Path, tiny_generator: Path) -> None:
    for size in (1, 3, 50):
        code, _ = synthesize(
            "--seeds", "0-6", "--model", tiny_generator, "--out", tmp_path / str(size), "--batch-size", size
        )
        assert code == 0
    for path in (tmp_path / "1").iterdir():
        assert {(tmp_path / size / path.name).read_bytes() for size in ("1", "3", "50")} == {path.read_bytes()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--seeds", "12-7"), "write 7-12"),
        (("--seeds", "frog"), "expected seeds such as 0,3,7-12, got 'frog'"),
        (("--seeds", "0", "--trunc", "9"), "expected a truncation from -2 to 2"),
        (("--seeds", "0", "--trunc", "high"), "'high' is not a valid float"),
        (("--seeds", "0", "--format", "gif"), "'gif' is not one of"),
        (("--seeds", "0", "--batch-size", "0"), "0 is not in the range"),
        (("--seeds", "0", "--trunc-layers", "99"), "--trunc-layers (truncation_layers) between 0 and 8, got 99"),
        (("--seeds", "0", "--model", "no-such-model"), "no-such-model is neither a known generator"),
        (("--seeds", "0", "--precision", "fp16", "--device", "cpu"), "fp16 needs a GPU"),
        ((), "Missing option '--seeds'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    tmp_path: Path, tiny_generator: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, output = synthesize("--model", tiny_generator, "--out", tmp_path / "faces", *arguments)
    assert code == 2 and message in " ".join(output.split()) and "Traceback" not in output


def test_a_folder_that_cannot_be_made_is_bad_input(tmp_path: Path, tiny_generator: Path) -> None:
    (tmp_path / "file").touch()
    code, output = synthesize("--seeds", "0", "--model", tiny_generator, "--out", tmp_path / "file" / "faces")
    assert code == 2 and "cannot make" in output


def test_a_folder_of_other_faces_is_left_alone(tmp_path: Path, tiny_generator: Path) -> None:
    synthesize("--seeds", "0", "--model", tiny_generator, "--out", tmp_path)
    code, output = synthesize("--seeds", "1", "--trunc", "1", "--model", tiny_generator, "--out", tmp_path)
    assert code == 2 and "choose another folder with --out" in output


def test_one_seed_and_a_pictures_suffix_make_that_file(tmp_path: Path, tiny_generator: Path) -> None:
    face = tmp_path / "face.png"
    code, output = synthesize("--seeds", 7, "--out", face, "--model", tiny_generator)
    assert code == 0 and face.is_file() and str(face) in output, output
    synthesize("--seeds", 7, "--out", tmp_path / "folder", "--model", tiny_generator)
    assert face.read_bytes() == (tmp_path / "folder" / "seed00000007.png").read_bytes()
    code, output = synthesize("--seeds", "0-1", "--out", tmp_path / "two.png", "--model", tiny_generator)
    assert code == 2 and "2 seeds do not fit into one picture" in output and not (tmp_path / "two.png").exists()

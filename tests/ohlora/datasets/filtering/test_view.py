import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Four faces, one in a subfolder, with a label map of one, a normalisation and latents."""
    folder, names = tmp_path / "faces", ["a.png", "b.png", "sub/c.png", "d.png"]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (ord(name[0]), 0, 0)).save(folder / name)
    rows = "".join(f"{name},{value}\n" for name, value in zip(names, (0.95, 0.05, 0.99, ""), strict=True))
    (folder / "metadata.csv").write_text("file_name,gender\n" + rows)
    (folder / "normalization.json").write_text("{}")
    np.savez(folder / "latents.npz", file_name=np.array(names), z=np.arange(8.0).reshape(4, 2), w_avg=np.ones(2))
    maps = tmp_path / "faces.labels" / "label_maps"
    maps.mkdir(parents=True)
    Image.new("L", (4, 4)).save(maps / "a.png")
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(main, ["filter", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("option", [None, "--symlink", "--copy"])
def test_a_filtered_dataset_has_the_chosen_faces_and_what_belongs_to_them(
    faces: Path, tmp_path: Path, option: str | None
) -> None:
    out = tmp_path / "women"
    told = run(faces, "--where", "gender > 0.9", "--out", out, *([option] if option else []))
    assert "gender > 0.9: 2 yes, 1 no, 1 unknown" in told and "chosen: 2 of 4 faces" in told
    found = FaceDataset(out)
    assert list(found.rows) == found.image_files() == ["a.png", "sub/c.png"]
    assert found.text("gender") == ["0.95", "0.99"]
    for name in found.rows:
        original, placed = faces / name, out / name
        assert placed.read_bytes() == original.read_bytes()
        assert placed.is_symlink() == (option == "--symlink")
        assert placed.samefile(original) == (option != "--copy")
    assert (out / "normalization.json").read_text() == "{}"
    with np.load(out / "latents.npz") as latents:
        assert latents["file_name"].tolist() == ["a.png", "sub/c.png"]
        assert latents["z"].tolist() == [[0.0, 1.0], [4.0, 5.0]] and latents["w_avg"].tolist() == [1.0, 1.0]
    assert [path.name for path in (tmp_path / "women.labels" / "label_maps").iterdir()] == ["a.png"]
    assert json.loads((out / "filter.json").read_text())["where"] == "gender > 0.9"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_without_a_place_it_only_counts(faces: Path, tmp_path: Path) -> None:
    assert "chosen: 1 of 4 faces" in run(faces, "--where", "gender < 0.1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces", "faces.labels"]


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(main, ["filter", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    return result.stderr


def test_a_mistake_is_pointed_at(faces: Path) -> None:
    lines = refused(faces, "--where", "gender > 0.9 and (age > 3)").splitlines()
    assert lines[0].startswith("Error: the table has no column 'age'")
    assert lines[1][lines[2].index("^") :] == "age > 3)"


def test_places_that_cannot_be_used(faces: Path, tmp_path: Path) -> None:
    for place in (faces, faces / "inside", tmp_path):
        assert "expected a folder beside" in refused(faces, "--where", "gender > 0", "--out", place)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert "is there already" in refused(faces, "--where", "gender > 0", "--out", tmp_path / "full")


def test_nothing_is_left_of_a_folder_that_could_not_be_made(faces: Path, tmp_path: Path) -> None:
    assert "no face of" in refused(faces, "--where", "gender > 2", "--out", tmp_path / "none")
    (faces / "a.png").unlink()
    (faces / "sub" / "c.png").unlink()
    assert "none is on the disk any more" in refused(faces, "--where", "gender > 0.9", "--out", tmp_path / "none")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces", "faces.labels"]


def test_what_a_killed_run_left_does_no_harm(faces: Path, tmp_path: Path) -> None:
    leftover = tmp_path / ".women.unfinished"
    leftover.mkdir()
    (leftover / "old.png").touch()
    run(faces, "--where", "gender > 0.9", "--out", tmp_path / "women")
    assert FaceDataset(tmp_path / "women").image_files() == ["a.png", "sub/c.png"]
    assert not leftover.exists()


def test_a_table_that_leads_out_of_the_folder_is_refused(faces: Path, tmp_path: Path) -> None:
    (faces / "metadata.csv").write_text("file_name,gender\n../secret.png,1\n")
    assert "file names inside" in refused(faces, "--where", "gender > 0.9", "--out", tmp_path / "out")


def test_images_that_were_taken_away_are_skipped_with_a_count(faces: Path, tmp_path: Path) -> None:
    (faces / "a.png").unlink()
    told = run(faces, "--where", "gender > 0.9")
    assert "skipped: 1 image not on the disk any more: a.png" in told and "chosen: 1 of 4 faces" in told
    assert "1 face in" in run(faces, "--where", "gender > 0.9", "--out", tmp_path / "women")
    assert FaceDataset(tmp_path / "women").image_files() == ["sub/c.png"]


def test_two_ways_of_placing_images_at_once_are_refused(faces: Path, tmp_path: Path) -> None:
    told = refused(faces, "--where", "gender > 0.9", "--out", tmp_path / "out", "--copy", "--symlink")
    assert "expected --symlink or --copy, got both" in told and not (tmp_path / "out").exists()


def test_folders_of_which_nothing_is_known_name_the_next_command(faces: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "expected images in" in refused(tmp_path / "empty", "--where", "gender > 0.9")
    (faces / "metadata.csv").unlink()
    told = refused(faces, "--where", "gender > 0.9")
    assert f"has 4 images and no table to choose by; run: ohlora label {faces}" in " ".join(told.split())


def test_one_equals_sign_is_no_comparison(faces: Path) -> None:
    lines = refused(faces, "--where", "gender = 0.5").splitlines()
    assert lines[0] == "Error: cannot read '=' here: write =="
    assert lines[1][lines[2].index("^") :] == "= 0.5"

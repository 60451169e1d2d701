from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.resumable import (
    FinishedRow,
    Job,
    RunSummary,
    check_same_settings,
    read_ahead,
    run_job,
    same_setting,
)
from ohlora.errors import DatasetError


def run(folder: Path, names: list[str], made: list[str], stop_before: str = "") -> RunSummary:
    """Writes files that hold their own names; stops as Ctrl-C does before one of them."""
    dataset = FaceDataset.create(folder)

    def work(todo: list[str]) -> Iterator[FinishedRow]:
        for name in todo:
            if name == stop_before:
                raise KeyboardInterrupt
            made.append(name)
            yield FinishedRow(name, {"letters": len(name)}, partial(dataset.path(name).write_text, name))

    with dataset.writing():
        job = Job("write", "file", names, lambda name: name in dataset.rows, work)
        return run_job(dataset, job, progress=False)


def test_a_stopped_run_keeps_what_it_made_and_goes_on(tmp_path: Path) -> None:
    made: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, ["a", "bb", "ccc"], made, stop_before="ccc")
    assert FaceDataset(tmp_path).text("letters") == ["1", "2"]
    summary = run(tmp_path, ["a", "bb", "ccc"], made)
    assert (summary.made, summary.kept) == (1, 2) and made == ["a", "bb", "ccc"]
    assert summary.rate_line("files").endswith("; 2 were there already")
    assert [(tmp_path / name).read_text() for name in made] == made


def test_a_row_without_its_file_is_not_entered(tmp_path: Path) -> None:
    dataset = FaceDataset(tmp_path)

    def refuse() -> None:
        raise OSError("no space")

    rows = [FinishedRow("a", {"n": 1}), FinishedRow("b", {"n": 2}, refuse)]
    with dataset.writing(), pytest.raises(DatasetError, match=r"cannot write .*b: no space"):
        run_job(dataset, Job("write", "file", ["a", "b"], lambda name: False, lambda todo: rows), progress=False)
    assert list(FaceDataset(tmp_path).rows) == ["a"]


def test_reading_ahead_gives_all_in_batches() -> None:
    read: list[str] = []

    def length(name: str) -> int:
        read.append(name)
        return len(name)

    batches = read_ahead(["a", "bb", "ccc", "dddd", "eeeee"], 2, length)
    assert next(batches) == [("a", 1), ("bb", 2)]
    assert list(batches) == [[("ccc", 3), ("dddd", 4)], [("eeeee", 5)]]
    assert sorted(read) == ["a", "bb", "ccc", "dddd", "eeeee"]
    assert list(read_ahead([], 2, length)) == []


@pytest.mark.parametrize(
    ("cell", "value", "same"),
    [
        ("0.123456789", 0.1234567891, True),
        ("0.7", 0.7000001, True),
        ("0.7", 0.70001, False),
        ("", 0.7, False),
        ("", None, True),
        ("8", 8, True),
        ("", {}, True),
        ("mouth=0.9 pose=-0.4", {"pose": -0.4, "mouth": 0.9}, True),
        ("mouth=0.123457", {"mouth": 0.12345678}, True),
        ("mouth=0.9", {"mouth": 0.8}, False),
        ("mouth=0.9", {"mouth": 0.9, "pose": 0.0}, False),
        ("portraits", "portraits", True),
        ("portraits", "other", False),
        ("43696e230342", "sha256:43696e230342", True),  # written by an earlier version
    ],
)
def test_settings_are_compared_as_the_table_keeps_them(cell: str, value: object, same: bool) -> None:
    assert same_setting(cell, value) == same


def test_other_settings_are_refused_and_a_users_own_pictures_are_not(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,size,made\nown.png,9,\nours.png,64,yes\n")
    dataset = FaceDataset(tmp_path)
    check_same_settings(dataset, {"size": 64}, mark="made", units="pictures")
    with pytest.raises(DatasetError, match="holds pictures with size '64', and this run has '32'; choose another"):
        check_same_settings(dataset, {"size": 32}, mark="made", units="pictures")


@pytest.mark.parametrize(
    ("there", "mark", "units", "message"),
    [
        ("weights", "sampling", "portraits", "holds generated faces, and this run makes portraits"),
        ("sampling", "weights", "faces", "holds rendered portraits, and this run makes faces"),
    ],
)
def test_renders_and_generated_faces_do_not_mix(
    tmp_path: Path, there: str, mark: str, units: str, message: str
) -> None:
    dataset = FaceDataset.create(tmp_path / "faces")
    with dataset.writing():
        dataset.update("a.png", {there: "abc"})
        with pytest.raises(DatasetError, match=message):
            check_same_settings(dataset, {"size": 64}, mark=mark, units=units)

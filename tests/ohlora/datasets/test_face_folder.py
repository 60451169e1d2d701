import json
import math
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.table import read_table
from ohlora.errors import DatasetError

JOURNAL = ".metadata.journal.jsonl"


def test_cells_survive_a_round_trip(tmp_path: Path) -> None:
    dataset = FaceDataset.create(tmp_path / "faces")
    with dataset.writing():
        dataset.update("b.png", {"seed": 3, "score_eyes": 0.1234567891, "missing": 'say "no", ünï\ncode'})
        dataset.update("a.png", {"seed": None, "score_eyes": math.nan})
    again = FaceDataset(tmp_path / "faces")
    assert again.columns == ["file_name", "seed", "score_eyes", "missing"]
    assert list(again.rows) == ["b.png", "a.png"]
    assert again.text("score_eyes") == ["0.123456789", ""] and again.text("seed") == ["3", ""]
    assert again.text("missing") == ['say "no", ünï\ncode', ""]
    np.testing.assert_array_equal(again.numbers("score_eyes"), [0.123456789, np.nan])


def test_file_name_is_the_first_column_whatever_the_table_had(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_bytes("\ufefflabel,file_name\r\n1,a.png\r\n\r\n0,sub/b.png\r\n".encode())
    dataset = FaceDataset(tmp_path)
    with dataset.writing():
        dataset.update("sub/b.png", {"eyes": 0.5})
    assert (tmp_path / "metadata.csv").read_text() == "file_name,label,eyes\na.png,1,\nsub/b.png,0,0.5\n"


def test_rows_that_end_early_are_filled_up(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,seed,eyes\na.png\nb.png,2\n")
    assert FaceDataset(tmp_path).text("seed") == ["", "2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,eyes\na.png,1\n", "expected a column file_name"),
        ("file_name,eyes,eyes\na.png,1,2\n", "no name twice"),
        ("file_name,eyes\na.png,1,2\n", "rows of 2 cells.*found 3 cells"),
        ("file_name,eyes\na.png,1\na.png,2\n", "'a.png' twice"),
        ("file_name,eyes\n,1\n", "'' as a name"),
    ],
)
def test_a_damaged_table_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "metadata.csv").write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_table(tmp_path / "metadata.csv")


def test_a_table_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(DatasetError, match="table in UTF-8"):
        FaceDataset(tmp_path)


@pytest.mark.parametrize("labelled", ["", "images/a.png,,0.5\r\n"])
def test_names_of_windows_are_those_of_their_images(tmp_path: Path, labelled: str) -> None:
    (tmp_path / "metadata.csv").write_text(f"file_name,prompt,mouth\r\nimages\\a.png,hello,\r\n{labelled}", newline="")
    (row,) = FaceDataset(tmp_path).rows.items()
    mouth = {"mouth": "0.5"} if labelled else {}
    assert row[0] == "images/a.png" and {**row[1], "mouth": row[1].get("mouth", "")} == {
        "file_name": "images/a.png", "prompt": "hello", "mouth": "", **mouth
    }  # fmt: skip


@pytest.mark.parametrize("name", ["metadata.jsonl", "metadata.parquet", "train/metadata.jsonl"])
def test_a_second_table_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / name).touch()
    with pytest.raises(DatasetError, match=f"as the only table of .*, found .*{name}"), FaceDataset(tmp_path).writing():
        pass
    assert not (tmp_path / "metadata.csv").exists()


def test_an_empty_table_is_an_empty_dataset(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("")
    assert FaceDataset(tmp_path).rows == {}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="found none at .*nowhere"):
        FaceDataset(tmp_path / "nowhere")


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "faces").write_text("")
    with pytest.raises(DatasetError, match="cannot make .*faces"):
        FaceDataset.create(tmp_path / "faces")


def test_names_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    dataset = FaceDataset(tmp_path)
    for name in ("../secret.png", "/etc/passwd", "a/../../b.png"):
        with pytest.raises(DatasetError, match="inside"):
            dataset.path(name)


def test_words_in_a_column_of_numbers_are_named(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,eyes\na.png,open\n")
    with pytest.raises(DatasetError, match="numbers in column 'eyes'.*open"):
        FaceDataset(tmp_path).numbers("eyes")


def test_images_are_found_in_subfolders_but_not_in_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", "sub/c.webp", ".hidden/d.png", "__cache__/e.png", ".f.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert FaceDataset(tmp_path).image_files() == ["a.jpg", "b.PNG", "sub/c.webp"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no names that are not UTF-8")
def test_names_that_are_not_utf8_are_left_out_with_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "ok.png").touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png")).touch()
    assert FaceDataset(tmp_path).image_files() == FaceDataset(tmp_path).faces() == ["ok.png"]
    assert [record.getMessage() for record in caplog.records] == [
        rf"left out of {tmp_path}, since their names are not UTF-8: 'caf\udce9.png'; rename them"
    ]


def test_all_kinds_of_pictures_are_found(tmp_path: Path) -> None:
    names = [f"a.{suffix}" for suffix in ("avif", "gif", "heic", "jfif", "jp2", "jpg", "ppm", "tif")]
    for name in names:
        (tmp_path / name).touch()
    assert FaceDataset(tmp_path).image_files() == names


def test_images_of_the_table_that_were_taken_away_are_no_faces(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name\ngone.png\na.png\n")
    (tmp_path / "a.png").touch()
    dataset = FaceDataset(tmp_path)
    assert (dataset.faces(), dataset.absent()) == (["a.png"], ["gone.png"])
    (tmp_path / "a.png").unlink()
    with pytest.raises(DatasetError, match="found none, and 2 in its table are gone"):
        dataset.faces()


def test_a_folder_named_like_a_picture_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "photos.png").mkdir()
    (tmp_path / "photos.png" / "a.png").touch()
    assert FaceDataset(tmp_path).image_files() == ["photos.png/a.png"]


def test_labels_lie_beside_the_images(tmp_path: Path) -> None:
    assert FaceDataset.create(tmp_path / "faces").labels_folder == tmp_path.resolve() / "faces.labels"


def test_rows_are_read_from_the_journal_of_a_killed_run_but_for_its_torn_end(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,seed\na.png,1\n")
    lines = [json.dumps(["a.png", {"eyes": "0.5"}]), json.dumps(["b.png", {"seed": "2"}]), '["c.png", {"see']
    (tmp_path / JOURNAL).write_text("\n".join(lines))
    dataset = FaceDataset(tmp_path)
    assert list(dataset.rows) == ["a.png", "b.png"]
    with dataset.writing():
        pass
    assert (tmp_path / "metadata.csv").read_text() == "file_name,seed,eyes\na.png,1,0.5\nb.png,2,\n"
    assert not (tmp_path / JOURNAL).exists()


def test_a_damaged_journal_line_is_named(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("nonsense\n")
    with pytest.raises(DatasetError, match="line 1 of .* is damaged"):
        FaceDataset(tmp_path)


def test_an_error_while_writing_keeps_the_rows(tmp_path: Path) -> None:
    dataset = FaceDataset(tmp_path)
    with pytest.raises(KeyboardInterrupt), dataset.writing():
        dataset.update("a.png", {"seed": 1})
        raise KeyboardInterrupt
    assert (tmp_path / "metadata.csv").read_text() == "file_name,seed\na.png,1\n"


def test_ctrl_c_anywhere_in_an_update_leaves_a_whole_row_or_none(tmp_path: Path) -> None:
    cells = {"seed": 3, "gender": 0.25}
    points, kept = 0, 0
    for step in range(1, 10_000):
        folder = tmp_path / str(step)
        folder.mkdir()
        dataset = FaceDataset(folder)
        interrupt = _InterruptAt(step)
        with suppress(KeyboardInterrupt), dataset.writing():
            try:
                sys.settrace(interrupt)
                dataset.update("a.png", cells)
            finally:
                sys.settrace(None)
        if not interrupt.raised:
            break
        points += 1
        rows = FaceDataset(folder).rows
        kept += len(rows)
        assert rows in ({}, {"a.png": {"file_name": "a.png", "seed": "3", "gender": "0.25"}})
    assert 0 < kept < points


class _InterruptAt:
    """Raises what Ctrl-C raises before the given instruction that `face_folder` runs."""

    def __init__(self, step: int) -> None:
        self.left = step
        self.raised = False

    def __call__(self, frame: FrameType, event: str, argument: object) -> "_InterruptAt | None":
        if Path(frame.f_code.co_filename).name != "face_folder.py":
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and not self.raised:
            self.left -= 1
            if self.left == 0:
                self.raised = True
                raise KeyboardInterrupt
        return self


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    first, second = FaceDataset(tmp_path), FaceDataset(tmp_path)
    with first.writing(), pytest.raises(DatasetError, match="another ohlora command is writing"), second.writing():
        pass
    with second.writing():
        second.update("a.png", {"seed": 1})


def test_what_a_killed_run_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".seed.png.unfinished").write_bytes(b"half")
    with FaceDataset(tmp_path).writing():
        assert not (tmp_path / ".seed.png.unfinished").exists()


def test_kill_9_loses_no_row_and_leaves_a_whole_table(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from ohlora.datasets.face_folder import FaceDataset
        dataset = FaceDataset(sys.argv[1])
        with dataset.writing():
            for index in range(10**9):
                dataset.update(f"{index}.png", {"seed": index})
                print(index, flush=True)
                if index % 50 == 49:
                    dataset.save()
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    told = [int(next(process.stdout)) for _ in range(120)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().splitlines()[:-1]]
    process.wait()
    process.stdout.close()
    columns, rows = read_table(tmp_path / "metadata.csv")
    assert columns == ["file_name", "seed"] and len(rows) % 50 == 0
    dataset = FaceDataset(tmp_path)
    assert {f"{index}.png" for index in told} <= set(dataset.rows)
    with dataset.writing():
        dataset.update("last.png", {"seed": 0})
    assert len(read_table(tmp_path / "metadata.csv")[1]) == len(dataset.rows)


@pytest.mark.parametrize(("value", "cell"), [(1.0, "1.0"), (-2.0, "-2.0"), (0.5, "0.5"), (1e-12, "1e-12"), (7, "7")])
def test_fractions_stay_fractions_for_whoever_reads_the_table(tmp_path: Path, value: float, cell: str) -> None:
    dataset = FaceDataset(tmp_path)
    with dataset.writing():
        dataset.update("a.png", {"x": value})
    assert FaceDataset(tmp_path).text("x") == [cell]

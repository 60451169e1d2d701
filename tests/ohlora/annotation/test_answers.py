import json
import os
import signal
import sys
from pathlib import Path

import pytest

from ohlora.annotation.answers import AnswerLog, log_path, read_log
from ohlora.errors import DatasetError, SettingsError


def test_answers_are_read_again_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    log = AnswerLog(tmp_path, "anna")
    for face, answer in (("a", 1), ("b", 0), ("c", "skip"), ("a", 0), ("c", None)):
        log.set(("gender", face), answer)
    log.close()
    found = read_log(tmp_path / "answers" / "anna.jsonl")
    assert list(found.items()) == [(("gender", "b"), 0), (("gender", "a"), 0), (("gender", "c"), None)]
    again = AnswerLog(tmp_path, "anna")
    assert again.answers == found
    assert again.last({("gender", name) for name in "abc"}) == ("gender", "a")
    assert again.last({("gender", "b")}) == ("gender", "b")
    assert again.last({("gender", "c")}) is None
    again.close()


def test_every_answer_is_on_the_disk_when_set_returns(tmp_path: Path) -> None:
    log = AnswerLog(tmp_path, "me")
    for number in range(3):
        log.set(("gender", f"{number}.png"), 1)
        assert len(log.path.read_text().splitlines()) == number + 1
    entry = json.loads(log.path.read_text().splitlines()[0])
    assert entry.keys() == {"at", "label", "face", "answer"} and entry["face"] == "0.png"
    log.close()


def test_half_a_line_is_cut_off(tmp_path: Path) -> None:
    log = AnswerLog(tmp_path, "me")
    log.set(("gender", "a.png"), 1)
    log.close()
    with log.path.open("ab") as file:
        file.write(b'{"at": "2026-01-01T00:00:00Z", "label": "gen')
    assert list(read_log(log.path)) == [("gender", "a.png")]  # a reader beside does not see it
    log = AnswerLog(tmp_path, "me")
    log.set(("gender", "b.png"), 0)
    log.close()
    assert read_log(log.path) == {("gender", "a.png"): 1, ("gender", "b.png"): 0}


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"label": "gender", "face": "a", "answer": 7}', "[1]"])
def test_a_damaged_line_is_told_and_not_skipped(tmp_path: Path, line: str) -> None:
    path = log_path(tmp_path, "me")
    path.parent.mkdir()
    path.write_text(line + "\n")
    with pytest.raises(DatasetError, match="line 1 of .*damaged"):
        AnswerLog(tmp_path, "me")


@pytest.mark.skipif(sys.platform == "win32", reason="locks and limits are POSIX")
def test_one_annotator_has_one_page(tmp_path: Path) -> None:
    log = AnswerLog(tmp_path, "me")
    with pytest.raises(DatasetError, match="page open .* already"):
        AnswerLog(tmp_path, "me")
    AnswerLog(tmp_path, "other").close()
    log.close()
    AnswerLog(tmp_path, "me").close()


@pytest.mark.skipif(sys.platform == "win32", reason="locks and limits are POSIX")
def test_a_full_disk_leaves_no_half_answer(tmp_path: Path) -> None:
    import resource

    log = AnswerLog(tmp_path, "me")
    log.set(("gender", "a.png"), 1)
    before = log.path.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limit[1]))  # a line is longer than 20 bytes
    try:
        with pytest.raises(DatasetError, match="could not be written"):
            log.set(("gender", "b.png"), 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert log.path.read_bytes() == before and ("gender", "b.png") not in log.answers
    log.set(("gender", "b.png"), 0)
    log.close()
    assert read_log(log.path)["gender", "b.png"] == 0


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 41, "a.b"])
def test_names_that_are_no_file_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        log_path(tmp_path, name)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("a file where the folder should be")
    with pytest.raises(DatasetError, match="cannot write"):
        AnswerLog(tmp_path, "me")
    assert os.path.isfile(tmp_path / "answers")

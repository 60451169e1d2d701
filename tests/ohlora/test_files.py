import shlex
from pathlib import Path

import pytest

from ohlora.files import (
    command_text,
    fingerprint_of,
    remove_unfinished,
    replacing,
    same_fingerprint,
    write_bytes,
    write_text,
)


def test_a_file_appears_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "grüße", durable=True)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "grüße"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.bin", b"old")
    with pytest.raises(RuntimeError), replacing(tmp_path / "a.bin") as temporary:
        temporary.write_bytes(b"half of the n")
        raise RuntimeError
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_leftovers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.png.unfinished", "a.png", ".hidden"):
        (tmp_path / name).touch()
    remove_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "a.png"]


@pytest.mark.parametrize(
    ("digest", "text"),
    [
        ("43696e23034255", "sha256:43696e230342"),  # infinity to a spreadsheet
        ("01234567890155", "sha256:012345678901"),
        ("43696e2303e2aa", "43696e2303e2"),
        ("43696a23034255", "43696a230342"),
    ],
)
def test_fingerprints_are_text_to_every_reader(digest: str, text: str) -> None:
    assert fingerprint_of(digest) == text
    assert same_fingerprint(text, digest[:12]) and not same_fingerprint(text, "43696e230343")


def test_a_name_as_long_as_the_disk_takes(tmp_path: Path) -> None:
    for name in ("a" * 251 + ".png", "ä" * 125 + ".png"):
        write_text(tmp_path / name, "whole")
        assert (tmp_path / name).read_text() == "whole"
    with pytest.raises(RuntimeError), replacing(tmp_path / ("b" * 255)) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert len(list(tmp_path.iterdir())) == 2


def test_commands_can_be_pasted_into_a_shell() -> None:
    assert command_text("ohlora", "label", Path("faces")) == "ohlora label faces"
    text = command_text("ohlora", "label", Path("/my faces/it's"), "--where", "gender > 0.9")
    assert shlex.split(text) == ["ohlora", "label", "/my faces/it's", "--where", "gender > 0.9"]
    assert command_text("ohlora", "report", Path("-faces")) == "ohlora report ./-faces"

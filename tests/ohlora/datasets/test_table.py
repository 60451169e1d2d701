from pathlib import Path

import pytest

from ohlora.datasets.table import format_table, read_table


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3+cmd", "@SUM(1)", "\t=1", "'=quoted", "''-quoted"]
)
def test_no_cell_is_computed_by_a_spreadsheet_and_all_come_back(tmp_path: Path, cell: str) -> None:
    columns, rows = ["file_name", "note", "=head"], {"=a.png": {"file_name": "=a.png", "note": cell, "=head": "x"}}
    text = format_table(columns, rows)
    assert text.splitlines()[0] == "file_name,note,'=head"
    assert text.splitlines()[1].startswith("./=a.png,") and f"'{cell}" in text
    (tmp_path / "t.csv").write_text(text)
    assert read_table(tmp_path / "t.csv") == (columns, rows)


@pytest.mark.parametrize("cell", ["-0.5", "+3", "-1e-05", "'tis", "a=b", "-inf"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert (
        format_table(["file_name", "n"], {"a.png": {"file_name": "a.png", "n": cell}}) == f"file_name,n\na.png,{cell}\n"
    )


def test_a_name_with_a_dot_before_it_is_the_same_image(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("file_name\n./a.png\n")
    assert list(read_table(tmp_path / "t.csv")[1]) == ["a.png"]

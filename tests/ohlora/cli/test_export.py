import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ohlora.cli.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def test_something_to_write_is_needed() -> None:
    result = run("portraits")
    assert result.exit_code == 2 and "expected --onnx FILE or --web DIR" in result.output


def test_other_files_are_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    result = run("--web", tmp_path)
    assert result.exit_code == 2 and "holds files that are no exported page" in result.output


def test_a_missing_library_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = run("--onnx", tmp_path / "model.onnx")
    assert result.exit_code == 2 and "pip install 'ohlora[onnx]'" in result.output


def test_an_unknown_model_is_one_line(tmp_path: Path) -> None:
    result = run("nothing_of_this_name", "--onnx", tmp_path / "model.onnx")
    assert result.exit_code == 2 and "nothing_of_this_name" in result.output and not list(tmp_path.iterdir())

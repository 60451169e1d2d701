from pathlib import Path

from click.testing import CliRunner

from ohlora.cli.main import main
from ohlora.datasets.face_folder import FaceDataset


def report(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["report", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_report_is_where_the_command_says(tmp_path: Path) -> None:
    dataset = FaceDataset(tmp_path)
    with dataset.writing():
        dataset.update("a.png", {"eyes": 0.5, "parser": "portraits"})
    code, output = report(tmp_path)
    assert code == 0 and str(tmp_path / "report.html") in output and (tmp_path / "report.html").exists()
    code, output = report(tmp_path, "--out", tmp_path / "page.html")
    assert code == 0 and (tmp_path / "page.html").exists()


def test_a_folder_without_labels_is_bad_input(tmp_path: Path) -> None:
    code, output = report(tmp_path)
    assert code == 2 and "run: ohlora label" in output and "Traceback" not in output
    assert report(tmp_path / "nowhere")[0] == 2

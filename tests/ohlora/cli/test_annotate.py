from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from ohlora.annotation.answers import AnswerLog
from ohlora.cli.main import main


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    folder = tmp_path / "faces"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8)).save(folder / name)
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing option '--label'"),
        (["--label", "gender", "--host", "0.0.0.0"], "give --auth user:password, or --no-auth"),
        (["--label", "gender", "--auth", "anna"], "expected --auth user:password"),
        (["--label", "mouth"], "'mouth' is an attribute that is measured"),
        (["--label", "gender", "--label", "gender"], "none twice"),
        (["--label", "gender", "--annotator", "../x"], "expected an annotator's name"),
        (["--label", "gender", "--only-uncertain"], "run: ohlora classify train"),
        (["--label", "gender", "--host", "256.0.0.1", "--no-auth"], "cannot listen on 256.0.0.1"),
    ],
)
def test_mistakes_are_one_line(faces: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["annotate", str(faces), "--no-browser", *arguments])
    assert result.exit_code == 2 and message in result.output, result.output


def test_a_summary_without_a_page(faces: Path) -> None:
    logs = [AnswerLog(faces.parent / "faces.labels", who) for who in ("anna", "ben")]
    for log, answer in zip(logs, (1, 0), strict=True):
        log.set(("gender", "a.png"), answer)  # type: ignore[arg-type]
    # The pages of both may be open meanwhile.
    result = CliRunner().invoke(main, ["annotate", str(faces), "--label", "gender", "--summary"])
    assert result.exit_code == 0
    assert "they differ on a.png (anna 1, ben 0)" in result.output
    for log in logs:
        log.close()

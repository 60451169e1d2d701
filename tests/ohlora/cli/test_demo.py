import csv
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from ohlora.cli.main import main
from ohlora.labelling.attributes import ATTRIBUTES


def test_the_demo_leaves_what_it_prints(tmp_path: Path, tiny_generator: Path, tiny_parser: Path) -> None:
    arguments = [
        "demo",
        "--seeds",
        "0-10",
        "--out",
        tmp_path / "demo",
        "--model",
        tiny_generator,
        "--parser",
        tiny_parser,
    ]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    for name in ("contact_sheet.png", "label_maps.png", "distributions.png"):
        with Image.open(tmp_path / "demo" / name) as picture:
            assert min(picture.size) > 200
        assert str(tmp_path / "demo" / name) in result.output
    with (tmp_path / "demo" / "attributes.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11 and list(rows[0]) == ["file_name", "seed", *ATTRIBUTES, "missing"]
    assert (tmp_path / "demo" / "report.html").stat().st_size > 10_000
    again = CliRunner().invoke(main, list(map(str, arguments)))
    assert again.exit_code == 0 and "synthesised 0 faces" in again.output


def test_a_missing_model_is_bad_input(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--out", str(tmp_path / "demo"), "--model", "no-such-model"])
    assert result.exit_code == 2 and "no-such-model is neither" in result.output

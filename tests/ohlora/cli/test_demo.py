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
    (tmp_path / "demo" / "faces" / "mine.png").write_bytes((tmp_path / "demo" / "contact_sheet.png").read_bytes())
    refused = CliRunner().invoke(main, list(map(str, arguments)))
    assert refused.exit_code == 2 and "holds faces/mine.png, which no demo makes" in refused.stderr


def test_a_missing_model_is_bad_input(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--out", str(tmp_path / "demo"), "--model", "no-such-model"])
    assert result.exit_code == 2 and "no-such-model is neither" in result.output


def test_a_folder_of_others_is_left_alone(tmp_path: Path, tiny_generator: Path, tiny_parser: Path) -> None:
    (tmp_path / "report.html").write_text("my report")
    (tmp_path / "metadata.csv").write_text("file_name\n")
    arguments = ["demo", "--seeds", "0", "--model", tiny_generator, "--parser", tiny_parser, "--out", tmp_path]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 2 and "holds metadata.csv, which no demo makes; choose another" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metadata.csv", "report.html"]
    assert (tmp_path / "report.html").read_text() == "my report"

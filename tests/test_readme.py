"""The README's commands do what it says: every block under a `<!-- tested -->` note is run in an empty folder."""

import importlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^<!-- tested(?:: needs (?P<needs>\w+))? -->\n```(?P<language>\w+)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    needs: str | None

    def __str__(self) -> str:
        return self.code.strip().splitlines()[-1][:40]


BLOCKS = [Block(match["language"], match["code"], match["needs"]) for match in BLOCK.finditer(README)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """This interpreter as `python`, this checkout as `ohlora`, no models but the embedded ones, and no network."""
    home = tmp_path_factory.mktemp("home")
    bin_folder = home / "bin"
    bin_folder.mkdir()
    command = bin_folder / "ohlora"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ohlora.cli.main "$@"\n')
    command.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OHLORA_HOME": str(home),
        "HF_HUB_OFFLINE": "1",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


def test_there_is_something_to_test() -> None:
    assert {block.language for block in BLOCKS} == {"sh", "python"}
    assert README.count("<!-- tested") == len(BLOCKS)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_block(block: Block, environment: dict[str, str], folder: Path) -> None:
    if block.needs:
        try:
            importlib.import_module(block.needs)
        except ImportError as error:
            pytest.skip(f"{block.needs} cannot be used ({error})")
    # -e stops a shell block at its first failure, as -c does for Python.
    program = ["sh", "-e", "-c"] if block.language == "sh" else [sys.executable, "-c"]
    result = subprocess.run(
        [*program, block.code], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_the_commands_left_what_the_readme_says(folder: Path) -> None:
    if not (folder / "faces").is_dir():
        pytest.skip("the README's commands were not run")
    assert len(list((folder / "faces").glob("*.png"))) == 16
    assert len((folder / "faces" / "metadata.csv").read_text().splitlines()) == 17
    assert (folder / "faces" / "report.html").is_file()
    assert (folder / "faces" / "normalization.json").is_file()
    assert len(list((folder / "faces.labels" / "label_maps").iterdir())) == 16
    assert (folder / "face.png").is_file() and (folder / "sheet.png").is_file()
    assert (folder / "sweep.png").is_file() and (folder / "sweep.mp4").stat().st_size > 1_000
    assert len(list((folder / "varied").glob("*.png"))) == 8
    assert (folder / "faces-open" / "seed00000003.png").read_bytes() == (folder / "again.png").read_bytes()


def test_the_first_screen_has_a_picture_a_command_and_five_lines() -> None:
    head = README.split("\n## ")[0]
    assert re.search(r"!\[.+\]\((docs/images/\S+)\)", head)
    assert "make demo" in head
    code = next(block.code for block in BLOCKS if block.language == "python")
    assert len([line for line in code.splitlines() if line and not line.startswith(("import", "from"))]) <= 5


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", README)) - {"sure"}
    assert named <= targets


def test_every_command_named_exists() -> None:
    from ohlora.cli.main import main

    named = set(re.findall(r"^ohlora ([a-z]+)", README, re.MULTILINE))
    assert named <= set(main.list_commands(None))  # type: ignore[arg-type]


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    missing = [link for link in links if not (ROOT / link).exists()]
    assert not missing

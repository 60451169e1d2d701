"""How the sources lie: three packages, few loose modules, small files whose names say what they hold."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("ohlora", "segmentation", "stylegan")
LOOSE_MODULES = 8
LONGEST_FILE = 300
SAYS_NOTHING = ("utils", "util", "helpers", "common", "misc")


def sources() -> Iterator[Path]:
    for folder in (*PACKAGES, "scripts"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_three_packages_are_installed() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == {*PACKAGES, "scripts"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert sorted(project["tool"]["setuptools"]["packages"]["find"]["include"]) == [f"{name}*" for name in PACKAGES]


def test_the_top_floor_is_clear() -> None:
    loose = sorted(path.name for path in (ROOT / "ohlora").glob("*.py"))
    assert len(loose) <= LOOSE_MODULES, loose


def test_files_are_short() -> None:
    lines = {path.relative_to(ROOT).as_posix(): path.read_bytes().count(b"\n") for path in sources()}
    assert not {name: count for name, count in lines.items() if count > LONGEST_FILE}


def test_names_say_what_a_file_holds() -> None:
    assert not [path.relative_to(ROOT).as_posix() for path in sources() if path.stem in SAYS_NOTHING]


def test_the_paths_that_contributing_names_exist() -> None:
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    roots = "|".join((*PACKAGES, "scripts", "tests"))
    named = {
        path
        for line in lines
        if "(to come)" not in line
        for path in re.findall(rf"`((?:{roots})/[\w/.]*)`", line)
        if "NAME" not in path
    }
    assert len(named) > 10
    assert not [path for path in sorted(named) if not (ROOT / path).exists()]


def test_contributing_tells_every_room() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "ohlora").glob("*/__init__.py")}
    assert not [room for room in sorted(rooms) if f" {room}/ " not in text]

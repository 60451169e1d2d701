"""The direction of imports: ohlora -> stylegan, segmentation; the networks know neither ohlora nor each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "stylegan": {"ohlora", "segmentation", "scripts", "tests"},
    "segmentation": {"ohlora", "stylegan", "scripts", "tests"},
    "ohlora": {"scripts", "tests"},
}


def imported_packages(source: Path) -> Iterator[tuple[int, str]]:
    """Yields line and top-level package of every import in a file, those inside functions included."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").split(".")[0] if node.level == 0 else ""


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_import_against_the_direction(package: str) -> None:
    sources = sorted((ROOT / package).rglob("*.py"))
    assert sources
    wrong = [
        f"{source.relative_to(ROOT)}:{line} imports {imported}"
        for source in sources
        for line, imported in imported_packages(source)
        if imported in FORBIDDEN[package]
    ]
    assert not wrong


def test_imports_are_found(tmp_path: Path) -> None:
    source = tmp_path / "example.py"
    source.write_text("import a.b, c\ndef f():\n    from d.e import g\nfrom . import h\n")
    assert sorted(imported_packages(source)) == [(1, "a"), (1, "c"), (3, "d"), (4, "")]

"""Which module may import which: networks at the top, tasks in their rooms, and no circle anywhere.

Imports inside functions and those for type checkers alone count like any other: both make one module know another. What
may be used of the package `stylegan` is its contract, which `tests/stylegan/test_generator_contract.py` holds.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ohlora", "segmentation", "stylegan")
FORBIDDEN = {
    "stylegan": {"ohlora", "segmentation", "scripts", "tests"},
    "segmentation": {"ohlora", "stylegan", "scripts", "tests"},
    "ohlora": {"scripts", "tests"},
}

# Small modules that every room may use; among themselves they use no more than each other.
FOUNDATION = ("access", "device", "errors", "files", "progress", "version")

# What a room may use beside the foundation: whole rooms and packages, or single modules of another task.
ROOMS = {
    # shared rooms, the lowest first
    "datasets": (),
    "images": ("segmentation",),
    "training": (),
    "reports": ("images",),
    "portraits": ("segmentation",),
    "hub": ("stylegan", "segmentation"),
    "labelling": ("segmentation", "datasets", "images", "reports", "hub"),
    "sliders": ("stylegan", "hub", "labelling"),
    # tasks
    "generation": ("stylegan", "segmentation", "datasets", "images", "portraits", "hub", "labelling", "sliders"),
    "annotation": ("datasets", "images", "labelling"),
    "classification": ("datasets", "images", "reports", "training", "labelling"),
    "finetuning": (
        *("stylegan", "datasets", "images", "training", "hub", "labelling", "sliders"),
        *("generation.seeds", "generation.loaded_model", "generation.recipe"),
    ),
    "evaluation": (
        *("stylegan", "segmentation", "images", "reports", "hub", "labelling", "sliders"),
        *("generation.seeds", "generation.drawing", "generation.loaded_model", "generation.ramp"),
    ),
    "studio": (
        *("segmentation", "images", "hub", "labelling", "sliders"),
        *("generation.face_generator", "generation.seeds", "generation.recipe", "generation.sweep"),
        *("generation.drawing", "generation.loaded_model"),
    ),
    "export": (
        *("images", "hub", "sliders"),
        *("generation.seeds", "generation.drawing", "generation.loaded_model"),
    ),
    "pretraining": (
        *("stylegan", "segmentation", "images", "portraits", "training"),
        *("evaluation.identity", "evaluation.features"),
    ),
    # what joins tasks
    "demo": (
        *("stylegan", "segmentation", "datasets", "images", "reports", "labelling", "sliders"),
        *("generation", "evaluation"),
    ),
    "cli": (
        *("stylegan", "datasets", "training", "hub", "labelling", "sliders", "demo"),
        *("generation", "annotation", "classification", "finetuning", "evaluation", "studio", "export"),
    ),
}

# Imports that are still to go.
EXCEPTIONS: set[tuple[str, str]] = set()


def imported_names(source: Path) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yields line, module and the names taken from it of every import in a file, those inside functions included."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield node.lineno, "." * node.level + (node.module or ""), names


def module_name(source: Path, root: Path) -> str:
    parts = source.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(root: Path) -> dict[str, set[str]]:
    """The modules of the packages below a folder, each with the modules of these packages that it imports."""
    sources = {module_name(source, root): source for name in PACKAGES for source in (root / name).rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for module, source in sources.items():
        graph[module] = set()
        for _, imported, names in imported_names(source):
            # `from a import b` imports the module a.b where there is one, and a name of the module a otherwise.
            targets = {f"{imported}.{name}" if f"{imported}.{name}" in sources else imported for name in names}
            graph[module] |= (targets or {imported}) & sources.keys()
    return graph


def is_within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def places(room: str) -> list[str]:
    """What the modules of a room may import, as prefixes."""
    allowed = [room, *FOUNDATION, *(ROOMS.get(room, ()))]
    return [name if name in PACKAGES else f"ohlora.{name}" for name in allowed]


GRAPH = import_graph(ROOT)
IMPORTS = sorted((a, b) for a, imported in GRAPH.items() for b in imported if (a, b) not in EXCEPTIONS)


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_import_against_the_direction(package: str) -> None:
    sources = sorted((ROOT / package).rglob("*.py"))
    assert sources
    wrong = [
        f"{source.relative_to(ROOT)}:{line} imports {imported}"
        for source in sources
        for line, imported, _ in imported_names(source)
        if imported.split(".")[0] in {*FORBIDDEN[package], ""}
    ]
    assert not wrong


def test_no_circle() -> None:
    graph = {module: {b for b in imported if (module, b) not in EXCEPTIONS} for module, imported in GRAPH.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("imports run in a circle: " + " <- ".join(error.args[1]))


def test_every_room_is_in_the_table() -> None:
    rooms = {path.parent.name for path in (ROOT / "ohlora").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "ohlora").glob("*.py")} - {"__init__"}
    assert rooms | modules == {*ROOMS, *FOUNDATION}


@pytest.mark.parametrize("room", [*ROOMS, *FOUNDATION])
def test_a_room_uses_what_the_table_says(room: str) -> None:
    allowed = places(room)
    wrong = [
        f"{module} imports {imported}"
        for module, imported in IMPORTS
        if is_within(module, f"ohlora.{room}") and not any(is_within(imported, place) for place in allowed)
    ]
    assert not wrong


def test_imports_are_found(tmp_path: Path) -> None:
    source = tmp_path / "example.py"
    source.write_text("import a.b, c\ndef f():\n    from d.e import g\nfrom . import h\n")
    assert sorted(imported_names(source)) == [(1, "a.b", ()), (1, "c", ()), (3, "d.e", ("g",)), (4, ".", ("h",))]


def test_the_graph_is_that_of_modules(tmp_path: Path) -> None:
    (tmp_path / "ohlora" / "room").mkdir(parents=True)
    (tmp_path / "ohlora" / "__init__.py").write_text("")
    (tmp_path / "ohlora" / "room" / "__init__.py").write_text("NAME = 1\n")
    (tmp_path / "ohlora" / "a.py").write_text("from ohlora.room import NAME, b\nimport json\n")
    (tmp_path / "ohlora" / "room" / "b.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ohlora.a import f\n"
    )
    assert import_graph(tmp_path) == {
        "ohlora": set(),
        "ohlora.room": set(),
        "ohlora.a": {"ohlora.room", "ohlora.room.b"},
        "ohlora.room.b": {"ohlora.a"},
    }

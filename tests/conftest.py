"""What all tests share: the folder of published references, deterministic threads, and skips that say why."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder `shared` beside the repository: specifications, reference outputs, photographs, published weights."""
    folder = ROOT.parent / "shared"
    if not (folder / "golden").is_dir():
        pytest.skip(f"no reference files: {folder} does not exist")
    return folder


@pytest.fixture(autouse=True)
def deterministic() -> Iterator[None]:
    """Every test starts from the same random state and leaves gradients and threads as it found them."""
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    torch.set_grad_enabled(True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what this machine cannot run, naming what is missing."""
    has_gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    no_skia = why_no_skia()
    for item in items:
        if item.get_closest_marker("gpu") and not has_gpu:
            item.add_marker(pytest.mark.skip(reason="no CUDA or Metal device"))
        if item.get_closest_marker("render") and no_skia:
            item.add_marker(pytest.mark.skip(reason=no_skia))


def why_no_skia() -> str | None:
    """Tries the renderer's library, which can be installed and still lack a library of the system."""
    try:
        importlib.import_module("skia")
    except ImportError as error:
        return f"skia cannot be used ({error}); pip install 'ohlora[render]', on bare Linux also libegl1 and libgl1"
    return None

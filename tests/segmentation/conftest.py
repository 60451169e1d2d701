"""Networks and files that several tests of face parsing share."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from segmentation import PortraitParser, PortraitParserConfig, save_parser
from segmentation.facexformer import FaceXFormer

TESTS = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return TESTS / "data"


@pytest.fixture(scope="session")
def fill_state_dict() -> Callable[[torch.nn.Module, int], None]:
    spec = importlib.util.spec_from_file_location("fill", TESTS / "fill.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fill_state_dict


@pytest.fixture(scope="session")
def facexformer(fill_state_dict) -> FaceXFormer:
    """FaceXFormer with the weights of the stored reference outputs; tests must not change it."""
    network = FaceXFormer().eval()
    fill_state_dict(network, seed=0)
    return network


@pytest.fixture
def small_parser() -> PortraitParser:
    """A parser of two levels over 16x16 pixels, with fixed random weights."""
    torch.manual_seed(0)
    return PortraitParser(PortraitParserConfig(size=16, widths=(4, 8), gender_hidden=4)).eval()


@pytest.fixture
def parser_folder(small_parser, tmp_path) -> Path:
    return save_parser(small_parser, tmp_path / "parser")


@pytest.fixture(scope="session")
def mtcnn_weights(shared_dir) -> Path:
    folder = shared_dir / "weights" / "mtcnn"
    if not folder.is_dir():
        pytest.skip(f"needs the published MTCNN weights in {folder}")
    return folder


@pytest.fixture(scope="session")
def photos(shared_dir) -> Path:
    folder = shared_dir / "photos"
    if not folder.is_dir():
        pytest.skip(f"needs the photographs in {folder}")
    return folder

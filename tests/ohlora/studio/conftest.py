"""A painted model behind the studio, a server that serves it, and a browser where there is one."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.studio.engine import Engine
from scripts.browser import FLAGS, find_chromium
from segmentation import FaceParser
from segmentation.pretrained import save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig
from tests.ohlora.studio.painted import PaintedModel

FINGERPRINT = "0123456789ab"


@pytest.fixture(scope="session")
def painted() -> FaceGenerator:
    return FaceGenerator(LoadedModel(PaintedModel(), "painted", FINGERPRINT, Path("painted")))


@pytest.fixture(scope="session")
def parser(tmp_path_factory: pytest.TempPathFactory) -> FaceParser:
    """A parser of random weights: what it finds means nothing, and is the same for the same picture."""
    folder = tmp_path_factory.mktemp("parser")
    save_parser(PortraitParser(PortraitParserConfig(32, (4, 8), gender_hidden=4)), folder)
    return FaceParser.from_pretrained(folder, "cpu")


@pytest.fixture(scope="session")
def engine(painted: FaceGenerator, parser: FaceParser) -> Iterator[Engine]:
    engine = Engine(painted, parser)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def server(engine: Engine) -> Iterator[Any]:
    """The page, served at this machine's own address."""
    pytest.importorskip("gradio", reason="gradio is not installed; pip install 'ohlora[studio]'")
    from ohlora.studio.serve import ServeSettings, serving_engine

    with serving_engine(engine, ServeSettings()) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError:
        pytest.skip("playwright is not installed; pip install 'ohlora[dev]'")
    program = find_chromium()
    if program is None:
        pytest.skip("no browser: install chromium (apt-get install chromium), or name one in OHLORA_CHROMIUM")
    with playwright.sync_playwright() as driver:
        program_running = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield program_running
        program_running.close()

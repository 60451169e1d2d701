"""The page: its files, and the page itself in a real browser."""

import gzip
import importlib
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ohlora.errors import SettingsError
from ohlora.export.comparison import Agreement
from ohlora.export.runtime import GRAPHICS, PROCESSOR, VERSION, is_here, packed_name
from ohlora.export.site import check_place, write_site
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.sliders.slider_model import SliderModel
from scripts.browser import FLAGS, find_chromium

Loaded = LoadedModel[SliderModel]
AGREEMENT = Agreement(100, 1, 0.0, 0.0, 0.0)
HEADERS = {"cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp"}


def test_a_folder_with_other_files_is_not_touched(tmp_path: Path) -> None:
    check_place(tmp_path)
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SettingsError, match="holds files that are no exported page"):
        check_place(tmp_path)
    with pytest.raises(SettingsError, match="expected a folder"):
        check_place(tmp_path / "thesis.tex")


def test_the_folder_holds_everything(
    graph: Any, loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / f"onnxruntime-web-{VERSION}"
    home.mkdir()
    for name in (*map(packed_name, (*PROCESSOR, *GRAPHICS)), "LICENSE.txt"):
        (home / name).write_bytes(b"x" * 10)
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path))
    page = tmp_path / "page"
    size = write_site(page, graph, loaded, "fp32", AGREEMENT)
    check_place(page)  # an earlier page may be replaced
    index = (page / "index.html").read_text()
    settings = json.loads(re.search(r'id="settings">(.*?)</script>', index, re.DOTALL)[1])  # type: ignore[index]
    assert gzip.decompress((page / settings["model"]).read_bytes()) == graph.SerializeToString()
    assert all(
        (page / name).is_file() for name in [*settings["runtime"]["processor"], *settings["runtime"]["graphics"]]
    )
    assert settings["resolution"] == 16 and len(settings["reference"]["tiles"]) == 4 * 4 * 3
    assert size.whole >= size.processor == size.graphics >= 30 + (page / "model.onnx.gz").stat().st_size
    readme = (page / "README.md").read_text()
    for name, value in HEADERS.items():
        assert f"\n  {name}: {value}\n" in (page / "_headers").read_text() and f"\n  {name}: {value}\n" in readme
    assert readme.startswith("---\ntitle:") and "\nsdk: static\n" in readme


class _Files(SimpleHTTPRequestHandler):
    headers_sent: dict[str, str] = {}  # noqa: RUF012 - set by subclasses

    def end_headers(self) -> None:
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Isolated(_Files):
    headers_sent = HEADERS


def served(folder: Path, handler: type[_Files]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def page_folder(graph: Any, loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not is_here():
        pytest.skip("no runtime of the page; `ohlora export --web page` fetches it once, with npm")
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, graph, loaded, "fp32", AGREEMENT)
    return folder


@pytest.fixture(scope="module")
def address(page_folder: Path) -> Iterator[str]:
    yield from served(page_folder, _Files)


@pytest.fixture(scope="module")
def isolated_address(page_folder: Path) -> Iterator[str]:
    yield from served(page_folder, _Isolated)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError:
        pytest.skip("playwright is not installed; pip install 'ohlora[dev]'")
    program = find_chromium()
    if program is None:
        pytest.skip("no browser: install chromium (apt-get install chromium), or name one in OHLORA_CHROMIUM")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


def opened(browser: Any, address: str, query: str) -> Any:
    """The page, once a face is on it; requests to elsewhere are collected in `page.foreign`."""
    page = browser.new_page()
    page.foreign = []
    own = (address, "blob:", "data:")
    page.on("request", lambda request: None if request.url.startswith(own) else page.foreign.append(request.url))
    page.goto(f"{address}?{query}")
    page.wait_for_selector("#picture[data-drawn]")
    return page


def picture(page: Any) -> NDArray[np.int64]:
    """What is on the page's canvas, `(16, 16, 3)`."""
    code = "Array.from(document.getElementById('picture').getContext('2d').getImageData(0, 0, 16, 16).data)"
    return np.array(page.evaluate(code)).reshape(16, 16, 4)[..., :3]


def expected(loaded: Loaded, seed: int, truncation: float, **sliders: float) -> NDArray[np.int64]:
    return np.asarray(FaceGenerator(loaded).generate(seed=seed, truncation=truncation, **sliders)).astype(int)


def move(page: Any, name: str, value: float) -> None:
    """Moves a slider and waits for its picture."""
    page.fill(f"#slider-{name} input[type=number]", f"{value}")
    page.wait_for_function(
        "([place, value]) => JSON.parse(document.getElementById('picture').dataset.drawn).values[place] === value",
        arg=[["mouth", "pose"].index(name), value],
    )


def test_the_browser_draws_the_face_that_python_draws(browser: Any, address: str, loaded: Loaded) -> None:
    page = opened(browser, address, "seed=4294967295&mouth=0.9&truncation=1")
    assert "one thread" in page.inner_text("#status")
    assert np.abs(picture(page) - expected(loaded, 4294967295, 1.0, mouth=0.9)).max() <= 1
    page.context.set_offline(True)
    move(page, "pose", -0.4)
    page.context.set_offline(False)
    assert np.abs(picture(page) - expected(loaded, 4294967295, 1.0, mouth=0.9, pose=-0.4)).max() <= 1
    page.wait_for_function("() => location.search === '?seed=4294967295&truncation=1&mouth=0.9&pose=-0.4'")
    assert page.foreign == []


def test_sliders_stand_where_the_face_is_and_go_back(browser: Any, address: str, loaded: Loaded) -> None:
    page = opened(browser, address, "seed=5")
    own = FaceGenerator(loaded).read(5)
    assert isinstance(own, dict)
    assert float(page.input_value("#slider-pose input[type=number]")) == pytest.approx(own["pose"], abs=0.006)
    before = picture(page)
    move(page, "pose", 1.0)
    assert np.abs(picture(page) - before).max() > 5
    page.click("#slider-pose button")
    page.wait_for_function("() => JSON.parse(document.getElementById('picture').dataset.drawn).values[1] === null")
    assert np.array_equal(picture(page), before)
    page.click("#next")
    page.wait_for_function("() => JSON.parse(document.getElementById('picture').dataset.drawn).seed === 6")
    assert np.abs(picture(page) - expected(loaded, 6, 0.7)).max() <= 1


def test_a_host_that_isolates_gets_threads(browser: Any, isolated_address: str, loaded: Loaded) -> None:
    page = opened(browser, isolated_address, "seed=3&threads=2")
    assert page.evaluate("crossOriginIsolated") and "2 threads" in page.inner_text("#status")
    assert np.abs(picture(page) - expected(loaded, 3, 0.7)).max() <= 1


def test_an_address_with_nonsense_shows_a_face(browser: Any, address: str, loaded: Loaded) -> None:
    page = opened(browser, address, "seed=nobody&mouth=&pose=9&truncation=x")
    assert np.abs(picture(page) - expected(loaded, 0, 0.7, pose=1.0)).max() <= 1


def test_a_page_without_its_model_says_so(browser: Any, address: str, page_folder: Path) -> None:
    hidden = (page_folder / "model.onnx.gz").rename(page_folder / "elsewhere")
    try:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("#status.problem")
        assert "model.onnx.gz cannot be had (404)" in page.inner_text("#status")
    finally:
        hidden.rename(page_folder / "model.onnx.gz")

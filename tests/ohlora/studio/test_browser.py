"""The page in a real browser."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.recipe import save_face
from ohlora.hub import load_parser
from ohlora.sliders.slider_model import has_sliders
from ohlora.studio.engine import Engine
from ohlora.studio.exports import face_recipe
from ohlora.studio.faces import Face
from ohlora.studio.serve import Server, ServeSettings, serving_engine
from tests.ohlora.studio.painted import MOUTH

LIVE, UNMOVED = "#studio-live img", "#studio-unmoved img"


class Visitor:
    """Somebody with the page open."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._note(request.url, url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(url)
        page.wait_for_selector(f"{LIVE}[src^='data:']")
        page.wait_for_function("document.querySelector('#studio-readout-mouth').innerText.includes('moved')")

    def _note(self, address: str, url: str) -> None:
        if not address.startswith((url, "data:", "blob:")):
            self.foreign.append(address)

    def picture(self, selector: str = LIVE) -> NDArray[np.int64]:
        """The shown picture `(R, R, 3)`."""
        source = self.page.get_attribute(selector, "src")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))).astype(int)

    def drag(self, name: str, share: float) -> None:
        """Drags a slider with the mouse to a share of its length."""
        slider = self.page.locator(f"#studio-slider-{name} input[type=range]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        x, y = box["x"] + box["width"] * float(slider.evaluate(SHARE)), box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 6):
            self.page.mouse.move(x + (box["x"] + box["width"] * share - x) * step / 5, y)
        self.page.mouse.up()
        self.settle(name)

    def settle(self, name: str) -> None:
        """Waits until the picture is that of where the slider stands."""
        self.page.wait_for_function(
            """name => {
                const value = Number(document.querySelector(`#studio-slider-${name} input[type=range]`).value);
                const moved = JSON.parse(document.querySelector('#studio-live img').dataset.moved);
                return name in moved && Math.abs(moved[name] - value) < 0.005;
            }""",
            arg=name,
        )

    def value(self, name: str) -> float:
        return float(self.page.input_value(f"#studio-slider-{name} input[type=number]"))

    def moved(self) -> dict[str, float]:
        """The sliders that the shown picture was drawn with."""
        moved: dict[str, float] = json.loads(self.page.get_attribute(LIVE, "data-moved"))
        return moved

    def seed(self) -> int:
        return int(self.page.input_value("#studio-seed input"))

    def press(self, button: str) -> None:
        """Presses a button and waits for another picture."""
        before = self.page.get_attribute(LIVE, "data-number")
        self.page.click(f"#studio-{button}")
        self.page.wait_for_function(f"document.querySelector('{LIVE}').dataset.number != '{before}'")

    def status(self, text: str) -> None:
        """Waits until the status says something."""
        self.page.wait_for_function(
            "text => document.querySelector('#studio-status').innerText.includes(text)", arg=text
        )

    def drop(self, name: str, data: bytes) -> None:
        """Drops a file onto the page's heading."""
        transfer = self.page.evaluate_handle(
            """([name, data]) => {
                const transfer = new DataTransfer();
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type: 'image/png' }));
                return transfer;
            }""",
            [name, base64.b64encode(data).decode()],
        )
        self.page.dispatch_event("h1", "drop", {"dataTransfer": transfer})


SHARE = "input => (input.value - input.min) / (input.max - input.min)"


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Any]:
    """Opens the page, each time as another visitor."""
    contexts = []

    def opening(width: int = 1200, height: int = 900, **settings: Any) -> Visitor:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **settings))
        contexts[-1].set_default_timeout(60_000)
        return Visitor(contexts[-1].new_page(), server.url)

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(open_page: Any) -> Iterator[Visitor]:
    visitor = open_page()
    yield visitor
    assert not visitor.errors and not visitor.foreign


def recipe_png(engine: Engine, face: Face, folder: Path) -> bytes:
    path = folder / "face.png"
    save_face(path, engine.draw(face), face_recipe(engine, face))
    return path.read_bytes()


def test_a_dragged_slider_changes_its_place_in_the_picture(visitor: Visitor, engine: Engine) -> None:
    before, own = visitor.picture(), visitor.value("mouth")
    visitor.drag("mouth", 0.98)
    change = np.abs(visitor.picture() - before).mean(axis=2)
    assert change[MOUTH].mean() > 20
    change[40:56, 16:48] = 0  # a JPEG's blocks of 8 pixels around the mouth
    assert change.max() < 3
    assert visitor.value("mouth") > own + 0.2
    assert list(visitor.moved()) == ["mouth"]
    # The other picture is the one that was.
    assert np.abs(visitor.picture(UNMOVED) - before).max() == 0


def test_the_measured_value_is_that_of_the_shown_face(visitor: Visitor, engine: Engine) -> None:
    visitor.drag("mouth", 0.9)
    measured = engine.measure(engine.draw(Face(0, moved=visitor.moved())))
    assert measured is not None
    number = f"{measured['mouth']:.2f}"
    text = number if number != "nan" else "no face found"
    visitor.page.wait_for_function(
        "text => { const words = document.querySelector('#studio-readout-mouth').innerText;"
        "return words.includes(text) && words.includes('moved; the face') }",
        arg=text,
    )


def test_the_model_moves_the_mouth_and_not_the_forehead(browser: Any) -> None:
    if not has_sliders("portraits"):
        pytest.skip("the embedded model has no sliders yet")
    engine = Engine(FaceGenerator.from_pretrained("portraits", device="cpu"), load_parser("portraits", "cpu"))
    with serving_engine(engine, ServeSettings(device="cpu")) as server:
        page = browser.new_page()
        visitor = Visitor(page, server.url)
        visitor.drag("mouth", 0.02)
        before = visitor.picture()
        visitor.drag("mouth", 0.98)
        change = np.abs(visitor.picture() - before).mean(axis=2)
        edge = len(change)
        mouth = change[int(0.62 * edge) : int(0.76 * edge), int(0.38 * edge) : int(0.62 * edge)].mean()
        forehead = change[int(0.24 * edge) : int(0.36 * edge), int(0.38 * edge) : int(0.62 * edge)].mean()
        background = change[: int(0.15 * edge), : int(0.15 * edge)].mean()
        assert mouth > 2 * forehead and mouth > 2 * background
        page.close()
    engine.close()


def test_resetting_one_slider_and_all(visitor: Visitor) -> None:
    before, own = visitor.picture(), visitor.value("mouth")
    visitor.drag("mouth", 0.9)
    visitor.drag("pose", 0.2)
    visitor.press("reset-mouth")
    assert visitor.value("mouth") == own and list(visitor.moved()) == ["pose"]
    visitor.press("reset-all")
    assert visitor.moved() == {}
    assert np.abs(visitor.picture() - before).max() == 0


def test_other_people(visitor: Visitor) -> None:
    visitor.press("next")
    visitor.press("next")
    assert visitor.seed() == 2
    visitor.press("previous")
    assert visitor.seed() == 1
    visitor.press("dice")
    visitor.page.fill("#studio-seed input", "12")
    visitor.status("Seed 12.")
    visitor.page.fill("#studio-truncation input[type=number]", "0.2")
    visitor.page.press("#studio-truncation input[type=number]", "Tab")
    visitor.status("Seed 12, truncation 0.20.")


def test_a_number_out_of_range_is_put_right_and_told(visitor: Visitor) -> None:
    page, seed = visitor.page, "#studio-seed input"
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.fill(seed, "99999999999")
    page.press(seed, "Enter")
    visitor.status("expected a whole number from 0 to 4294967295; took 4294967295 for “99999999999”")
    page.wait_for_function("document.querySelector('#studio-live img').alt.includes('seed 4294967295')")
    page.fill(seed, "1.5")
    page.press(seed, "Tab")
    visitor.status("took 2 for “1.5”")
    mouth = "#studio-slider-mouth input[type=number]"
    page.fill(mouth, "5")
    page.press(mouth, "Tab")
    visitor.settle("mouth")
    assert visitor.value("mouth") == 1 and visitor.moved() == {"mouth": 1}
    assert failed == []


def test_what_is_being_typed_draws_once(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "predict" in request.url else None)
    visitor.page.fill("#studio-seed input", "")
    visitor.page.type("#studio-seed input", "123456", delay=30)
    assert asked == []
    visitor.status("Seed 123456.")


def test_what_is_moved_stays_moved_on_another_face(visitor: Visitor) -> None:
    visitor.drag("mouth", 0.9)
    moved, pose = visitor.moved(), visitor.value("pose")
    visitor.press("next")
    assert visitor.moved() == moved
    assert visitor.value("pose") != pose


def test_a_dropped_picture_restores_its_face(visitor: Visitor, engine: Engine, tmp_path: Path) -> None:
    face = Face(77, 0.5, {"mouth": 0.8125, "pose": -0.25})
    visitor.drop("mine.png", recipe_png(engine, face, tmp_path))
    visitor.status("Restored from mine.png: seed 77, truncation 0.50, mouth 0.81, pose -0.25.")
    assert visitor.seed() == 77 and visitor.value("mouth") == 0.81 and visitor.value("pose") == -0.25
    assert visitor.moved() == {"mouth": 0.8125, "pose": -0.25}
    # A second one, dropped where the first was.
    visitor.drop("other.png", recipe_png(engine, Face(5), tmp_path))
    visitor.status("Restored from other.png: seed 5.")


def test_a_dropped_picture_without_a_recipe_is_told(visitor: Visitor) -> None:
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    visitor.drop("holiday.png", data.getvalue())
    visitor.status("expected a recipe in holiday.png, found none")
    visitor.drop("broken.png", b"nothing")
    visitor.status("broken.png is no PNG, or damaged")
    # A refused file does not stay in the area for files, which takes the next one.
    visitor.page.wait_for_selector("#studio-drop input[type=file]", state="attached")
    assert visitor.seed() == 0


def test_kept_faces_come_back_and_go_home(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.drag("mouth", 0.9)
    moved = visitor.moved()
    page.click("#studio-keep")
    visitor.status("Kept as number 1.")
    visitor.press("next")
    page.click("#studio-keep")
    visitor.status("Kept as number 2.")
    visitor.press("reset-all")
    page.click("[data-show='1']")
    visitor.status("Shown again: seed 0, mouth")
    assert visitor.moved() == moved and visitor.seed() == 0
    page.check(".studio-kept input[value='1']")
    visitor.status("1 of 2 kept faces are ticked.")
    page.click("#studio-export")
    visitor.status("1 face ready")
    with page.expect_download() as download:
        page.locator("#studio-files a[download*='seed0']").first.click()
    download.value.save_as(tmp_path / "face.png")
    recipe = json.loads(Image.open(tmp_path / "face.png").info["ohlora"])
    assert recipe["seed"] == 0 and recipe["sliders"] == moved
    assert page.locator("#studio-files a[download='faces.zip']").count()
    page.click("#studio-remove")
    visitor.status("Removed 1 face.")
    assert page.locator(".studio-kept li").count() == 1


def test_a_sweep_becomes_a_gif(visitor: Visitor) -> None:
    visitor.page.click("#studio-sweep")
    visitor.status("is ready")
    source = visitor.page.get_attribute("img.studio-gif", "src")
    assert Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).n_frames == 28  # 15 there, 13 back
    assert visitor.page.locator("#studio-gif a[download$='.gif']").count()


def test_visitors_do_not_mix(open_page: Any, engine: Engine) -> None:
    first, second = open_page(), open_page()
    for step in range(3):
        first.press("next")
        first.drag("mouth", 0.9 - 0.1 * step)
        second.drag("pose", 0.2 + 0.1 * step)
    first.page.click("#studio-keep")
    first.status("Kept as number 1.")
    assert (first.seed(), second.seed()) == (3, 0)
    assert (list(first.moved()), list(second.moved())) == (["mouth"], ["pose"])
    for visitor in (first, second):
        expected = engine.draw(Face(visitor.seed(), moved=visitor.moved())).astype(int)
        assert np.abs(visitor.picture() - expected).mean() < 3  # but for the JPEG
    assert not second.page.locator(".studio-kept").count()


def test_the_last_value_wins(visitor: Visitor) -> None:
    seen = visitor.page.evaluate(
        """async () => {
            const input = document.querySelector('#studio-slider-mouth input[type=range]');
            const image = document.querySelector('#studio-live img');
            let pictures = 0;
            new MutationObserver(() => pictures++).observe(image, { attributes: true, attributeFilter: ['src'] });
            for (let k = 0; k <= 100; k++) {
                input.value = k / 100;
                input.dispatchEvent(new Event('input', { bubbles: true }));
                await new Promise((done) => setTimeout(done, 2));
            }
            return new Promise((done) => setTimeout(() => done([pictures, JSON.parse(image.dataset.moved).mouth]), 1500));
        }"""
    )
    assert seen[1] == 1.0
    assert 1 <= seen[0] < 100


def test_the_comparison_can_be_hidden(visitor: Visitor) -> None:
    visitor.page.uncheck("#studio-compare input")
    visitor.page.wait_for_selector("#studio-unmoved", state="hidden")
    visitor.press("next")
    visitor.page.check("#studio-compare input")
    visitor.page.wait_for_selector("#studio-unmoved", state="visible")
    visitor.page.wait_for_function(
        "document.querySelector('#studio-unmoved img').src === document.querySelector('#studio-live img').src"
    )


def test_the_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.closest('[id^=studio-]') || {}).id || ''"))
    wanted = ["studio-compare", "studio-keep", "studio-seed", "studio-previous", "studio-next", "studio-dice"]
    wanted += [
        "studio-truncation",
        "studio-slider-mouth",
        "studio-reset-mouth",
        "studio-slider-pose",
        "studio-reset-pose",
    ]
    wanted += ["studio-reset-all", "studio-export", "studio-remove", "studio-sweep-name", "studio-sweep-steps"]
    wanted += ["studio-sweep", "studio-drop"]
    order = list(dict.fromkeys(name for name in reached if name in wanted))
    assert order == wanted
    page.focus("#studio-slider-mouth input[type=range]")
    value = visitor.value("mouth")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    visitor.settle("mouth")
    assert visitor.value("mouth") == pytest.approx(value + 0.02)
    page.focus("#studio-reset-mouth")
    page.keyboard.press("Enter")
    visitor.status("mouth is back where this face has it.")
    page.focus("#studio-compare input")
    page.keyboard.press("Space")
    page.wait_for_selector("#studio-unmoved", state="hidden")


def test_everything_has_a_name_that_can_be_read_out(visitor: Visitor) -> None:
    page = visitor.page
    page.click("#studio-keep")
    visitor.status("Kept as number 1.")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, img, [role=listbox]')]
            .filter((one) => one.offsetParent !== null && !one.closest('.studio-hidden'))
            .filter((one) => !(one.ariaLabel || one.alt || one.innerText?.trim() || one.title
                || [...(one.labels || [])].some((label) => label.innerText.trim())))
            .map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    # The line is read out because its place stays while its words change.
    place = page.locator("#studio-status [role=status][aria-live=polite]")
    assert place.count() == 1 and place.inner_text().strip() == "Kept as number 1."
    assert page.locator("h1").count() == 1 and page.locator("h2").count() == 5
    assert "seed 0" in page.get_attribute(LIVE, "alt")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(open_page: Any, scheme: str) -> None:
    visitor = open_page(color_scheme=scheme)
    visitor.page.click("#studio-keep")
    visitor.status("Kept as number 1.")
    assert visitor.page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 390])
def test_the_width_of_a_phone(open_page: Any, width: int) -> None:
    visitor = open_page(width, 700, has_touch=True, is_mobile=True)
    page = visitor.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#studio-slider-pose input[type=range]").scroll_into_view_if_needed()
    box = page.locator(LIVE).bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] < 400, "the picture stays in sight while sliders are moved"
    visitor.drag("pose", 0.8)
    assert list(visitor.moved()) == ["pose"]


# WCAG 2.2, success criterion 1.4.3: text has a contrast of 4.5 to 1, large text of 3 to 1.
CONTRAST = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour) => {
        const [r, g, b] = colour.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (one) => {
        for (; one; one = one.parentElement) {
            const colour = rgba(getComputedStyle(one).backgroundColor);
            if (colour[3] > 200) return colour;
        }
        return [255, 255, 255, 255];
    };
    const wrong = [];
    for (const one of document.querySelectorAll('.gradio-container *')) {
        const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
        const box = one.getBoundingClientRect();
        if (!(text || one.matches('input[type=number], input[type=text]')) || one.offsetParent === null || box.width < 2 || one.closest('button:disabled')) continue;
        const style = getComputedStyle(one);
        const pair = [light(rgba(style.color)), light(ground(one))].sort((a, b) => b - a);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        const size = parseFloat(style.fontSize);
        if (ratio < (size >= 24 || (size >= 18.6 && style.fontWeight >= 700) ? 3 : 4.5))
            wrong.push(`${ratio.toFixed(2)} ${one.tagName} ${text.slice(0, 40)}`);
    }
    return wrong;
}"""


def test_a_page_says_when_its_server_is_gone_or_another(engine: Engine, browser: Any) -> None:
    context = browser.new_context()
    context.set_default_timeout(60_000)
    with serving_engine(engine, ServeSettings()) as server:
        visitor = Visitor(context.new_page(), server.url)
        visitor.page.evaluate("window.opened = 'once'")
        visitor.page.wait_for_timeout(4000)  # so that the page has asked for the server's name
    visitor.status("does not answer")
    with serving_engine(engine, ServeSettings(port=urlsplit(server.url).port or 0)):
        # Gradio may reload the page first; then it is a new one.
        visitor.page.wait_for_function(
            "() => window.opened !== 'once' || document.querySelector('#studio-status').innerText.includes('forgotten')"
        )
    context.close()

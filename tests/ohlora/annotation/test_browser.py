"""The page in a real browser, by the keyboard alone."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ohlora.datasets.face_folder import FaceDataset
from scripts.browser import FLAGS, find_chromium
from tests.ohlora.annotation.processes import Annotate

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; install it, or name it in OHLORA_CHROMIUM")
PATIENCE = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab of which no script may fail."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shown(page: Any) -> str:
    return str(page.locator("#face img").get_attribute("alt"))


def press(page: Any, key: str, then: str) -> None:
    """Press a key and wait until the pace line begins like `3 of 12`."""
    page.keyboard.press(key)
    page.wait_for_function("text => document.querySelector('#pace').textContent.startsWith(text)", arg=then)


def test_ten_faces_by_keyboard_survive_a_killed_server(faces: Path, page: Any, answers: Callable[..., Any]) -> None:
    server = Annotate(faces, port=free_port())
    page.goto(server.url)
    page.wait_for_selector("#face img")
    for number, key in enumerate("1010110s10"):
        assert shown(page) == f"Face {number:02d}.png"
        press(page, key, f"{number + 1} of 12")
        assert len(answers()) == number + 1  # on the disk before the next face shows
    server.kill()
    page.keyboard.press("1")
    page.wait_for_selector("#alert:not([hidden])")
    assert "does not answer" in page.text_content("#alert")

    server = Annotate(faces, port=server.port)
    try:
        page.wait_for_selector("#alert", state="hidden")
        assert page.text_content("#pace").startswith("10 of 12") and shown(page) == "Face 10.png"
        table = FaceDataset(faces)
        assert table.text("label_gender") == ["1", "0", "1", "0", "1", "1", "0", "", "1", "0"]
        press(page, "u", "9 of 12")
        assert shown(page) == "Face 09.png"
        for number in range(9, 12):
            press(page, "1", f"{number + 1} of 12")
        page.wait_for_selector("#end:not([hidden])")
        assert page.text_content("#status").endswith("All done.")
        assert "1 of them skipped" in page.text_content("#summary")
        press(page, "u", "11 of 12")
    finally:
        told = server.stop()
    assert "11 of 12 questions, of which 1 skipped" in told


def test_the_next_faces_are_loaded_before_they_are_needed(
    faces: Path, page: Any, open_page: Callable[..., Any]
) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    url = open_page().server.url
    page.goto(url)
    page.wait_for_selector("#face img")
    page.wait_for_timeout(300)
    assert [path for path in requested if "/faces/" in path] == [f"{url}faces/{number}" for number in range(4)]
    before = len(requested)
    press(page, "1", "1 of 12")
    page.wait_for_timeout(300)
    # One answer and one further face; the face that shows now was there already.
    assert requested[before:] == [f"{url}api/answer", f"{url}faces/4"]


def test_keys_that_are_no_answers(faces: Path, page: Any, open_page: Callable[..., Any], answers: Any) -> None:
    page.goto(open_page().server.url)
    page.wait_for_selector("#face img")
    for key in ("2", "Control+1", "x", "u"):
        page.keyboard.press(key)
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: '1', repeat: true }))")
    page.get_by_label("Single keys answer").uncheck()
    page.keyboard.press("1")
    page.wait_for_timeout(300)
    assert answers() == []
    page.get_by_label("Single keys answer").check()
    press(page, "1", "1 of 12")


def test_a_face_that_cannot_be_shown_can_be_skipped(faces: Path, page: Any, open_page: Callable[..., Any]) -> None:
    (faces / "00.png").write_bytes(b"no picture")
    page.goto(open_page().server.url)
    page.wait_for_selector("#face p")
    page.keyboard.press("1")
    page.wait_for_timeout(200)
    assert page.text_content("#pace").startswith("0 of 12")
    press(page, "s", "1 of 12")
    assert shown(page) == "Face 01.png"


def test_buttons_can_be_reached_and_say_what_they_are(faces: Path, page: Any, open_page: Callable[..., Any]) -> None:
    page.goto(open_page().server.url)
    page.wait_for_selector("#face img")
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert reached == ["zero", "one", "undo", "skip", "keys"]
    for name in ("man 0", "woman 1", "Undo U", "Skip S"):
        assert page.get_by_role("button", name=name, exact=True).count() == 1
    assert page.get_by_role("progressbar", name="Answered").count() == 1
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    page.locator("#one").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#pace').textContent.startsWith('1 of 12')")
    assert status.text_content() == "Saved: gender woman. Question 2 of 12: gender: man or woman?"
    assert page.evaluate("document.activeElement.id") == "one"


LUMINANCE = """(selector) => {
  const style = getComputedStyle(document.querySelector(selector));
  let node = document.querySelector(selector), ground = 'rgba(0, 0, 0, 0)';
  while (node && ground === 'rgba(0, 0, 0, 0)') { ground = getComputedStyle(node).backgroundColor; node = node.parentElement; }
  return [style.color, ground].map((text) => text.match(/[0-9.]+/g).slice(0, 3).map(Number));
}"""


def luminance(color: list[float]) -> float:
    """Relative luminance of sRGB 0..255, as WCAG 2.1 defines it."""
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in (c / 255 for c in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_it_fits_and_can_be_read_at_every_width(page: Any, open_page: Callable[..., Any], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(open_page().server.url)
    page.wait_for_selector("#face img")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= 700
    image = page.locator("#face img").bounding_box()
    assert min(image["width"], image["height"]) > 200
    for name in ("zero", "one", "undo", "skip"):
        box = page.locator(f"#{name}").bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= width
    for selector in ("#question", "#pace", "#status", "#zero", "#skip", "#place"):
        light, dark = sorted((luminance(color) for color in page.evaluate(LUMINANCE, selector)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector


def test_another_page_cannot_answer(faces: Path, page: Any, open_page: Callable[..., Any], answers: Any) -> None:
    url = open_page().server.url
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status))
    page.goto("about:blank")
    answer = "body: JSON.stringify({face: 0, label: 'gender', answer: 1})"
    for options in (f"mode: 'no-cors', {answer}", f"headers: {{'Content-Type': 'application/json'}}, {answer}"):
        page.evaluate(f"() => fetch('{url}api/answer', {{method: 'POST', {options}}}).catch(() => null)")
    page.set_content(f"<form method=post enctype=text/plain action='{url}api/undo'><button>x</button></form>")
    page.click("button")
    page.wait_for_url(f"{url}api/undo")
    # The browser keeps back the second, for which it asks first; what arrives is refused for its origin.
    assert 403 in statuses and 200 not in statuses
    assert answers() == []

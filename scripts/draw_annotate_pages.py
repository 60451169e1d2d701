"""Takes the pictures of the labelling page for the documentation: `python -m scripts.draw_annotate_pages`.

Draws a few faces with the embedded generator, or takes those of a folder, opens the page on them in Chromium, answers some by
keyboard, and saves the page at the width of a desktop and of a phone.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import click

from ohlora.annotation.access import Access
from ohlora.annotation.queue import QueueSettings
from ohlora.annotation.server import AnnotationServer
from ohlora.annotation.session import Session
from ohlora.datasets.face_folder import FaceDataset
from ohlora.labelling.label_columns import LabelName
from scripts.browser import running_browser

PAGES = {"desktop": (1280, 800), "phone": (390, 780)}
_PICTURES = Path(__file__).parents[1] / "docs" / "images"


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=_PICTURES, help="Where they go.")
@click.option("--seeds", default="40-55", help="Faces of the embedded generator.")
@click.option("--faces", "source", type=click.Path(file_okay=False, path_type=Path), help="Faces that are there.")
def main(out: Path, seeds: str, source: Path | None) -> None:
    """Save pictures of the labelling page."""
    with tempfile.TemporaryDirectory() as folder:
        faces = Path(folder) / "faces"
        if source is not None:
            shutil.copytree(source, faces)
        else:
            _draw_faces(faces, seeds)
        session = Session(FaceDataset(faces), "anna", QueueSettings((LabelName.parse("gender"),)))
        server = AnnotationServer(session, Access(port=0))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            _take_pictures(server.url, out)
        finally:
            server.shutdown()
            server.server_close()
            session.close()


def _draw_faces(folder: Path, seeds: str) -> None:
    from ohlora.generation.loaded_model import load_without_sliders
    from ohlora.generation.seeds import parse_seeds
    from ohlora.generation.synthesis import SynthesisSettings, synthesize

    synthesize(folder, SynthesisSettings(seeds=parse_seeds(seeds)), load_without_sliders("portraits"))


def _take_pictures(url: str, out: Path) -> None:
    with running_browser() as browser:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#face img")
        for number in range(8):
            time.sleep(1.2)  # about the pace of a person
            _answer(page, str(number % 2), number + 1)
        for name, (width, height) in PAGES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=out / f"annotate_{name}.png")
            click.echo(f"wrote {out / f'annotate_{name}.png'}")


def _answer(page: Any, key: str, done: int) -> None:
    page.keyboard.press(key)
    page.wait_for_function("text => document.querySelector('#pace').textContent.startsWith(text)", arg=f"{done} of")


if __name__ == "__main__":
    main()

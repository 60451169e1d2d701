"""Photographs the studio for the documentation, at a desktop's and at a phone's width.

python -m scripts.studio_pictures --model portraits --out docs/images
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ohlora.studio.serve import ServeSettings, serving
from scripts.browser import open_studio, running_browser


@click.command()
@click.option("--model", default="portraits", show_default=True, help="As for ohlora serve.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="docs/images", show_default=True)
@click.option("--seeds", default="12,3,20", show_default=True, help="The faces that are shown and kept.")
def main(model: str, out: Path, seeds: str) -> None:
    """Take `studio_desktop.png` and `studio_phone.png`."""
    out.mkdir(parents=True, exist_ok=True)
    with serving(ServeSettings(model=model, device="cpu")) as server, running_browser() as browser:
        for name, width, height in (("desktop", 1200, 1440), ("phone", 390, 844)):
            page = browser.new_page(viewport={"width": width, "height": height})
            open_studio(page, server.url)
            shape(page, seeds.split(","))
            if name == "phone":
                page.locator("#studio-right h2").scroll_into_view_if_needed()
                page.mouse.wheel(0, 330)
            else:
                page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(800)
            path = out / f"studio_{name}.png"
            page.screenshot(path=path)
            click.echo(path)
            page.close()


def shape(page: Any, seeds: list[str]) -> None:
    """Keep a face of each seed with its mouth open, and stay at the last."""
    for seed in seeds:
        page.fill("#studio-seed input", seed)
        page.wait_for_timeout(1000)
        page.fill("#studio-slider-mouth input[type=number]", "0.9")
        page.press("#studio-slider-mouth input[type=number]", "Tab")
        page.wait_for_timeout(1500)
        page.click("#studio-keep")
        page.wait_for_timeout(500)
    page.wait_for_timeout(1500)


if __name__ == "__main__":
    main()

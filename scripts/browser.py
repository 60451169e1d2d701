"""A headless Chromium, for scripts and tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

# As root in a container there is neither a sandbox nor a GPU; the rest keeps it from calling home.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")  # fmt: skip


def find_chromium() -> str | None:
    """Path of a Chromium: `OHLORA_CHROMIUM`, else the system's; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("OHLORA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def running_browser() -> Iterator[Any]:
    """A browser for the length of a block.

    Raises:
        click.ClickException: There is none.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise click.ClickException("playwright is not installed; pip install 'ohlora[dev]'") from error
    program = find_chromium()
    if program is None:
        raise click.ClickException("no browser: install chromium, or name one in OHLORA_CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_studio(page: Any, url: str) -> None:
    """Open the page and wait until its face is drawn and measured."""
    page.set_default_timeout(60_000)
    page.goto(url)
    page.wait_for_selector("#studio-live img[src^='data:']")
    page.wait_for_function("document.querySelector('#studio-sliders .studio-readout')?.innerText.includes('moved')")

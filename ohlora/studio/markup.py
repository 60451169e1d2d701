"""The HTML and the data of what Gradio has no component for."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.sliders.slider import Slider
from ohlora.studio.faces import Face
from ohlora.studio.session import KeptFace

_QUALITY = 90
_THUMBNAIL = 96

EMPTY_GALLERY = '<p class="studio-hint">Nothing is kept yet. “Keep this face” puts the shown face here.</p>'


def data_url(pixels: NDArray[np.uint8], edge: int | None = None) -> str:
    """A picture `(R, R, 3)` as a `data:` URL of a JPEG, which is ten times quicker to send than a PNG.

    Args:
        pixels: RGB.
        edge: Width and height that it is made smaller to.
    """
    picture, data = Image.fromarray(pixels), io.BytesIO()
    if edge is not None:
        picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    picture.save(data, "JPEG", quality=_QUALITY, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()


def thumbnail(pixels: NDArray[np.uint8]) -> str:
    """A small picture for the gallery as a `data:` URL."""
    return data_url(pixels, _THUMBNAIL)


def picture(face: Face, pixels: NDArray[np.uint8], number: int, title: str) -> str:
    """What a picture's frame on the page shows, as JSON for `page.js`.

    Args:
        face: Whose picture.
        pixels: `(R, R, 3)` RGB.
        number: Of the picture; one with a lower number than the shown one came late and is not shown.
        title: The caption.
    """
    return json.dumps(
        {
            "source": data_url(pixels),
            "number": number,
            "title": title,
            "text": f"{title}: {face.describe()}",
            "moved": dict(face.moved),
        }
    )


def readout(slider: Slider, measured: float | None, own: float, is_moved: bool) -> str:
    """The line under a slider: where the shown face is found to stand, and where the face itself has it.

    Args:
        slider: The slider.
        measured: On the slider's scale; NaN where nothing was found, None where it is not measured.
        own: Where the slider stands while it is not moved.
        is_moved: Whether it was.
    """
    if measured is None:
        text = "not measured"
    elif math.isnan(measured):
        text = "measured <b>—</b> (no face found)"
    else:
        text = f"measured <b>{round(measured, 2) + 0.0:.2f}</b>"
    state = f"moved; the face’s own is {own:.2f}" if is_moved else f"not moved; should be {own:.2f}, the face’s own"
    return f'<p class="studio-readout" data-slider="{escape(slider.name)}">{text} · {state}</p>'


def gallery(kept: Sequence[KeptFace], chosen: frozenset[int]) -> str:
    """The kept faces, each with a box to tick and a button that shows it again."""
    if not kept:
        return EMPTY_GALLERY
    items = []
    for face in kept:
        text = escape(face.face.describe())
        ticked = " checked" if face.number in chosen else ""
        items.append(
            f'<li><label><img src="{face.thumbnail}" alt="Kept face {face.number}: {text}" decoding="sync">'
            f'<span><input type="checkbox" value="{face.number}"{ticked}> {face.number}<span class="studio-hidden">'
            f": {text}</span></span></label>"
            f'<button type="button" data-show="{face.number}" aria-label="Show kept face {face.number} again" '
            f'title="{text}">Show</button></li>'
        )
    return f'<ul class="studio-kept">{"".join(items)}</ul>'


def moving_picture(data: bytes, text: str) -> str:
    """A GIF on the page."""
    source = base64.b64encode(data).decode()
    return f'<img class="studio-gif" src="data:image/gif;base64,{source}" alt="{escape(text)}">'


def status(text: str, is_problem: bool = False) -> str:
    """The line that tells what happened; the page has it read out."""
    return f'<p class="{"studio-problem" if is_problem else "studio-news"}">{escape(text)}</p>'


def problem(error: Exception) -> str:
    """The line that tells why something was refused."""
    return status(" ".join(str(error).split()), is_problem=True)

"""Films (MP4, H.264) with a comment inside, written and read by PyAV.

PyAV brings FFmpeg along, so that nothing else has to be on the machine; it is an extra, because only films need it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ohlora.errors import SettingsError
from ohlora.files import replacing
from ohlora.images.pictures import PictureError

NO_FILMS = "an MP4 needs PyAV (pip install av, or ohlora[film]); or write a .gif or a .png"

_FRAMES_PER_SECOND = 12


def can_film() -> bool:
    """Whether PyAV is here."""
    return importlib.util.find_spec("av") is not None


def write_film(out: Path, pictures: Sequence[Image.Image], comment: str) -> None:
    """Write pictures of one size, each shown for a twelfth of a second; an odd row or column gets a black one beside it.

    Raises:
        OSError: The file cannot be written.
    """
    av = importlib.import_module("av")
    # The codec halves colours in both directions, which takes even sizes.
    width, height = (edge + edge % 2 for edge in pictures[0].size)
    with replacing(out) as temporary, av.open(str(temporary), "w", format="mp4") as film:
        film.metadata["comment"] = comment
        stream = film.add_stream("h264", rate=_FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            pixels = np.asarray(picture.convert("RGB").crop((0, 0, width, height)))
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(stream.encode())


def film_comment(path: Path) -> str:
    """The comment inside a film; empty where it has none.

    Raises:
        PictureError: The file is no film.
        SettingsError: PyAV is missing.
    """
    if not path.is_file():
        raise PictureError(path, "no such file")
    if not can_film():
        raise SettingsError(NO_FILMS)
    av: Any = importlib.import_module("av")
    try:
        with av.open(str(path)) as film:
            return str(film.metadata.get("comment", ""))
    except (OSError, ValueError, av.FFmpegError) as error:
        raise PictureError(path, "not a film, or damaged") from error

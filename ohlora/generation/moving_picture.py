"""Faces that change, in the form that a file's suffix asks for: one sheet (PNG), a moving picture (GIF) or a film (MP4).

All three carry the recipe that they were made from.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ohlora.errors import DatasetError, SettingsError
from ohlora.files import write_bytes
from ohlora.generation.film import NO_FILMS, can_film, write_film
from ohlora.generation.recipe_picture import RecipePicture, check_replaceable
from ohlora.images.carried_text import RECIPE_KEY
from ohlora.images.pictures import write_png

FORMATS = (".png", ".gif", ".mp4")

_MILLISECONDS = 120
_FILM_REPEATS = 2  # twelfths of a second


def check_place(out: Path, what: str) -> None:
    """Refuse a file that cannot be made, before anything is drawn.

    Args:
        out: The file.
        what: What shall be written, for the message.

    Raises:
        SettingsError: The suffix is none of `FORMATS`, or nothing here makes an MP4.
        DatasetError: Something else is there.
    """
    kind = out.suffix.lower()
    if kind not in FORMATS:
        raise SettingsError(f"expected a file that ends in {', '.join(FORMATS)} for {what}, got '{out}'")
    if kind == ".mp4" and not can_film():
        raise SettingsError(NO_FILMS)
    check_replaceable(out)


def write_moving(
    out: Path, sheet: Callable[[], Image.Image], frames: Callable[[], Sequence[Image.Image]], found: Mapping[str, Any]
) -> Path:
    """Write faces that change.

    Args:
        out: As `check_place` takes it; its folder is made.
        sheet: All of them in one picture.
        frames: One after the other.
        found: The recipe.

    Raises:
        DatasetError: The file cannot be written.
    """
    kind = out.suffix.lower()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".png":
            write_png(out, RecipePicture.of(sheet(), found))
        elif kind == ".gif":
            _write_gif(out, frames(), found)
        else:
            pictures = [picture for picture in frames() for _ in range(_FILM_REPEATS)]
            write_film(out, pictures, f"{RECIPE_KEY} {json.dumps(found)}")
    except OSError as error:
        raise DatasetError(f"cannot write {out}: {error.strerror or error}") from error
    return out


def there_and_back(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """A way and its way back, so that a moving picture has no seam."""
    return [*pictures, *pictures[-2:0:-1]]


def _write_gif(out: Path, pictures: Sequence[Image.Image], found: Mapping[str, Any]) -> None:
    # One palette for all frames: palettes of their own would make still parts flicker.
    palette = pictures[len(pictures) // 2].quantize(256)
    small = [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures]
    data = io.BytesIO()
    first = RecipePicture.of(small[0], found)
    first.save(data, "GIF", save_all=True, append_images=small[1:], duration=_MILLISECONDS, loop=0)
    write_bytes(out, data.getvalue())

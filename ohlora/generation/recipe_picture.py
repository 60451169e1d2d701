"""Pictures that carry their recipes into files, and files asked for the recipe they carry.

A recipe is text: an entry of a PNG, or the comment of a JPEG, a GIF or an MP4. A picture that was drawn from a recipe is a
`RecipePicture`, an ordinary picture of Pillow's that writes its recipe whenever it is saved, so that faces saved from Python
can be made again like those of the command line. What Pillow makes of it, smaller or turned or of other colours, shows
something else than the recipe and is a picture without one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ohlora.errors import DatasetError
from ohlora.generation.film import film_comment
from ohlora.images.carried_text import RECIPE_KEY, picture_text
from ohlora.images.pictures import PictureError

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
"""How the file of a single face may end."""


class RecipePicture(Image.Image):
    """A picture that writes its recipe into every PNG, JPEG and GIF that it is saved as.

    Its `info["ohlora"]` is the recipe as JSON, as in a PNG that was opened.
    """

    @classmethod
    def of(cls, picture: Image.Image | NDArray[np.uint8], found: Mapping[str, Any]) -> Self:
        """A picture, or its pixels RGB `(H, W, 3)` or RGBA `(H, W, 4)`, 0..255, with the recipe that made it."""
        drawn = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
        made = cls()
        # Pillow's own way of filling a picture from the parts of another, which it has for pickles.
        made.__setstate__([{RECIPE_KEY: json.dumps(found)}, *drawn.__getstate__()[1:]])
        return made

    def copy(self) -> Self:
        """The same picture, with the same recipe."""
        made = type(self)()
        made.__setstate__(self.__getstate__())
        return made

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:
        """Save the picture as Pillow does, with its recipe inside."""
        text = self.info[RECIPE_KEY]
        entries = PngInfo()
        given = params.get("pnginfo")
        entries.chunks += given.chunks if given else []
        entries.add_text(RECIPE_KEY, text)
        super().save(fp, format, **{"comment": f"{RECIPE_KEY} {text}".encode(), **params, "pnginfo": entries})


def carried_text(path: Path) -> str:
    """The JSON of the recipe inside a picture or a film, or something else where it has none.

    Raises:
        PictureError: The file is neither.
    """
    if path.suffix.lower() == ".mp4":
        return film_comment(path).removeprefix(f"{RECIPE_KEY} ")
    return picture_text(path)


def check_replaceable(out: Path) -> None:
    """Refuse to write over a file that is not one of ours, before anything is drawn.

    Raises:
        DatasetError: Something is there that carries no recipe.
    """
    if not out.exists():
        return
    try:
        text = carried_text(out)
    except PictureError:
        text = ""
    if not text.startswith("{"):
        raise DatasetError(
            f"{out} is there already and is no picture with a recipe of ohlora's; remove it, or choose another --out"
        )

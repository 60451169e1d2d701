"""The text that a picture of ohlora carries inside: an entry of a PNG, or the comment of a JPEG or a GIF."""

from pathlib import Path

from PIL import Image

from ohlora.images.pictures import PictureError

RECIPE_KEY = "ohlora"
"""Name of a PNG's text entry, of the entry in a picture's `info`, and the first word of a comment."""


def picture_text(path: Path) -> str:
    """The JSON of the recipe inside a picture, or something else where it has none.

    Raises:
        PictureError: The file is no picture.
    """
    try:
        with Image.open(path) as picture:
            carried = picture.info.get(RECIPE_KEY) or picture.info.get("comment", b"")
    except FileNotFoundError as error:
        raise PictureError(path, "no such file") from error
    except (OSError, ValueError) as error:
        raise PictureError(path, "not a picture, or damaged") from error
    text = carried.decode("utf-8", "replace") if isinstance(carried, bytes) else str(carried)
    return text.removeprefix(f"{RECIPE_KEY} ")

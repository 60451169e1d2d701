"""Images for the browser: from a name in the dataset's table to bytes and a media type.

Files that browsers can show are sent as they are, so that annotators judge the pixels of the dataset and no copy of
them; other formats and huge files become PNG.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from ohlora.datasets.face_folder import IMAGE_SUFFIXES, FaceDataset
from ohlora.errors import DatasetError
from ohlora.images.pictures import open_picture

_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
# Bytes: beyond, a face takes too long to load over a home network for one answer a second.
_LARGEST_FILE = 20_000_000
# Pixels: more than the page shows on any screen that is not zoomed in.
_LONGEST_EDGE = 1600


class PictureFileError(DatasetError):
    """A row whose file is no image that can be shown."""


def read_face(dataset: FaceDataset, name: str) -> tuple[bytes, str]:
    """Read an image of the dataset for a browser.

    What browsers know and is not huge is sent as it lies on the disk, the rest turned into PNG.

    Returns:
        The file's content and its media type.

    Raises:
        PictureFileError: When the row leads out of the folder, or to something that is no picture.
    """
    try:
        path = dataset.path(name)
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            raise PictureFileError(f"{name} is no image")
        kind = _type(path)
        return (path.read_bytes(), kind) if kind else (_as_png(path), "image/png")
    except (DatasetError, OSError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        raise PictureFileError(f"{name} cannot be shown: {reason}") from error


def _type(path: Path) -> str | None:
    """The media type of a file that can be sent as it is; None for one that has to be converted, or is no picture."""
    try:
        with Image.open(path) as image:
            fits = path.stat().st_size <= _LARGEST_FILE
            return _TYPES.get(image.format or "") if fits else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # reading it whole will tell why
        return None


def _as_png(path: Path) -> bytes:
    picture = open_picture(path)
    picture.thumbnail((_LONGEST_EDGE, _LONGEST_EDGE))
    data = io.BytesIO()
    picture.save(data, format="PNG")
    return data.getvalue()

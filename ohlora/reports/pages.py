"""What a page of a report is made of: templates, pictures inside the page, and numbers as they are written for people.

A report is one HTML file that opens without a network, years later and on another machine. Whatever it shows is
therefore part of it: plots as SVG, faces as small JPEGs, both as `data:` URIs.
"""

from __future__ import annotations

import base64
import io
import math
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image, ImageOps

from ohlora.images.pictures import PictureError, open_picture

FACE_PIXELS = 144
"""Width of a face, twice what it has on a phone: screens of phones have two pixels or more to one of the page."""


def environment(package: str) -> Environment:
    """The templates of a package, such as `ohlora.labelling.report`."""
    # Names of files and models come from elsewhere: everything is escaped.
    return Environment(loader=PackageLoader(package, ""), autoescape=True, undefined=StrictUndefined)


def label(name: str) -> str:
    """An attribute's or column's name as words."""
    return name.replace("_", " ")


def decimals(value: float | None, places: int = 3) -> str:
    """A number with a real minus sign, or a dash where nothing was measured (None, NaN)."""
    return "–" if value is None or math.isnan(value) else f"{value:.{places}f}".replace("-", "−")


def percent(value: float) -> str:
    """A share, such as `1.5%`, or a dash where nothing was measured (NaN)."""
    return "–" if math.isnan(value) else f"{value:.1%}"


def svg_uri(svg: str) -> str:
    """SVG text as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def picture_uri(picture: Image.Image, quality: int = 86) -> str:
    """A picture as a data URI of a JPEG."""
    data = io.BytesIO()
    picture.save(data, format="JPEG", quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def thumbnail_uri(path: Path) -> str:
    """The square middle of an image file, `FACE_PIXELS` wide, as a data URI; an empty one where it cannot be read."""
    try:
        picture = open_picture(path)
    except PictureError:
        return "data:,"  # an empty tile; the page's section on what is missing says why
    return picture_uri(ImageOps.fit(picture, (FACE_PIXELS, FACE_PIXELS), Image.Resampling.LANCZOS))

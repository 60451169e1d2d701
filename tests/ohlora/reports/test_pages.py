import base64
import io
import math

from PIL import Image

from ohlora.reports.pages import FACE_PIXELS, decimals, environment, label, percent, picture_uri, svg_uri, thumbnail_uri


def decoded(uri: str, kind: str) -> bytes:
    start = f"data:{kind};base64,"
    assert uri.startswith(start)
    return base64.b64decode(uri.removeprefix(start))


def test_numbers_for_people():
    assert decimals(-0.126, places=2) == "−0.13"
    assert decimals(1.0) == "1.000"
    assert decimals(math.nan) == decimals(None) == percent(math.nan) == "–"
    assert percent(0.0149) == "1.5%"
    assert label("hair_length") == "hair length"


def test_plots_are_inside_the_page():
    assert decoded(svg_uri("<svg>é</svg>"), "image/svg+xml") == "<svg>é</svg>".encode()


def test_pictures_are_inside_the_page():
    picture = Image.open(io.BytesIO(decoded(picture_uri(Image.new("RGB", (30, 20), (200, 100, 50))), "image/jpeg")))
    assert (picture.format, picture.size) == ("JPEG", (30, 20))
    # One colour survives JPEG but for rounding on the way through YCbCr.
    assert all(abs(got - want) <= 2 for got, want in zip(picture.getpixel((9, 9)), (200, 100, 50), strict=True))


def test_thumbnails_are_square(tmp_path):
    Image.new("RGB", (300, 200), (0, 0, 255)).save(tmp_path / "face.png")
    picture = Image.open(io.BytesIO(decoded(thumbnail_uri(tmp_path / "face.png"), "image/jpeg")))
    assert picture.size == (FACE_PIXELS, FACE_PIXELS)


def test_an_unreadable_picture_is_an_empty_tile(tmp_path):
    (tmp_path / "face.png").write_bytes(b"no picture")
    assert thumbnail_uri(tmp_path / "face.png") == "data:,"


def test_what_comes_from_elsewhere_is_escaped():
    template = environment("ohlora.labelling.report").from_string("{{ name }}")
    assert template.render(name="<b>") == "&lt;b&gt;"

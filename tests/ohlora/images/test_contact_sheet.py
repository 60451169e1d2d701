from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ohlora.errors import SettingsError
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.images.pictures import PictureError

STYLE = SheetStyle(columns=3, tile=16, gap=2, margin=4, font_size=8)


def solid(color: str, size: tuple[int, int] = (16, 16)) -> Image.Image:
    return Image.new("RGB", size, color)


def test_tiles_run_left_to_right_and_top_to_bottom() -> None:
    sheet = contact_sheet([solid(color) for color in ("red", "lime", "blue", "black")], style=STYLE)
    # Three tiles of 16 with two gaps of 2 and margins of 4; two rows with one gap.
    assert sheet.size == (3 * 16 + 2 * 2 + 8, 2 * 16 + 2 + 8)
    assert [sheet.getpixel((4 + 18 * column + 8, 12)) for column in range(3)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert sheet.getpixel((12, 4 + 18 + 8)) == (0, 0, 0)
    assert sheet.getpixel((30, 4 + 18 + 8)) == STYLE.paper


def test_few_images_make_a_narrow_sheet() -> None:
    assert contact_sheet([solid("red")], style=STYLE).size == (24, 24)


def test_captions_and_title_take_room_and_ink() -> None:
    sheet = contact_sheet([solid("white")] * 2, captions=["0.5", "far too long for its tile"], title="Hi", style=STYLE)
    # A caption is 1.6 and a title 2.6 times the font's 8 pixels high, rounded.
    assert sheet.size == (2 * 16 + 2 + 8, 16 + 13 + 21 + 8)
    pixels = np.asarray(sheet)
    assert pixels[4:25].min() < 128 and pixels[-17:].min() < 128
    assert (pixels[:, :4] == 255).all() and (pixels[:, -4:] == 255).all()


def test_images_keep_their_shape() -> None:
    sheet = contact_sheet([solid("red", (40, 20))], style=STYLE)
    assert sheet.getpixel((12, 12)) == (255, 0, 0) and sheet.getpixel((12, 5)) == STYLE.paper


def test_paths_are_opened_and_a_broken_one_is_named(tmp_path: Path) -> None:
    solid("red").save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    assert contact_sheet([tmp_path / "a.png"], style=STYLE).getpixel((8, 8)) == (255, 0, 0)
    with pytest.raises(PictureError, match=r"cannot read .*b\.png: not a picture"):
        contact_sheet([tmp_path / "b.png"])


def test_bad_sheets_are_refused() -> None:
    with pytest.raises(SettingsError, match="at least one image"):
        contact_sheet([])
    with pytest.raises(SettingsError, match="got 1 for 2"):
        contact_sheet([solid("red")] * 2, captions=["one"])
    with pytest.raises(SettingsError, match="at least 1 column"):
        SheetStyle(columns=0)

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ohlora.images.pictures import PictureError, open_picture, square_pixels


def test_grey_and_transparent_pictures_become_rgb(tmp_path: Path) -> None:
    Image.new("LA", (3, 2), (128, 0)).save(tmp_path / "a.png")
    picture = open_picture(tmp_path / "a.png")
    assert picture.mode == "RGB" and picture.size == (3, 2)


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    Image.new("RGB", (8, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert open_picture(tmp_path / "a.jpg").size == (4, 8)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_broken_files_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(PictureError, match=r"cannot read .*a\.png: (not a|damaged) picture"):
        open_picture(tmp_path / "a.png")


def test_truncated_files_are_named(tmp_path: Path) -> None:
    Image.effect_noise((64, 64), 50).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureError, match=r"damaged picture \(.*truncated"):
        open_picture(tmp_path / "a.png")


def test_damage_anywhere_is_an_error_about_the_file_or_still_a_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((24, 20), 60).convert("RGB").save(tmp_path / "a.jpg", exif=exif)
    whole = (tmp_path / "a.jpg").read_bytes()
    for position in range(120):
        (tmp_path / "b.jpg").write_bytes(whole[:position] + b"\x93" + whole[position + 1 :])
        try:
            open_picture(tmp_path / "b.jpg")
        except PictureError as error:
            assert str(error).startswith("cannot read ")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        open_picture(tmp_path / "a.png")
    with pytest.raises(PictureError, match="damaged picture"):
        open_picture(tmp_path)


def test_the_middle_of_a_picture_that_is_not_square(tmp_path: Path) -> None:
    pixels = np.zeros((4, 8, 3), np.uint8)
    pixels[:, 2:6] = 90
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert (square_pixels(tmp_path / "a.png", 2) == 90).all()

import copy
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ohlora.errors import DatasetError
from ohlora.generation.recipe_picture import RecipePicture, carried_text, check_replaceable
from ohlora.images.pictures import PictureError

RECIPE = {"seed": 3, "weights": "0123456789ab"}
PIXELS = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


@pytest.mark.parametrize("name", ["face.png", "face.jpg", "face.JPEG", "face.gif"])
def test_saving_keeps_the_recipe(tmp_path: Path, name: str) -> None:
    RecipePicture.of(PIXELS, RECIPE).save(tmp_path / name)
    assert json.loads(carried_text(tmp_path / name)) == RECIPE


def test_other_formats_and_open_files_are_saved_as_well(tmp_path: Path) -> None:
    picture = RecipePicture.of(PIXELS, RECIPE)
    for name in ("face.webp", "face.tif", "face.bmp"):
        picture.save(tmp_path / name)
        assert Image.open(tmp_path / name).size == (4, 4)
    data = io.BytesIO()
    picture.save(data, "PNG", optimize=True)
    assert json.loads(Image.open(data).info["ohlora"]) == RECIPE
    np.testing.assert_array_equal(Image.open(data), PIXELS)


def test_texts_of_the_user_stay_beside_it_and_are_not_changed(tmp_path: Path) -> None:
    mine = PngInfo()
    mine.add_text("Title", "Mine")
    for name in ("a.png", "b.png"):
        RecipePicture.of(PIXELS, RECIPE).save(tmp_path / name, pnginfo=mine)
    assert len(mine.chunks) == 1
    assert Image.open(tmp_path / "b.png").info == {"Title": "Mine", "ohlora": json.dumps(RECIPE)}


def test_copies_carry_it_and_changed_pictures_do_not(tmp_path: Path) -> None:
    picture = RecipePicture.of(PIXELS, RECIPE)
    for same in (picture.copy(), copy.deepcopy(picture), picture.convert("RGB")):
        same.save(tmp_path / "same.png")
        assert json.loads(carried_text(tmp_path / "same.png")) == RECIPE
    for other in (picture.resize((2, 2)), picture.rotate(90), picture.convert("L"), picture.crop((0, 0, 2, 2))):
        other.save(tmp_path / "other.png")
        assert carried_text(tmp_path / "other.png") == ""


def test_only_pictures_with_recipes_may_be_replaced(tmp_path: Path) -> None:
    check_replaceable(tmp_path / "missing.png")
    RecipePicture.of(PIXELS, RECIPE).save(tmp_path / "face.png")
    check_replaceable(tmp_path / "face.png")
    (tmp_path / "notes.png").write_text("{notes}")
    Image.fromarray(PIXELS).save(tmp_path / "plain.png")
    for name in ("notes.png", "plain.png"):
        with pytest.raises(DatasetError, match="no picture with a recipe"):
            check_replaceable(tmp_path / name)
    with pytest.raises(PictureError, match="not a picture"):
        carried_text(tmp_path / "notes.png")

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ohlora.errors import SettingsError
from ohlora.generation.recipe import read_recipe, remake_face
from ohlora.studio.engine import Engine
from ohlora.studio.exports import export_faces, export_sweep
from ohlora.studio.faces import Face
from ohlora.studio.session import KeptFace

FACES = [KeptFace(1, Face(7, moved={"mouth": 0.5}), ""), KeptFace(4, Face(7), "")]


def test_pngs_carry_recipes_and_the_archive_has_them_all(engine: Engine, tmp_path: Path) -> None:
    archive, *pictures = export_faces(engine, FACES, tmp_path / "out")
    assert [path.name for path in pictures] == ["face01_seed7.png", "face04_seed7.png"]
    np.testing.assert_array_equal(np.asarray(Image.open(pictures[0])), engine.draw(FACES[0].face))
    assert read_recipe(pictures[0])["sliders"] == {"mouth": 0.5}
    with zipfile.ZipFile(archive) as stored:
        assert stored.testzip() is None
        assert {name: stored.read(name) for name in stored.namelist()} == {p.name: p.read_bytes() for p in pictures}


def test_ohlora_generate_makes_an_exported_face_again(engine: Engine, tmp_path: Path) -> None:
    picture = export_faces(engine, FACES, tmp_path / "out")[1]
    again = remake_face(read_recipe(picture), engine.generator.loaded, tmp_path / "again.png")
    np.testing.assert_array_equal(np.asarray(Image.open(again)), np.asarray(Image.open(picture)))


def test_a_sweep_goes_there_and_back(engine: Engine, tmp_path: Path) -> None:
    path = export_sweep(engine, Face(7, moved={"mouth": 0.5, "pose": 0.1}), "mouth", 4, tmp_path / "out")
    picture = Image.open(io.BytesIO(path.read_bytes()))
    assert picture.format == "GIF" and picture.n_frames == 6  # 4 there, the 2 in between back
    comment = picture.info["comment"].decode().removeprefix("ohlora ")
    recipe = json.loads(comment)
    assert recipe["sweep"]["low"] == 0.0 and recipe["sweep"]["high"] == 1.0
    assert recipe["sliders"] == {"pose": 0.1}


def test_a_sweep_of_no_slider(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no slider is called '../nose'"):
        export_sweep(engine, Face(7), "../nose", 4, tmp_path / "out")
    assert not (tmp_path / "out").exists()

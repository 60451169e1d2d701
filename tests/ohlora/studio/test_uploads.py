import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ohlora.errors import SettingsError
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.recipe import save_face
from ohlora.studio.engine import Engine
from ohlora.studio.exports import face_recipe
from ohlora.studio.faces import Face
from ohlora.studio.uploads import LARGEST_FILE, read_face
from tests.ohlora.studio.painted import PaintedModel

FACE = Face(7, 0.6, {"mouth": 0.8125})


def png(path: Path, text: str | None) -> Path:
    info = PngInfo()
    if text is not None:
        info.add_text("ohlora", text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


@pytest.fixture
def recipe(engine: Engine) -> dict[str, Any]:
    return face_recipe(engine, FACE)


def test_a_picture_of_the_studio_is_restored(engine: Engine, recipe: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    save_face(path, engine.draw(FACE), recipe)
    face = read_face(path, engine.generator)
    assert face == FACE
    np.testing.assert_array_equal(engine.draw(face), np.asarray(Image.open(path)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": "ffffffffffff"}, "needs the weights ffffffffffff of painted, and painted has 0123456789ab"),
        ({"sliders": {"nose": 1.0}}, "no slider is called 'nose'"),
        ({"sliders": {"mouth": 4.0}}, "mouth from 0 to 1, got 4"),
        ({"sliders": {"mouth": float("nan")}}, "expected numbers for mouth, got NaN"),
        ({"seed": 2**32}, "seed from 0"),
        ({"truncation": -1}, "truncation from 0 to 1.5"),
        ({"sweep": {}}, "shows a sweep"),
    ],
)
def test_other_recipes_are_refused(
    engine: Engine, recipe: dict[str, Any], tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        read_face(png(tmp_path / "face.png", json.dumps({**recipe, **change})), engine.generator)


def test_a_picture_of_the_generator_alone_is_a_face_with_nothing_moved(tmp_path: Path) -> None:
    (tmp_path / "generator.safetensors").write_bytes(b"abc")
    generator = FaceGenerator(LoadedModel(PaintedModel(), "painted", "0123456789ab", tmp_path))
    # The SHA-256 of "abc", from FIPS 180-2, begins with these digits.
    found = {"seed": 3, "model": "painted", "weights": "ba7816bf8f01", "truncation": 0.5}
    assert read_face(png(tmp_path / "face.png", json.dumps(found)), generator) == Face(3, 0.5)
    with pytest.raises(SettingsError, match="needs the weights ab of painted, and painted has ba7816bf8f01"):
        read_face(png(tmp_path / "face.png", json.dumps({**found, "weights": "ab"})), generator)
    with pytest.raises(SettingsError, match="truncates some layers only"):
        read_face(png(tmp_path / "face.png", json.dumps({**found, "truncation_layers": 4})), generator)


@pytest.mark.parametrize("text", [None, "", "no json", "[]", "{}", "[" * 100_000, '{"weights": 1, "sliders": 2}'])
def test_a_picture_without_a_recipe(engine: Engine, tmp_path: Path, text: str | None) -> None:
    with pytest.raises(SettingsError) as caught:
        read_face(png(tmp_path / "face.png", text), engine.generator)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(50), bytes(1000), b"<svg/>"])
def test_what_is_no_png(engine: Engine, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=r"^face\.png is no PNG, or damaged"):
        read_face(path, engine.generator)


def test_a_jpeg_that_calls_itself_png(engine: Engine, tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    (tmp_path / "face.png").write_bytes(data.getvalue())
    with pytest.raises(SettingsError, match="no PNG"):
        read_face(tmp_path / "face.png", engine.generator)


@pytest.mark.parametrize("edge", [5000, 2**30])
def test_too_many_pixels_are_refused_before_any_is_decoded(engine: Engine, tmp_path: Path, edge: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0))
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(SettingsError, match="at most 4096 x 4096 pixels, huge.png has"):
        read_face(tmp_path / "huge.png", engine.generator)


def test_too_many_bytes_are_refused(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(bytes(LARGEST_FILE + 1))
    with pytest.raises(SettingsError, match="at most 8 MiB, large.png has 8.0"):
        read_face(tmp_path / "large.png", engine.generator)

import copy
from typing import Any

import pytest

from ohlora.errors import SettingsError
from ohlora.studio.faces import Face

RECIPE = {"seed": 7, "truncation": 0.5, "sliders": {"mouth": 0.25}}


def test_a_recipe_becomes_a_face() -> None:
    assert Face.from_recipe(RECIPE) == Face(7, 0.5, {"mouth": 0.25})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": "seven"}, "damaged"),
        ({"seed": None}, "damaged"),
        ({"seed": float("inf")}, "damaged"),
        ({"seed": -1}, "a seed from 0"),
        ({"truncation": "wide"}, "damaged"),
        ({"truncation": 1.75}, "truncation from 0 to 1.5, got 1.75"),
        ({"truncation": float("nan")}, "truncation from 0 to 1.5"),
        ({"sliders": ["mouth"]}, "damaged"),
        ({"sliders": {"mouth": [1]}}, "damaged"),
    ],
)
def test_a_damaged_recipe_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Face.from_recipe({**RECIPE, **change})


def test_sliders_move_and_go_back() -> None:
    face = Face(7).moving({"mouth": 0.9}).moving({"pose": -0.4})
    assert dict(face.moved) == {"mouth": 0.9, "pose": -0.4}
    assert dict(face.resetting("mouth").moved) == {"pose": -0.4}
    assert face.resetting("eyes") == face
    assert face.unmoved == Face(7)


def test_sliders_stand_where_they_were_moved_or_where_the_face_has_them() -> None:
    # 0.456 and 0.123 in hundredths.
    assert Face(1, moved={"pose": 0.456}).stands({"mouth": 0.123, "pose": 0.0}) == {"mouth": 0.12, "pose": 0.46}


def test_what_was_moved_cannot_be_changed_from_outside() -> None:
    moved = {"mouth": 0.5}
    face = Face(1, moved=moved)
    moved["mouth"] = 1.0
    assert dict(face.moved) == {"mouth": 0.5}
    with pytest.raises(TypeError):
        face.moved["mouth"] = 0.1  # type: ignore[index]
    assert copy.deepcopy(face) == face


def test_a_face_in_words() -> None:
    assert Face(7).describe() == "seed 7"
    assert Face(7, 1.0, {"hair_length": 0.25}).describe() == "seed 7, truncation 1.00, hair length 0.25"

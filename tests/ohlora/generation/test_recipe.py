from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ohlora
from ohlora.errors import SettingsError
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.recipe import check_weights, read_recipe, recipe, remake_face, save_face
from ohlora.sliders.slider_model import SliderModel
from tests.ohlora.studio.painted import PaintedModel


@pytest.fixture
def model() -> LoadedModel[SliderModel]:
    return LoadedModel(PaintedModel(), "painted", "0123456789ab", Path("painted"))


def test_a_recipe_says_what_draws_and_which_version_did(model: LoadedModel[SliderModel]) -> None:
    expected = {"model": "painted", "weights": "0123456789ab", "truncation": 0.5}
    assert recipe(model, 0.5) == {**expected, "version": ohlora.__version__}
    assert recipe(model, 0.5, {"mouth": 1.0})["sliders"] == {"mouth": 1.0}


@pytest.mark.parametrize("name", ["face.png", "face.jpg"])
def test_pictures_carry_their_recipes(tmp_path: Path, model: LoadedModel[SliderModel], name: str) -> None:
    found = {"seed": 3, **recipe(model, 0.5, {"mouth": 0.5})}
    save_face(tmp_path / name, np.zeros((8, 8, 3), np.uint8), found)
    assert read_recipe(tmp_path / name) == found
    again = remake_face(found, model, tmp_path / "again.png")
    assert read_recipe(again) == found


def test_a_recipe_without_a_version_still_gives_its_picture(tmp_path: Path, model: LoadedModel[SliderModel]) -> None:
    found = {"seed": 3, **recipe(model, 0.5, {"mouth": 0.5})}
    new = remake_face(found, model, tmp_path / "new.png")
    del found["version"]
    old = remake_face(found, model, tmp_path / "old.png")
    np.testing.assert_array_equal(Image.open(old), Image.open(new))


@pytest.mark.parametrize("weights", ["179ad2b9221a", "2fc34b70d6d8", "ebc88e6f775a", "4b482e296439"])
def test_sliders_that_shipped_before_are_told_from_other_weights(model: LoadedModel[SliderModel], weights: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"earlier version of ohlora .*{weights}.*0123456789ab.*check out [0-9a-f]{{7}}"
    ):
        check_weights({"model": "portraits", "weights": weights}, model)
    with pytest.raises(SettingsError, match="needs the weights ffffffffffff of other, and painted has 0123456789ab"):
        check_weights({"model": "other", "weights": "f" * 12}, model)
    check_weights({"weights": "0123456789ab"}, model)


PYTHONS = ("NoneType", "object", "attribute", "argument", "invalid literal", "__init__", "unpack", "KeyError")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sliders": None}, "expected sliders with their values as sliders, got null"),
        ({"sliders": {"mouth": "wide"}}, 'expected a number as mouth, got "wide"'),
        ({"sliders": {"mouth": True}}, "expected a number as mouth, got true"),
        ({"sliders": {"mouth": 10**400}}, "mouth from 0 to 1, got inf"),
        ({"sliders": {"nose": 1.0}}, "no slider is called 'nose'"),
        ({"seed": 1.5}, "expected a whole number as seed, got 1.5"),
        ({"seed": "7"}, 'expected a whole number as seed, got "7"'),
        ({"seed": 10**400}, "expected a seed from 0"),
        ({"seed": -1}, "expected a seed from 0"),
        ({"truncation": [0.7]}, r"expected a number as truncation, got \[0.7\]"),
        ({"truncation": float("nan")}, "expected a truncation from -2 to 2"),
    ],
)
def test_damaged_recipes_are_told_in_words_for_people(
    tmp_path: Path, model: LoadedModel[SliderModel], change: dict[str, object], message: str
) -> None:
    found = {"seed": 3, **recipe(model, 0.5, {"mouth": 0.5}), **change}
    with pytest.raises(SettingsError, match=message) as caught:
        remake_face(found, model, tmp_path / "again.png")
    assert not any(word in str(caught.value) for word in PYTHONS)


@pytest.mark.parametrize("key", ["seed", "truncation", "sliders"])
def test_incomplete_recipes_say_what_is_missing(tmp_path: Path, model: LoadedModel[SliderModel], key: str) -> None:
    found = {"seed": 3, **recipe(model, 0.5, {"mouth": 0.5})}
    del found[key]
    with pytest.raises(SettingsError, match=f"the recipe is damaged: expected .* as {key}, found nothing"):
        remake_face(found, model, tmp_path / "again.png")

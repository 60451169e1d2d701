"""Recipes: what a picture carries inside, so that it can be made again.

A recipe names the model, the fingerprint of its weights, the seed, the truncation, the values of the sliders where the model
has some, and the version of ohlora; `recipe_picture` writes it into files. A picture is made again pixel for pixel on the same
machine, by the weights that the recipe names and by no others.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ohlora.errors import DatasetError, SettingsError
from ohlora.files import same_fingerprint, write_bytes
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.recipe_picture import PICTURE_SUFFIXES, RecipePicture, carried_text, check_replaceable
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__
from stylegan import GeneratorNetwork

_EARLIER_SLIDERS = {
    "179ad2b9221a": "9e3c5cf",
    "2fc34b70d6d8": "b0eca01",
    "ebc88e6f775a": "db566da",
    "4b482e296439": "69931cf",
    "625e667c25e9": "256152b",
}
"""Fingerprints of sliders that ohlora shipped before, and a commit of its repository that draws with them."""


def recipe(
    model: LoadedModel[GeneratorNetwork | SliderModel],
    truncation: float,
    sliders: Mapping[str, float] | None = None,
    truncation_layers: int | None = None,
    precision: torch.dtype = torch.float32,
) -> dict[str, Any]:
    """What, with the seed, says how to make a picture again.

    Args:
        model: What draws.
        truncation: psi.
        sliders: Values by slider, empty where none is moved; None for a generator without sliders.
        truncation_layers: Coarse layers that are truncated; None for all.
        precision: Of the synthesis.
    """
    found: dict[str, Any] = {"model": model.name, "weights": model.fingerprint, "truncation": truncation}
    if sliders is not None:
        found["sliders"] = dict(sliders)
    if truncation_layers is not None:
        found["truncation_layers"] = truncation_layers
    if precision != torch.float32:
        found["precision"] = str(precision).removeprefix("torch.")
    return {**found, "version": __version__}


def save_face(path: Path, pixels: NDArray[np.uint8], found: Mapping[str, Any]) -> None:
    """Write a face with its recipe inside.

    Args:
        path: Ends in `.jpg` or `.jpeg`, or is written as a PNG.
        pixels: RGB `(H, W, 3)`, 0..255.
        found: The recipe.
    """
    picture, data = RecipePicture.of(pixels, found), io.BytesIO()
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture.save(data, "JPEG", quality=95, subsampling=0)
    else:
        picture.save(data, "PNG")
    write_bytes(path, data.getvalue())


def write_face(out: Path, draw: Callable[[], NDArray[np.uint8]], face_recipe: Mapping[str, Any]) -> Path:
    """Draw one face into a file of its own, which may replace a picture with a recipe and nothing else.

    Args:
        out: Ends in one of `PICTURE_SUFFIXES`.
        draw: Draws the face; called when the file may be written.
        face_recipe: What makes the picture.

    Raises:
        SettingsError: The file has another suffix.
        DatasetError: Something else is there, or the file cannot be written.
    """
    if out.suffix.lower() not in PICTURE_SUFFIXES:
        raise SettingsError(f"expected a file that ends in {', '.join(PICTURE_SUFFIXES)} for a face, got '{out}'")
    check_replaceable(out)
    pixels = draw()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_face(out, pixels, face_recipe)
    except OSError as error:
        raise DatasetError(f"cannot write {out}: {error.strerror}") from error
    return out


def read_recipe(path: Path) -> dict[str, Any]:
    """The recipe inside a picture of a model with sliders.

    Raises:
        PictureError: The file is no picture.
        SettingsError: It has no recipe, or one of `ohlora synthesize`.
    """
    found = read_any_recipe(path)
    if "sliders" not in found:
        command = f"ohlora synthesize --seeds {found.get('seed')} --trunc {found.get('truncation')}"
        raise SettingsError(
            f"{path} was made without sliders; to make it again: {command} --model {found.get('model')}"
        )
    return found


def read_any_recipe(path: Path) -> dict[str, Any]:
    """The recipe inside a picture; one of `ohlora synthesize` has no `sliders`.

    Raises:
        PictureError: The file is no picture.
        SettingsError: It has no recipe.
    """
    text = carried_text(path)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "weights" not in found:
        raise SettingsError(f"expected a recipe in {path}, found none; pictures of ohlora generate carry one")
    return found


def check_weights(found: Mapping[str, Any], model: LoadedModel[SliderModel]) -> None:
    """Refuse to make a picture again with other weights.

    Raises:
        SettingsError: The recipe names others than the model's; of sliders that ohlora shipped before, the message says how
            to get them.
    """
    weights = str(found["weights"])
    if same_fingerprint(weights, model.fingerprint):
        return
    if weights in _EARLIER_SLIDERS:
        raise SettingsError(
            f"the recipe is of the sliders that an earlier version of ohlora shipped (weights {weights}), and this version's "
            f"are {model.fingerprint}; to make the picture again, check out {_EARLIER_SLIDERS[weights]} of ohlora's repository"
        )
    raise SettingsError(
        f"the recipe needs the weights {weights} of {found.get('model')}, and {model.name} has {model.fingerprint}; "
        "name the right model with --model"
    )


def recipe_face(found: Mapping[str, Any]) -> tuple[int, float, dict[str, float]]:
    """Seed, truncation and slider values of a recipe.

    Raises:
        SettingsError: One is missing or of another kind.
    """
    seed = recipe_entry(found, "seed", int, "a whole number")
    return seed, recipe_number(found, "truncation"), recipe_sliders(found)


def recipe_sliders(found: Mapping[str, Any]) -> dict[str, float]:
    """The values of a recipe's sliders.

    Raises:
        SettingsError: They are missing, or one is no number.
    """
    sliders = recipe_entry(found, "sliders", dict, "sliders with their values")
    return {name: recipe_number(sliders, name) for name in sliders}


def recipe_number(found: Mapping[str, Any], key: str) -> float:
    """A number of a recipe; raises as `recipe_entry`."""
    value = recipe_entry(found, key, int | float, "a number")
    # JSON's whole numbers have any length, and no more than this fit.
    if abs(value) > sys.float_info.max:
        return math.inf if value > 0 else -math.inf
    return float(value)


def recipe_entry(found: Mapping[str, Any], key: str, kind: Any, expected: str) -> Any:
    """An entry of a recipe, which is of the kind that it should be.

    Args:
        found: The recipe, or a part of it.
        key: The entry's name.
        kind: The type of its value; JSON's true and false are no numbers.
        expected: What that is, for people.

    Raises:
        SettingsError: It is missing or of another kind.
    """
    value = found.get(key)
    if key not in found or not isinstance(value, kind) or isinstance(value, bool):
        got = f"got {json.dumps(value)[:60]}" if key in found else "found nothing"
        raise SettingsError(f"the recipe is damaged: expected {expected} as {key}, {got}")
    return value


def remake_face(found: Mapping[str, Any], model: LoadedModel[SliderModel], out: Path) -> Path:
    """Make the face of a recipe again, pixel for pixel on the same machine.

    Raises:
        SettingsError: The recipe is incomplete, or of other weights.
        DatasetError: The file cannot be written, or is not one of ours.
    """
    check_weights(found, model)
    seed, truncation, values = recipe_face(found)
    columns = {name: np.full(1, value) for name, value in values.items()}
    faces = FaceDrawer(model.network).draw([seed], columns, truncation)
    return write_face(out, lambda: next(faces), {"seed": seed, **recipe(model, truncation, values)})

"""Recipes: what a picture carries inside, so that it can be made again.

A recipe names the model, the fingerprint of its weights, the seed, the truncation, the values of the sliders where the model
has some, and the version of ohlora. It is a text entry of a PNG, or the comment of a JPEG or a GIF. A picture is made again
pixel for pixel on the same machine, by the weights that the recipe names and by no others.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ohlora.errors import DatasetError, SettingsError
from ohlora.files import write_bytes
from ohlora.generation.drawing import FaceDrawer
from ohlora.generation.loaded_model import LoadedModel
from ohlora.images.pictures import PictureError
from ohlora.sliders.slider_model import SliderModel
from ohlora.version import __version__
from stylegan import GeneratorNetwork

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
"""How the file of a single face may end."""

RECIPE_KEY = "ohlora"
"""Name of a PNG's text entry, and the first word of a comment."""

_EARLIER_SLIDERS = {
    "179ad2b9221a": "9e3c5cf",
    "2fc34b70d6d8": "b0eca01",
    "ebc88e6f775a": "db566da",
    "4b482e296439": "69931cf",
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


def save_face(path: Path, pixels: NDArray[np.uint8], face_recipe: Mapping[str, Any]) -> None:
    """Write a picture with its recipe inside.

    Args:
        path: Ends in `.jpg` or `.jpeg`, or is written as a PNG.
        pixels: RGB `(H, W, 3)`, 0..255.
        face_recipe: What made the picture.
    """
    picture, data = Image.fromarray(pixels), io.BytesIO()
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture.save(data, "JPEG", quality=95, subsampling=0, comment=recipe_comment(face_recipe))
        write_bytes(path, data.getvalue())
    else:
        save_png(path, picture, face_recipe)


def save_png(path: Path, picture: Image.Image, found: Mapping[str, Any]) -> None:
    """Write a picture as a PNG with its recipe inside."""
    info, data = PngInfo(), io.BytesIO()
    info.add_text(RECIPE_KEY, json.dumps(found))
    picture.save(data, "PNG", pnginfo=info)
    write_bytes(path, data.getvalue())


def check_replaceable(out: Path) -> None:
    """Refuse to write over a file that is not one of ours, before anything is drawn.

    Raises:
        DatasetError: Something is there that carries no recipe.
    """
    if not out.exists():
        return
    try:
        with Image.open(out) as picture:
            carried = picture.info.get(RECIPE_KEY) or picture.info.get("comment", b"")
    except (OSError, ValueError):
        carried = ""
    text = carried.decode("utf-8", "replace") if isinstance(carried, bytes) else str(carried)
    if not text.removeprefix(f"{RECIPE_KEY} ").startswith("{"):
        raise DatasetError(
            f"{out} is there already and is no picture with a recipe of ohlora's; remove it, or choose another --out"
        )


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


def recipe_comment(found: Mapping[str, Any]) -> bytes:
    """A recipe as the comment of a JPEG or a GIF."""
    return f"{RECIPE_KEY} {json.dumps(found)}".encode()


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
    try:
        with Image.open(path) as picture:
            text = picture.info.get(RECIPE_KEY) or picture.info.get("comment", b"")
    except FileNotFoundError as error:
        raise PictureError(path, "no such file") from error
    except OSError as error:
        raise PictureError(path, "not a picture, or damaged") from error
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    try:
        found = json.loads(text.removeprefix(f"{RECIPE_KEY} "))
    except ValueError:
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
    if weights == model.fingerprint:
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


def remake_face(found: Mapping[str, Any], model: LoadedModel[SliderModel], out: Path) -> Path:
    """Make the face of a recipe again, pixel for pixel on the same machine.

    Raises:
        SettingsError: The recipe is incomplete, or of other weights.
        DatasetError: The file cannot be written, or is not one of ours.
    """
    check_weights(found, model)
    try:
        seed, truncation = int(found["seed"]), float(found["truncation"])
        values = {name: float(value) for name, value in found["sliders"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"the recipe is damaged ({error}); expected seed, sliders and truncation") from error
    columns = {name: np.full(1, value) for name, value in values.items()}
    faces = FaceDrawer(model.network).draw([seed], columns, truncation)
    return write_face(out, lambda: next(faces), {"seed": seed, **recipe(model, truncation, values)})

"""Pictures that visitors bring along: only their recipes are read, and nothing in them is trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from ohlora.errors import SettingsError
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.loaded_model import fingerprint
from ohlora.generation.recipe import check_weights, read_any_recipe
from ohlora.hub import weights_file
from ohlora.images.pictures import PictureError
from ohlora.studio.faces import Face

LARGEST_FILE = 8 * 2**20
"""Bytes. A PNG of 1024x1024, the largest that published StyleGANs draw, has about 1.5 MiB."""

LARGEST_EDGE = 4096
"""Pixels."""


def read_face(path: Path, generator: FaceGenerator) -> Face:
    """The face whose recipe a PNG carries.

    Args:
        path: A file of which nothing is known.
        generator: What shall draw the face again.

    Raises:
        OhloraError: The file is too large, no PNG, has no recipe, or one of another model. The message names the file
            without its folder.
    """
    check_picture(path)
    try:
        found = read_any_recipe(path)
    except (SettingsError, PictureError) as error:
        raise SettingsError(str(error).replace(str(path), path.name)) from error
    except Exception as error:  # a recipe that is built to break the reader
        raise SettingsError(f"{path.name} has a recipe that cannot be read ({type(error).__name__})") from error
    if "sweep" in found:
        raise SettingsError(
            f"{path.name} shows a sweep; expected a single face, as the studio and ohlora generate save it"
        )
    if "sliders" in found:
        check_weights(found, generator.loaded)
    else:
        found = _with_nothing_moved(found, generator)
    face = Face.from_recipe(found)
    generator.check(face.moved)
    return face


def _with_nothing_moved(found: dict[str, Any], generator: FaceGenerator) -> dict[str, Any]:
    """A recipe of `ohlora synthesize` as one of the model with sliders, whose unmoved faces are its generator's."""
    if "truncation_layers" in found:
        raise SettingsError("the recipe truncates some layers only, and the studio truncates all of them")
    loaded = generator.loaded
    check_weights(found, replace(loaded, fingerprint=fingerprint(weights_file(loaded.folder))))
    return {**found, "sliders": {}}


def check_picture(path: Path) -> None:
    """Refuse what is no PNG of a sensible size, before any pixel is decoded.

    Raises:
        SettingsError: It is none.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise SettingsError(
            f"expected a file of at most {LARGEST_FILE // 2**20} MiB, {path.name} has {size / 2**20:.1f}"
        )
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            width, height = picture.size
    except Image.DecompressionBombError as error:
        raise SettingsError(_too_large(path, "far more")) from error
    except Exception as error:  # damaged bytes lead Pillow into errors of almost any type
        raise SettingsError(
            f"{path.name} is no PNG, or damaged; expected a picture that the studio or ohlora generate saved"
        ) from error
    if max(width, height) > LARGEST_EDGE:
        raise SettingsError(_too_large(path, f"{width} x {height}"))


def _too_large(path: Path, got: str) -> str:
    return f"expected a picture of at most {LARGEST_EDGE} x {LARGEST_EDGE} pixels, {path.name} has {got}"

"""Draws faces with set sliders into files that say how they were made.

A folder of faces is a dataset folder as `ohlora synthesize` makes it, so that `ohlora label` and `ohlora report` go on from it.
Every picture carries its recipe; `remake` makes it again.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.generation.face_generator import DEFAULT_TRUNCATION, FaceGenerator
from ohlora.generation.synthesis import RECIPE_KEY, save_face
from ohlora.images.pictures import PictureError
from ohlora.progress import describe_rate, progress_bar

_TABLE_KEYS = ("model", "weights", "truncation", "sliders")


@dataclass(frozen=True)
class GenerateSummary:
    """What a run made: the folder, faces of this run, those already there, and the time it took."""

    folder: Path
    made: int
    kept: int
    seconds: float

    def lines(self) -> list[str]:
        """What was done, where it is and what comes next, for people."""
        kept = f"; {self.kept} were there already" if self.kept else ""
        return [
            f"{describe_rate(self.made, self.seconds, 'faces')}{kept}",
            f"images and metadata.csv in {self.folder}",
            f"next: ohlora label {shlex.quote(str(self.folder))}",
        ]


def generate_faces(
    out: str | Path,
    generator: FaceGenerator,
    seeds: tuple[int, ...],
    sliders: Mapping[str, float],
    truncation: float = DEFAULT_TRUNCATION,
    *,
    progress: bool = True,
) -> GenerateSummary:
    """Draw one face per seed into a dataset folder, going on where an earlier run was stopped.

    Args:
        out: The folder; made when it is not there.
        generator: With what.
        seeds: One face each.
        sliders: Values by slider, for all faces.
        truncation: psi.
        progress: Whether a bar is shown.

    Raises:
        SettingsError: A slider is unknown or a value out of range.
        DatasetError: The folder cannot be used, or holds faces that were made otherwise.
    """
    values = generator.check(sliders)
    started = time.monotonic()
    dataset = FaceDataset.create(out)
    common = recipe(generator, sliders, truncation)
    row = {**common, "sliders": " ".join(f"{name}={value:g}" for name, value in sliders.items())}
    names = {seed: f"seed{seed:08d}.png" for seed in seeds}
    with dataset.writing():
        _check_same(dataset, row)
        todo = [s for s, name in names.items() if name not in dataset.rows or not dataset.path(name).exists()]
        columns = {name: np.full(len(todo), value) for name, value in values.items()}
        with progress_bar("generate", "face", len(names), len(names) - len(todo), progress) as bar:
            for seed, pixels in zip(todo, generator.draw(todo, columns, truncation), strict=True):
                save_face(dataset.path(names[seed]), pixels, {"seed": seed, **common})
                dataset.update(names[seed], {"seed": seed, **row})
                bar.update()
    return GenerateSummary(dataset.folder, len(todo), len(names) - len(todo), time.monotonic() - started)


def recipe(generator: FaceGenerator, sliders: Mapping[str, float], truncation: float) -> dict[str, Any]:
    """What, with the seed, says how to make a face again."""
    return {
        "model": generator.name,
        "weights": generator.fingerprint,
        "truncation": truncation,
        "sliders": dict(sliders),
    }


def read_recipe(path: Path) -> dict[str, Any]:
    """The recipe inside a picture.

    Raises:
        PictureError: The file is no picture.
        SettingsError: It has no recipe, or one of `ohlora synthesize`.
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
    if "sliders" not in found:
        command = f"ohlora synthesize --seeds {found.get('seed')} --trunc {found.get('truncation')}"
        raise SettingsError(
            f"{path} was made without sliders; to make it again: {command} --model {found.get('model')}"
        )
    return found


def check_weights(found: Mapping[str, Any], generator: FaceGenerator) -> None:
    """Refuse to make a picture again with other weights.

    Raises:
        SettingsError: The recipe names others than the generator's.
    """
    if found["weights"] != generator.fingerprint:
        raise SettingsError(
            f"the recipe needs the weights {found['weights']} of {found.get('model')}, and {generator.name} has "
            f"{generator.fingerprint}; name the right model with --model"
        )


def remake_face(found: Mapping[str, Any], generator: FaceGenerator, out: Path) -> Path:
    """Make the face of a recipe again, pixel for pixel on the same machine.

    Raises:
        SettingsError: The recipe is incomplete, or of other weights.
        DatasetError: The file cannot be written.
    """
    check_weights(found, generator)
    try:
        seed, truncation = int(found["seed"]), float(found["truncation"])
        values = {name: float(value) for name, value in found["sliders"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"the recipe is damaged ({error}); expected seed, sliders and truncation") from error
    columns = {name: np.full(1, value) for name, value in generator.check(values).items()}
    pixels = next(generator.draw([seed], columns, truncation))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_face(out, pixels, {"seed": seed, **recipe(generator, values, truncation)})
    except OSError as error:
        raise DatasetError(f"cannot write {out}: {error.strerror}") from error
    return out


def _check_same(dataset: FaceDataset, wanted: Mapping[str, Any]) -> None:
    """Refuse to mix faces of other settings into a folder, where nobody could tell them apart later."""
    for row in dataset.rows.values():
        if not row.get("weights"):
            continue
        for key in _TABLE_KEYS:
            if row.get(key, "") != str(wanted[key]):
                raise DatasetError(
                    f"{dataset.folder} holds faces with {key} '{row.get(key, '')}', and this run has '{wanted[key]}'; "
                    "choose another folder with --out"
                )

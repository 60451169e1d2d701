"""A slider swept over values: as a sheet (PNG), a moving picture (GIF), or a film (MP4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.errors import SettingsError
from ohlora.generation.drawing import DEFAULT_TRUNCATION, FaceDrawer, check_truncation
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.moving_picture import check_place, there_and_back, write_moving
from ohlora.generation.ramp import draw_ramp, ramp_values
from ohlora.generation.recipe import check_weights, recipe, recipe_entry, recipe_number, recipe_sliders
from ohlora.generation.seeds import check_seed
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.progress import progress_bar

_COLUMNS = 6
_LARGEST_TILE = 2048
_MOST_FACES = 2000  # all of them are in memory until the file is written


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes:
        name: The slider.
        low: First value.
        high: Last value; may be below the first.
        steps: How many values.
        seeds: The faces.
        sliders: Others that are set for all pictures.
        truncation: psi.
        tile: Edge of a face in pixels.
    """

    name: str
    low: float
    high: float
    steps: int
    seeds: tuple[int, ...] = (0,)
    sliders: tuple[tuple[str, float], ...] = ()
    truncation: float = DEFAULT_TRUNCATION
    tile: int = 128

    def __post_init__(self) -> None:
        if self.steps < 2:
            raise SettingsError(f"expected at least 2 steps for a sweep, got {self.steps}")
        if not self.seeds:
            raise SettingsError("expected at least one seed for a sweep, got none")
        faces = self.steps * len(self.seeds)
        if faces > _MOST_FACES:
            raise SettingsError(f"expected at most {_MOST_FACES} faces (steps x seeds) in a sweep, got {faces}")
        for seed in self.seeds:
            check_seed(seed)
        check_truncation(self.truncation)
        if not 8 <= self.tile <= _LARGEST_TILE:
            raise SettingsError(f"expected faces of 8 to {_LARGEST_TILE} pixels in a sweep, got {self.tile}")
        if self.name in dict(self.sliders):
            raise SettingsError(f"{self.name} is swept and cannot be set as well; leave one of the two out")

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Values of all sliders that are set, each `(steps,)`."""
        return {self.name: self.values, **{name: np.full(self.steps, value) for name, value in self.sliders}}

    @property
    def values(self) -> NDArray[np.float64]:
        """The slider's values `(steps,)`."""
        return ramp_values(self.low, self.high, self.steps)


def parse_sweep(text: str) -> Sweep:
    """Read `mouth=0:1:7`, a slider, its first and last value, and the number of steps.

    Raises:
        SettingsError: The text has another form.
    """
    name, _, numbers = text.partition("=")
    parts = numbers.split(":")
    try:
        low, high, steps = float(parts[0]), float(parts[1]), int(parts[2])
        if len(parts) != 3:
            raise ValueError
    except (ValueError, IndexError):
        raise SettingsError(f"expected a sweep such as mouth=0:1:7 (first, last, steps), got '{text}'") from None
    return Sweep(name.strip().replace("-", "_"), low, high, steps)


def write_sweep(sweep: Sweep, generator: FaceGenerator, out: Path) -> Path:
    """Draw a sweep into a file, whose suffix says what it becomes.

    Args:
        sweep: What is swept.
        generator: With what.
        out: Ends in `.png`, `.gif` or `.mp4`.

    Raises:
        SettingsError: The suffix is another one, a slider or a value does not exist, or nothing here makes an MP4.
        DatasetError: The file cannot be written, or is there already and no picture of ours.
    """
    check_place(out, "a sweep")
    rows = draw_sweep(sweep, generator)
    found = {**recipe(generator.loaded, sweep.truncation, dict(sweep.sliders)), "sweep": asdict(sweep)}
    return write_moving(out, lambda: sheet(sweep, rows), lambda: frames(sweep, rows), found)


def remake_sweep(found: Mapping[str, Any], generator: FaceGenerator, out: Path) -> Path:
    """Make the sweep of a recipe again; raises as `write_sweep`, and where the weights are others."""
    check_weights(found, generator.loaded)
    return write_sweep(stored_sweep(found), generator, out)


def stored_sweep(found: Mapping[str, Any]) -> Sweep:
    """The sweep of a recipe.

    Raises:
        SettingsError: The recipe is damaged, or the sweep is none.
    """
    stored = recipe_entry(found, "sweep", dict, "a sweep")
    others = recipe_entry(stored, "sliders", list, "pairs of a slider and its value")
    pairs = [tuple(pair) if isinstance(pair, list) and len(pair) == 2 else (pair, None) for pair in others]
    values = recipe_sliders({"sliders": {str(name): value for name, value in pairs}})
    seeds = recipe_entry(stored, "seeds", list, "seeds")
    return Sweep(
        recipe_entry(stored, "name", str, "a slider's name"),
        recipe_number(stored, "low"),
        recipe_number(stored, "high"),
        recipe_entry(stored, "steps", int, "a whole number"),
        tuple(recipe_entry({"seeds": seed}, "seeds", int, "whole numbers") for seed in seeds),
        tuple(values.items()),
        recipe_number(stored, "truncation"),
        recipe_entry(stored, "tile", int, "a whole number"),
    )


def draw_sweep(sweep: Sweep, generator: FaceGenerator, *, progress: bool = True) -> list[list[Image.Image]]:
    """The faces: a row per seed, a column per value; a bar shows how far it is."""
    drawer, sliders = FaceDrawer(generator.loaded.network), dict(sweep.sliders)
    generator.check(sweep.columns)
    rows = []
    with progress_bar("sweep", "face", sweep.steps * len(sweep.seeds), 0, progress) as bar:
        for seed in sweep.seeds:
            row = []
            for value in sweep.values:
                row += draw_ramp(drawer, seed, sweep.name, np.array([value]), sliders, sweep.truncation)
                bar.update()
            rows.append(row)
    return rows


def sheet(sweep: Sweep, rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """All faces in one picture, with the values under them."""
    captions = [f"{value:.2f}" for value in sweep.values] * len(rows)
    style = SheetStyle(columns=sweep.steps, tile=sweep.tile)
    faces = [face for row in rows for face in row]
    return contact_sheet(faces, captions=captions, title=sweep.name.replace("_", " "), style=style)


def frames(sweep: Sweep, rows: Sequence[Sequence[Image.Image]]) -> list[Image.Image]:
    """One picture per value with all faces, there and back."""
    style = SheetStyle(columns=min(_COLUMNS, len(rows)), tile=sweep.tile, margin=0, gap=2)
    there = [contact_sheet([row[step] for row in rows], style=style) for step in range(sweep.steps)]
    return there_and_back(there)


def with_settings(sweep: Sweep, seeds: tuple[int, ...], sliders: Mapping[str, float], truncation: float) -> Sweep:
    """The sweep over other faces and with other sliders set."""
    return replace(sweep, seeds=seeds, sliders=tuple(sliders.items()), truncation=truncation)

"""A slider swept over values: as a sheet (PNG), a moving picture (GIF), or a film (MP4)."""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.errors import DatasetError, SettingsError
from ohlora.files import replacing, write_bytes
from ohlora.generation.drawing import DEFAULT_TRUNCATION, FaceDrawer
from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.ramp import draw_ramp, ramp_values
from ohlora.generation.recipe import check_weights, recipe
from ohlora.generation.recipe_picture import RecipePicture, check_replaceable
from ohlora.images.contact_sheet import SheetStyle, contact_sheet
from ohlora.images.pictures import write_png
from ohlora.progress import progress_bar

FORMATS = (".png", ".gif", ".mp4")
NO_MP4 = "an MP4 needs imageio-ffmpeg or PyAV (pip install imageio-ffmpeg); or write a .gif or a .png"
_MILLISECONDS = 120
_FRAMES_PER_SECOND = 12
_COLUMNS = 6
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
        faces = self.steps * len(self.seeds)
        if faces > _MOST_FACES:
            raise SettingsError(f"expected at most {_MOST_FACES} faces (steps x seeds) in a sweep, got {faces}")
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
    kind = out.suffix.lower()
    if kind not in FORMATS:
        raise SettingsError(f"expected a file that ends in {', '.join(FORMATS)} for a sweep, got '{out}'")
    if kind == ".mp4" and not _film_writers():
        raise SettingsError(NO_MP4)
    check_replaceable(out)
    rows = draw_sweep(sweep, generator)
    found = {**recipe(generator.loaded, sweep.truncation, dict(sweep.sliders)), "sweep": asdict(sweep)}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".png":
            write_png(out, RecipePicture.of(sheet(sweep, rows), found))
        elif kind == ".gif":
            _write_gif(out, frames(sweep, rows), found)
        else:
            _write_film(out, frames(sweep, rows))
    except OSError as error:
        raise DatasetError(f"cannot write {out}: {error.strerror or error}") from error
    return out


def remake_sweep(found: Mapping[str, Any], generator: FaceGenerator, out: Path) -> Path:
    """Make the sweep of a recipe again; raises as `write_sweep`, and where the weights are others."""
    check_weights(found, generator.loaded)
    try:
        stored = dict(found["sweep"])
        stored["seeds"] = tuple(stored["seeds"])
        stored["sliders"] = tuple((name, float(value)) for name, value in stored["sliders"])
        sweep = Sweep(**stored)
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"the recipe is damaged ({error}); expected a sweep") from error
    return write_sweep(sweep, generator, out)


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
    return [*there, *there[-2:0:-1]]


def _write_gif(out: Path, pictures: Sequence[Image.Image], found: Mapping[str, Any]) -> None:
    # One palette for all frames: palettes of their own would make still parts flicker.
    palette = pictures[len(pictures) // 2].quantize(256)
    small = [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures]
    data = io.BytesIO()
    first = RecipePicture.of(small[0], found)
    first.save(data, "GIF", save_all=True, append_images=small[1:], duration=_MILLISECONDS, loop=0)
    write_bytes(out, data.getvalue())


def _film_writers() -> list[str]:
    return [name for name in ("imageio_ffmpeg", "av") if importlib.util.find_spec(name)]


def _write_film(out: Path, pictures: Sequence[Image.Image]) -> None:
    """H.264 through whichever library is here; it takes even sizes only."""
    width, height = (edge + edge % 2 for edge in pictures[0].size)
    arrays = [np.asarray(picture.crop((0, 0, width, height))) for picture in pictures for _ in range(2)]
    library = importlib.import_module(_film_writers()[0])
    with replacing(out.with_name(f"{out.stem}.mp4")) as temporary:
        film = temporary.with_suffix(".mp4")
        if library.__name__ == "imageio_ffmpeg":
            writer = library.write_frames(str(film), (width, height), fps=_FRAMES_PER_SECOND, macro_block_size=2)
            writer.send(None)
            for array in arrays:
                writer.send(np.ascontiguousarray(array))
            writer.close()
        else:
            _write_with_av(library, film, arrays)
        film.replace(temporary)


def _write_with_av(av: Any, film: Path, arrays: Sequence[NDArray[np.uint8]]) -> None:
    with av.open(str(film), "w") as container:
        stream = container.add_stream("h264", rate=_FRAMES_PER_SECOND)
        stream.height, stream.width = arrays[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for array in arrays:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(array, format="rgb24")))
        container.mux(stream.encode())


def with_settings(sweep: Sweep, seeds: tuple[int, ...], sliders: Mapping[str, float], truncation: float) -> Sweep:
    """The sweep over other faces and with other sliders set."""
    return replace(sweep, seeds=seeds, sliders=tuple(sliders.items()), truncation=truncation)

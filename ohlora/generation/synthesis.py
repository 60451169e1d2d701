"""Draws faces from seeds into a dataset folder.

Images are written one by one and whole, each with its recipe inside, and entered into the table at once: a run that is
stopped, by Ctrl-C or by `kill -9`, goes on with the same command where it was.
"""

import io
import json
import shlex
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tqdm import tqdm

from ohlora.datasets.face_folder import LATENTS_NAME, TABLE_NAME, FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.files import replacing, write_bytes
from ohlora.generation.drawing import NamedGenerator
from ohlora.generation.seeds import latents
from ohlora.progress import describe_rate, progress_bar

RECIPE_KEY = "ohlora"  # the PNG text entry that says how an image was made
_SUFFIXES = {"png": ".png", "jpeg": ".jpg"}
_SAVING_THREADS = 2


@dataclass(frozen=True)
class SynthesisSettings:
    """What to synthesise.

    Attributes:
        seeds: One face each.
        truncation: psi: 1 for the model's full variety, 0 for its average face.
        truncation_layers: Coarse layers that are truncated; None for all.
        image_format: `png`, or the smaller and lossy `jpeg`.
        keep_latents: Whether z and w go into `latents.npz`.
        batch_size: Images that may wait in memory to be written; it changes no pixel.
    """

    seeds: tuple[int, ...]
    truncation: float = 0.7
    truncation_layers: int | None = None
    image_format: str = "png"
    keep_latents: bool = False
    batch_size: int = 16

    def __post_init__(self) -> None:
        if not self.seeds:
            raise SettingsError("expected at least one seed, got none")
        if not -2.0 <= self.truncation <= 2.0:
            raise SettingsError(f"expected a truncation from -2 to 2, usually 0.5 to 1, got {self.truncation}")
        if self.image_format not in _SUFFIXES:
            raise SettingsError(f"expected the format {' or '.join(_SUFFIXES)}, got '{self.image_format}'")
        if self.batch_size < 1:
            raise SettingsError(f"expected a batch size of at least 1, got {self.batch_size}")

    def file_name(self, seed: int) -> str:
        """Name of a seed's image in the dataset folder."""
        return f"seed{seed:08d}{_SUFFIXES[self.image_format]}"


@dataclass(frozen=True)
class SynthesisSummary:
    """What a run did.

    Attributes:
        folder: The dataset folder.
        made: Faces of this run.
        kept: Wanted faces that were there already.
        seconds: Duration of the synthesis.
        files: Other files that were written.
    """

    folder: Path
    made: int
    kept: int
    seconds: float
    files: list[Path] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What was done, where it is and what comes next, for people."""
        kept = f"; {self.kept} were there already" if self.kept else ""
        return [
            f"{describe_rate(self.made, self.seconds, 'faces')}{kept}",
            f"images and {TABLE_NAME} in {self.folder}",
            *(f"z and w in {path}" for path in self.files),
            f"next: ohlora label {shlex.quote(str(self.folder))}",
        ]


def synthesize(
    out: str | Path, settings: SynthesisSettings, generator: NamedGenerator, *, progress: bool = True
) -> SynthesisSummary:
    """Synthesise faces into a dataset folder, going on where an earlier run was stopped.

    Args:
        out: The dataset folder; made when it is not there.
        settings: What to synthesise.
        generator: With what.
        progress: Whether a bar with the rate and the time left is shown.

    Returns:
        What was done.

    Raises:
        DatasetError: When the folder cannot be read or written, or holds faces that were made otherwise.
    """
    dataset = FaceDataset.create(out)
    started = time.monotonic()
    files: list[Path] = []
    with dataset.writing():
        _check_same_recipe(dataset, settings, generator)
        names = {seed: settings.file_name(seed) for seed in settings.seeds}
        todo = [seed for seed, name in names.items() if name not in dataset.rows or not dataset.path(name).exists()]
        kept = len(names) - len(todo)
        with (
            progress_bar("synthesise", "face", len(names), kept, progress) as bar,
            _FaceWriter(dataset, settings, generator, bar) as writer,
        ):
            for seed, pixels in _draw(todo, settings, generator):
                writer.write(seed, pixels)
        if settings.keep_latents:
            files.append(_save_latents(dataset, generator))
    return SynthesisSummary(dataset.folder, len(todo), kept, time.monotonic() - started, files)


def _draw(
    seeds: Sequence[int], settings: SynthesisSettings, generator: NamedGenerator
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Draw the seeds' images `(R, R, 3)`, group by group in the order in which the seeds come first."""
    size = generator.group_size
    groups: dict[int, list[int]] = {}
    for seed in seeds:
        groups.setdefault(seed // size, []).append(seed)
    for group, wanted in groups.items():
        images = generator.draw_group(group, settings.truncation, settings.truncation_layers)
        yield from ((seed, images[seed % size]) for seed in wanted)


class _FaceWriter:
    """Encodes and writes images while the next are drawn, and puts each into the table when its file is complete."""

    def __init__(
        self, dataset: FaceDataset, settings: SynthesisSettings, generator: NamedGenerator, bar: "tqdm[Any]"
    ) -> None:
        self._dataset = dataset
        self._settings = settings
        self._recipe = recipe(settings, generator)
        self._bar = bar
        self._pool = ThreadPoolExecutor(_SAVING_THREADS)
        self._waiting: deque[tuple[int, Future[None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Also after Ctrl-C: what is drawn already is kept.
        try:
            while self._waiting:
                self._finish_oldest()
        finally:
            self._pool.shutdown()

    def write(self, seed: int, pixels: NDArray[np.uint8]) -> None:
        path = self._dataset.path(self._settings.file_name(seed))
        self._waiting.append((seed, self._pool.submit(save_face, path, pixels, {"seed": seed, **self._recipe})))
        while self._waiting and (self._waiting[0][1].done() or len(self._waiting) >= self._settings.batch_size):
            self._finish_oldest()

    def _finish_oldest(self) -> None:
        seed, saved = self._waiting.popleft()
        try:
            saved.result()
        except OSError as error:
            raise DatasetError(f"cannot write {self._dataset.path(self._settings.file_name(seed))}: {error}") from error
        self._dataset.update(self._settings.file_name(seed), {"seed": seed, **self._recipe})
        self._bar.update()


def recipe(settings: SynthesisSettings, generator: NamedGenerator) -> dict[str, Any]:
    """What all faces of a run have in common; with the seed it says how to make an image again."""
    common = {"model": generator.name, "weights": generator.fingerprint, "truncation": settings.truncation}
    if settings.truncation_layers is not None:
        common["truncation_layers"] = settings.truncation_layers
    if generator.precision != torch.float32:
        common["precision"] = str(generator.precision).removeprefix("torch.")
    return common


def save_face(path: Path, pixels: NDArray[np.uint8], face_recipe: dict[str, Any]) -> None:
    """Write an image with its recipe inside, as a PNG text entry or a JPEG comment.

    Args:
        path: Ends in `.png` or `.jpg`.
        pixels: RGB `(H, W, 3)`, 0..255.
        face_recipe: What made the image.
    """
    text = json.dumps(face_recipe)
    data = io.BytesIO()
    if path.suffix == ".png":
        info = PngInfo()
        info.add_text(RECIPE_KEY, text)
        Image.fromarray(pixels).save(data, "PNG", pnginfo=info)
    else:
        comment = f"{RECIPE_KEY} {text}".encode()
        Image.fromarray(pixels).save(data, "JPEG", quality=95, subsampling=0, comment=comment)
    write_bytes(path, data.getvalue())


def _check_same_recipe(dataset: FaceDataset, settings: SynthesisSettings, generator: NamedGenerator) -> None:
    """Refuse to mix faces of other settings into a folder, where nobody could tell them apart later."""
    wanted = {**dict.fromkeys(("truncation_layers", "precision"), ""), **recipe(settings, generator)}
    for file_name in _synthesised(dataset):
        row = dataset.rows[file_name]
        for key, value in wanted.items():
            if not _same(row.get(key, ""), value):
                raise DatasetError(
                    f"{dataset.folder} holds faces with {key} '{row.get(key, '')}', and this run has '{value}'; "
                    "choose another folder with --out"
                )
        if Path(file_name).suffix != _SUFFIXES[settings.image_format]:
            raise DatasetError(
                f"{dataset.folder} holds faces such as {file_name}, and this run writes {settings.image_format}; "
                "choose another folder with --out"
            )


def _synthesised(dataset: FaceDataset) -> dict[str, int]:
    """The seeds of the folder's synthesised faces by file name; a user's own images may lie among them."""
    return {
        file_name: int(row["seed"])
        for file_name, row in dataset.rows.items()
        if row.get("weights") and row.get("seed", "").isdecimal()
    }


def _same(cell: str, value: object) -> bool:
    if isinstance(value, float):
        try:
            return abs(float(cell) - value) < 1e-6
        except ValueError:
            return False
    return cell == str(value)


def _save_latents(dataset: FaceDataset, generator: NamedGenerator) -> Path:
    """Write z and w of all synthesised faces of the folder; they follow from the seeds, so that nothing has to be resumed.

    The file has `file_name` `(N,)`, `seed` `(N,)` uint32, `z` `(N, z_dim)`, `w` `(N, w_dim)` before truncation and the
    average `w_avg` `(w_dim,)`, float32.
    """
    faces = _synthesised(dataset)
    size = generator.group_size
    mapped = {
        group: generator.map_group(group).cpu().numpy() for group in dict.fromkeys(s // size for s in faces.values())
    }
    path = dataset.folder / LATENTS_NAME
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            file_name=np.array(list(faces)),
            seed=np.array(list(faces.values()), np.uint32),
            z=latents(list(faces.values()), generator.network.config.z_dim),
            w=np.stack([mapped[seed // size][seed % size] for seed in faces.values()]),
            w_avg=generator.network.truncation.w_avg.cpu().numpy(),
        )
    return path

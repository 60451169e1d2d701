"""Draws faces from seeds into a dataset folder, for `ohlora synthesize` and, with sliders, for `ohlora generate`.

Seeds, sliders, a model and settings go in; pictures come out one by one and whole, each with its recipe inside, and enter the
table as they are finished, with a column per slider, so that a stopped run goes on where it was. Two runs into one folder may
ask for other seeds and sliders and need the same settings otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import torch

from ohlora.datasets.face_folder import LATENTS_NAME, TABLE_NAME, FaceDataset
from ohlora.datasets.resumable import FinishedRow, Job, RunSummary, check_same_settings, run_job
from ohlora.errors import DatasetError, SettingsError
from ohlora.files import command_text, replacing
from ohlora.generation.drawing import DEFAULT_TRUNCATION, Columns, FaceDrawer, check_truncation
from ohlora.generation.loaded_model import LoadedModel
from ohlora.generation.recipe import recipe, save_face, write_face
from ohlora.generation.recipe_picture import PICTURE_SUFFIXES
from ohlora.generation.requests import FaceRequest, check_columns, columns_of, requested_sliders, requests_of
from ohlora.generation.seeds import latents
from ohlora.sliders.slider_model import SliderModel
from stylegan import GeneratorNetwork

_COLUMNS = ("model", "weights", "truncation", "truncation_layers", "precision", "class")
"""What all faces of a run have in common, in columns of the table."""

_SUFFIXES = {"png": ".png", "jpeg": ".jpg"}


@dataclass(frozen=True)
class SynthesisSettings:
    """What to draw.

    Attributes:
        seeds: One face each; with sliders, a seed may come several times.
        truncation: psi: 1 for the model's full variety, 0 for its average face.
        truncation_layers: Coarse layers that are truncated; None for all. Only without sliders.
        sliders: By slider, one value per seed, NaN where a face's slider stays where it is, as it does where none is named.
        precision: What the synthesis computes in.
        face_class: Which of its classes a generator of classes draws, from 0; None for others.
        image_format: `png`, or the smaller and lossy `jpeg`.
        keep_latents: Whether z and w go into `latents.npz`. Only without sliders.
        batch_size: Images that may wait in memory to be written; it changes no pixel.
    """

    seeds: tuple[int, ...]
    truncation: float = DEFAULT_TRUNCATION
    truncation_layers: int | None = None
    sliders: Columns = field(default_factory=dict)
    precision: torch.dtype = torch.float32
    face_class: int | None = None
    image_format: str = "png"
    keep_latents: bool = False
    batch_size: int = 16

    def __post_init__(self) -> None:
        if not self.seeds:
            raise SettingsError("expected at least one seed, got none")
        check_truncation(self.truncation)
        if self.image_format not in _SUFFIXES:
            raise SettingsError(f"expected the format {' or '.join(_SUFFIXES)}, got '{self.image_format}'")
        if self.batch_size < 1:
            raise SettingsError(f"expected a batch size of at least 1, got {self.batch_size}")

    @property
    def requests(self) -> tuple[FaceRequest, ...]:
        """What is asked for, face by face."""
        return requests_of(self.seeds, self.sliders)

    def file_name(self, seed: int, number: int = 1) -> str:
        """Name of the first, second, ... image of a seed in the dataset folder."""
        more = f"-{number}" if number > 1 else ""
        return f"seed{seed:08d}{more}{_SUFFIXES[self.image_format]}"


@dataclass(frozen=True)
class SynthesisSummary(RunSummary):
    """What a run did.

    Attributes:
        files: Other files that were written.
    """

    files: tuple[Path, ...] = ()

    def lines(self) -> list[str]:
        """What was done, where it is and what comes next, for people."""
        return [
            self.rate_line("faces"),
            f"images and {TABLE_NAME} in {self.folder}",
            *(f"z and w in {path}" for path in self.files),
            f"next: {command_text('ohlora', 'label', self.folder)}",
        ]


def synthesize(
    out: str | Path,
    settings: SynthesisSettings,
    model: LoadedModel[GeneratorNetwork | SliderModel],
    *,
    progress: bool = True,
) -> SynthesisSummary:
    """Draw faces into a dataset folder, going on where an earlier run was stopped.

    Args:
        out: The dataset folder; made when it is not there.
        settings: What to draw.
        model: With what.
        progress: Whether a bar with the rate and the time left is shown.

    Returns:
        What was done.

    Raises:
        SettingsError: A slider is unknown, or its value out of range.
        DatasetError: When the folder cannot be read or written, or holds faces that were made otherwise.
    """
    _check_fits(settings, model)
    drawer = FaceDrawer(model.network, settings.precision, settings.face_class)
    dataset = FaceDataset.create(out)
    cells = {column: value for column, value in face_recipe(settings, model).items() if column in _COLUMNS}

    def work(names: list[str]) -> Iterator[FinishedRow]:
        requests = [wanted[name] for name in names]
        seeds, columns = [request.seed for request in requests], columns_of(requests)
        order = drawer.ordered(seeds, columns)
        faces = drawer.draw(
            [seeds[row] for row in order],
            {name: column[order] for name, column in columns.items()},
            settings.truncation,
            settings.truncation_layers,
        )
        for row, pixels in zip(order, faces, strict=True):
            found = face_recipe(settings, model, requests[row])
            write = partial(save_face, dataset.path(names[row]), pixels, found)
            yield FinishedRow(names[row], {"seed": seeds[row], **cells, **requests[row].cells()}, write)

    def is_done(name: str) -> bool:
        return name in dataset.rows and dataset.path(name).exists()

    with dataset.writing():
        _check_same_recipe(dataset, settings, cells)
        wanted = _named(dataset, settings)
        job = Job("synthesise", "face", list(wanted), is_done, work, settings.batch_size)
        run = run_job(dataset, job, progress=progress)
        files = (_save_latents(dataset, drawer),) if settings.keep_latents else ()
    return SynthesisSummary(run.folder, run.made, run.kept, run.seconds, files)


def wants_file(out: Path, settings: SynthesisSettings) -> bool:
    """Whether `out` names the picture of one face rather than a folder; a folder that is there stays one.

    Raises:
        SettingsError: It names a picture, and there are several seeds or latents to keep.
    """
    if out.suffix.lower() not in PICTURE_SUFFIXES or out.is_dir():
        return False
    if len(settings.seeds) > 1:
        units = "faces" if len(set(settings.seeds)) == 1 else "seeds"
        raise SettingsError(
            f"{len(settings.seeds)} {units} do not fit into one picture; name a folder instead of '{out}', or ask for one"
        )
    if settings.keep_latents:
        raise SettingsError(f"latents are kept in a folder; name one instead of '{out}'")
    return True


def synthesize_file(out: Path, settings: SynthesisSettings, model: LoadedModel[GeneratorNetwork | SliderModel]) -> Path:
    """Draw the one face of the settings into a picture whose suffix says its format; raises as `write_face`."""
    _check_fits(settings, model)
    drawer = FaceDrawer(model.network, settings.precision, settings.face_class)
    faces = drawer.draw(settings.seeds, settings.sliders, settings.truncation, settings.truncation_layers)
    return write_face(out, lambda: next(faces), face_recipe(settings, model, settings.requests[0]))


def face_recipe(
    settings: SynthesisSettings,
    model: LoadedModel[GeneratorNetwork | SliderModel],
    request: FaceRequest | None = None,
) -> dict[str, object]:
    """How to make a face of a run again, or what all of them have in common where none is given."""
    sliders = request.sliders if request and not isinstance(model.network, GeneratorNetwork) else None
    seed = {"seed": request.seed} if request else {}
    found = recipe(model, settings.truncation, sliders, settings.truncation_layers, settings.precision)
    drawn = {} if settings.face_class is None else {"class": settings.face_class}
    return {**seed, **found, **drawn}


def _check_fits(settings: SynthesisSettings, model: LoadedModel[GeneratorNetwork | SliderModel]) -> None:
    if isinstance(model.network, GeneratorNetwork):
        if settings.sliders:
            raise SettingsError(f"{model.name} has no sliders; ohlora finetune adds them")
        layers = model.network.num_ws
        if not 0 <= (settings.truncation_layers or 0) <= layers:
            raise SettingsError(
                f"expected --trunc-layers (truncation_layers) between 0 and {layers}, got {settings.truncation_layers}"
            )
        return
    check_columns(model.network.sliders, settings.sliders)
    if settings.truncation_layers is not None or settings.keep_latents:
        raise SettingsError("truncation_layers and keep_latents are for faces without sliders")


def _check_same_recipe(dataset: FaceDataset, settings: SynthesisSettings, cells: Mapping[str, object]) -> None:
    """Refuse faces of other settings, and of another format."""
    absent = dict.fromkeys(("truncation_layers", "precision", "class"))
    check_same_settings(dataset, {**absent, **cells}, mark="weights", units="faces")
    for file_name in _synthesised(dataset):
        if Path(file_name).suffix != _SUFFIXES[settings.image_format]:
            raise DatasetError(
                f"{dataset.folder} holds faces such as {file_name}, and this run writes {settings.image_format}; "
                "choose another folder with --out"
            )


def _named(dataset: FaceDataset, settings: SynthesisSettings) -> dict[str, FaceRequest]:
    """The requests by the names of their images: those of faces that are there with the same sliders, or the next free ones."""
    there: dict[int, dict[str, dict[str, float]]] = {}
    for name, seed in _synthesised(dataset).items():
        there.setdefault(seed, {})[name] = requested_sliders(dataset.rows[name])
    named: dict[str, FaceRequest] = {}
    for request in settings.requests:
        taken = there.setdefault(request.seed, {})
        same = (name for name, sliders in taken.items() if request.is_of(sliders))
        free = (name for number in count(1) if (name := settings.file_name(request.seed, number)) not in taken)
        name = next(same, None) or next(free)
        taken[name] = dict(request.sliders)
        named[name] = request
    return named


def _synthesised(dataset: FaceDataset) -> dict[str, int]:
    """The seeds of the folder's synthesised faces by file name; a user's own images may lie among them."""
    return {
        file_name: int(row["seed"])
        for file_name, row in dataset.rows.items()
        if row.get("weights") and row.get("seed", "").isdecimal()
    }


def _save_latents(dataset: FaceDataset, drawer: FaceDrawer) -> Path:
    """Write z and w of all synthesised faces of the folder; they follow from the seeds, so that nothing has to be resumed.

    The file has `file_name` `(N,)`, `seed` `(N,)` uint32, `z` `(N, z_dim)`, `w` `(N, w_dim)` before truncation and the
    average `w_avg` `(w_dim,)`, float32.
    """
    assert isinstance(drawer.network, GeneratorNetwork)
    faces = _synthesised(dataset)
    size = drawer.group_size
    groups = dict.fromkeys(seed // size for seed in faces.values())
    mapped = {group: drawer.map_group(group).cpu().numpy() for group in groups}
    path = dataset.folder / LATENTS_NAME
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            file_name=np.array(list(faces)),
            seed=np.array(list(faces.values()), np.uint32),
            z=latents(list(faces.values()), drawer.network.z_dim),
            w=np.stack([mapped[seed // size][seed % size] for seed in faces.values()]),
            w_avg=drawer.network.average_w.cpu().numpy(),
        )
    return path

"""Writes many portraits into a dataset folder: images, exact label maps, true attributes and all parameters."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PIL import Image

from ohlora.datasets.face_folder import FaceDataset
from ohlora.datasets.resumable import FinishedRow, Job, RunSummary, check_same_settings, run_job, setting_cell
from ohlora.errors import SettingsError
from ohlora.files import command_text, replacing
from ohlora.portraits.render import MAX_SIZE, RENDERER_VERSION, render
from ohlora.portraits.sampling import SAMPLINGS, sample_parameters
from ohlora.portraits.styles.natural import Natural
from ohlora.portraits.styles.registry import style_from_text
from ohlora.portraits.styles.style import Style


@dataclass(frozen=True)
class CollectionSettings:
    """What to draw.

    Attributes:
        seeds: One portrait each.
        sampling: Named distribution of the parameters, `core`, `full` or `everyone`.
        size: Edge of the images in pixels, 16..1024.
        label_size: Edge of the label maps in pixels; None for that of the images.
        style: Drawing style.
    """

    seeds: Sequence[int]
    sampling: str = "full"
    size: int = 256
    label_size: int | None = None
    style: Style = field(default_factory=Natural)

    def __post_init__(self) -> None:
        if self.sampling not in SAMPLINGS:
            raise SettingsError(f"expected a sampling out of {', '.join(SAMPLINGS)}, got {self.sampling!r}")
        for name, value in (("size", self.size), ("label size", self.label_size or self.size)):
            if not 16 <= value <= MAX_SIZE:
                raise SettingsError(f"expected a {name} of 16 to {MAX_SIZE} pixels, got {value}")


@dataclass(frozen=True)
class CollectionSummary(RunSummary):
    """What a run drew.

    Attributes:
        labels_folder: Where the label maps are.
    """

    labels_folder: Path

    def lines(self) -> list[str]:
        """What was done and where it is, for people."""
        return [
            self.rate_line("portraits"),
            f"images and metadata.csv with the truth (true_*) and every parameter (param_*) in {self.folder}",
            f"exact label maps, classes 0..10 as grey values, in {self.labels_folder}",
            f"next: {command_text('ohlora', 'label', self.folder)}",
        ]


def read_style(name: str, assignments: Sequence[str]) -> Style:
    """The drawing style called `name` with settings written as `NAME=VALUE`, for commands.

    Raises:
        OhloraError: no style or setting has that name, or a value is out of its range.
    """
    return style_from_text(name, assignments)


def write_portraits(
    out: str | Path, settings: CollectionSettings, *, workers: int = 1, progress: bool = True
) -> CollectionSummary:
    """Draw portraits into a dataset folder, going on where an earlier run was stopped.

    Args:
        out: The dataset folder; made when it is not there. Label maps go beside it, into `OUT.labels/truth`.
        settings: What to draw.
        workers: Processes that draw.
        progress: Whether a bar with the rate and the time left is shown.

    Raises:
        DatasetError: the folder cannot be used, or holds portraits of another sampling, size or style.
    """
    dataset = FaceDataset.create(out)
    label_maps = dataset.labels_folder / "truth"
    label_maps.mkdir(parents=True, exist_ok=True)
    style = settings.style
    common = {
        "sampling": settings.sampling,
        "size": settings.size,
        "style": style.name,
        "style_settings": setting_cell(style.settings()),
    }
    seeds = {_file_name(seed): seed for seed in settings.seeds}
    draw = partial(_draw, folder=dataset.folder, label_maps=label_maps, settings=settings)

    def work(names: list[str]) -> Iterator[FinishedRow]:
        # Fresh interpreters: forked copies of a process that runs threads can hang.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            for seed, cells in pool.imap(draw, [seeds[name] for name in names], chunksize=4):
                yield FinishedRow(_file_name(seed), {"seed": seed, **common, **cells})

    def is_drawn(name: str) -> bool:
        return name in dataset.rows and dataset.path(name).exists()

    with dataset.writing():
        check_same_settings(dataset, common, mark="sampling", units="portraits")
        run = run_job(dataset, Job("draw", "portrait", list(seeds), is_drawn, work), progress=progress)
    return CollectionSummary(run.folder, run.made, run.kept, run.seconds, label_maps)


def _file_name(seed: int) -> str:
    return f"portrait{seed:08d}.png"


def _draw(seed: int, *, folder: Path, label_maps: Path, settings: CollectionSettings) -> tuple[int, dict[str, float]]:
    """Draw one portrait into its files; returns its truth and parameters."""
    parameters = sample_parameters(seed, settings.sampling)
    portrait = render(parameters, settings.size, settings.label_size or settings.size, settings.style)
    assert portrait.label_map is not None
    for path, pixels in (
        (folder / _file_name(seed), portrait.image),
        (label_maps / _file_name(seed), portrait.label_map),
    ):
        with replacing(path) as partial_path:
            Image.fromarray(pixels).save(partial_path, format="PNG")
    truth = {f"true_{name}": value for name, value in portrait.truth.items()}
    return seed, {"renderer": RENDERER_VERSION} | truth | {f"param_{name}": value for name, value in parameters.items()}

"""Labels every image of a folder: image -> face parser -> label map -> scores -> attributes, into the folder's table.

A row gets the raw score (`score_mouth`), the normalised attribute (`mouth`), which parser and which version of the scores
they come from, where the gender is from, the box of the face in the image, and what is missing and why. Scores are written
as soon as they are known; attributes at the end, when the range of all scores is.
"""

import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.datasets.face_folder import NORMALIZATION_NAME, TABLE_NAME, FaceDataset
from ohlora.errors import DatasetError, SettingsError
from ohlora.files import replacing
from ohlora.hub import CATALOG
from ohlora.images.pictures import PictureError, open_picture
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.label_columns import is_classified
from ohlora.labelling.normalization import BOUNDS, Normalizer
from ohlora.labelling.scores import VERSIONS, compute_scores
from ohlora.progress import describe_rate, progress_bar
from segmentation import FaceParser, ParsedFace
from segmentation.classes import CLASS_COLORS

PHOTOGRAPHS_WARNING = (
    "the portraits parser was trained on illustrated portraits, and {count} of these images are none of ohlora's; "
    "for photographs use: --parser facexformer"
)
_HEADS = ("segmentation", "gender")
_READING_THREADS = 2


@dataclass(frozen=True)
class LabelSettings:
    """How to label.

    Attributes:
        parser: Name that the rows carry, `portraits` or `facexformer`, or a folder of a parser's weights.
        scores: Version of the scores.
        bounds: What an attribute's range stands for: `minmax` of all scores, or robust `quantile`s.
        normalization: A saved normalisation to apply instead of fitting one to these images.
        label_maps: Whether label maps are written, as PNGs that hold the class ids and show their colours.
        overlays: Whether the label maps over the faces are written.
        overwrite: Whether images that are labelled already are labelled again.
        batch_size: Images that pass through the parser together.
    """

    parser: str = "portraits"
    scores: str = "v3"
    bounds: str = "minmax"
    normalization: Path | None = None
    label_maps: bool = False
    overlays: bool = False
    overwrite: bool = False
    batch_size: int = 16

    def __post_init__(self) -> None:
        for name, value, known in (("bounds", self.bounds, BOUNDS), ("scores version", self.scores, tuple(VERSIONS))):
            if value not in known:
                raise SettingsError(f"expected as {name} one of {', '.join(known)}, got '{value}'")
        if self.batch_size < 1:
            raise SettingsError(f"expected a batch size of at least 1, got {self.batch_size}")


@dataclass(frozen=True)
class LabelSummary:
    """What a run did.

    Attributes:
        folder: The dataset folder.
        labelled: Images of this run.
        kept: Images that were labelled already.
        unreadable: Images of the folder that cannot be read.
        faceless: Images of the folder in which no face was found.
        missing: Images without a value, by attribute; unreadable and faceless ones are among them.
        seconds: Duration of the run.
        warnings: What the user should know, one line each.
        files: Files and folders that were written beside the table.
    """

    folder: Path
    labelled: int
    kept: int
    unreadable: int
    faceless: int
    missing: dict[str, int]
    seconds: float
    warnings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What was done, what is missing, where it is and what comes next, for people."""
        kept = f"; {self.kept} were labelled already" if self.kept else ""
        lines = [f"{describe_rate(self.labelled, self.seconds, 'images')}{kept}"]
        if self.unreadable:
            lines.append(f"{self.unreadable} images cannot be read")
        if self.faceless:
            lines.append(f"no face found in {self.faceless} images")
        lines.append(self.missing_line())
        lines.append(f"labels in {self.folder / TABLE_NAME}")
        lines += [f"also {path}" for path in self.files]
        return [*lines, f"next: ohlora report {shlex.quote(str(self.folder))}"]

    def missing_line(self) -> str:
        """How many images lack which attribute."""
        missing = ", ".join(f"{name} {count}" for name, count in self.missing.items() if count)
        return f"missing: {missing} (why: column 'missing')" if missing else "missing: nothing"


def label(folder: str | Path, settings: LabelSettings, parser: FaceParser, *, progress: bool = True) -> LabelSummary:
    """Label a folder of images, going on where an earlier run was stopped.

    Args:
        folder: Images, in subfolders too, with or without a table.
        settings: How to label.
        parser: The parser that `settings.parser` names.
        progress: Whether a bar with the rate and the time left is shown.

    Returns:
        What was done.

    Raises:
        DatasetError: When the folder holds no image, or cannot be read or written.
        OhloraError: When the saved normalisation cannot be used.
    """
    started = time.monotonic()
    dataset = FaceDataset(folder)
    saved = Normalizer.load(settings.normalization) if settings.normalization is not None else None
    with dataset.writing():
        names = list(dict.fromkeys([*dataset.rows, *dataset.image_files()]))
        if not names:
            raise DatasetError(f"expected images in {dataset.folder}, found none; ohlora synthesize makes some")
        _check_columns(dataset)
        run = _LabelRun(dataset, settings, parser)
        todo = [name for name in names if settings.overwrite or not run.is_done(name)]
        warnings = _warnings(dataset, todo, parser)
        for warning in warnings if progress else []:
            print(f"warning: {warning}", file=sys.stderr)
        with progress_bar("label", "image", len(names), len(names) - len(todo), progress) as bar:
            for batch in run.batches(todo):
                run.label_batch(batch)
                bar.update(len(batch))
        files = [normalise(dataset, settings, saved), *run.made_folders()]
    missing = dataset.text("missing")
    return LabelSummary(
        folder=dataset.folder,
        labelled=len(todo),
        kept=len(names) - len(todo),
        unreadable=sum(cell.startswith("image: ") for cell in missing),
        faceless=sum(cell.startswith("face: ") for cell in missing),
        missing={name: int(np.isnan(dataset.numbers(name)).sum()) for name in ATTRIBUTES if name in dataset.columns},
        seconds=time.monotonic() - started,
        warnings=warnings,
        files=files,
    )


class _LabelRun:
    """Parses and scores batches of a dataset's images and writes what comes out."""

    def __init__(self, dataset: FaceDataset, settings: LabelSettings, parser: FaceParser) -> None:
        self._dataset = dataset
        self._settings = settings
        self._parser = parser
        self._folders = {
            kind: dataset.labels_folder / kind
            for kind, wanted in (("label_maps", settings.label_maps), ("overlays", settings.overlays))
            if wanted
        }

    def is_done(self, name: str) -> bool:
        """Whether an earlier run labelled the image in the same way; unreadable ones are always tried again."""
        row = self._dataset.rows.get(name, {})
        return (
            (row.get("parser"), row.get("scores_version")) == (self._settings.parser, self._settings.scores)
            and not row.get("missing", "").startswith("image: ")
            and all(_side_path(folder, name).exists() for folder in self._folders.values())
        )

    def made_folders(self) -> list[Path]:
        return list(self._folders.values())

    def batches(self, names: Sequence[str]) -> Iterator[list[tuple[str, "Image.Image | PictureError"]]]:
        """Read the images in batches, the next one while the caller works on the last."""
        size = self._settings.batch_size
        with ThreadPoolExecutor(_READING_THREADS) as pool:
            ahead: list[Future[Image.Image | PictureError]] = []
            for start in range(0, len(names), size):
                batch = ahead or [pool.submit(self._read, name) for name in names[start : start + size]]
                ahead = [pool.submit(self._read, name) for name in names[start + size : start + 2 * size]]
                yield [(name, read.result()) for name, read in zip(names[start : start + size], batch, strict=True)]

    def label_batch(self, batch: Sequence[tuple[str, "Image.Image | PictureError"]]) -> None:
        """Label the images of a batch and put them into the table."""
        faces = self._parse([image for _, image in batch if isinstance(image, Image.Image)])
        for name, image in batch:
            if isinstance(image, PictureError):
                row = self._row({}, f"image: {image.reason.replace(';', ',')}")
            else:
                face, scores, reasons = next(faces)
                self._write_pictures(name, face)
                row = self._face_row(face, scores, reasons)
            self._dataset.update(name, self._without_classified(name, row))

    def _without_classified(self, name: str, cells: dict[str, Any]) -> dict[str, Any]:
        """Leaves out attributes that `ohlora classify predict` gave; what the parser says is kept as their score."""
        row = self._dataset.rows.get(name, {})
        kept = {attribute for attribute in ATTRIBUTES if is_classified(row, attribute)}
        kept |= {f"{attribute}_source" for attribute in kept}
        return {column: value for column, value in cells.items() if column not in kept}

    def _parse(self, images: list[Image.Image]) -> Iterator[tuple[ParsedFace, dict[str, float], dict[str, str]]]:
        """Parse and score images; yields each one's face, scores (NaN where missing) and reasons."""
        if not images:
            return
        faces = self._parser(images, heads=_HEADS, batch_size=len(images))
        table = compute_scores(
            np.stack([face.label_map for face in faces]),
            np.stack([face.crop for face in faces]),
            version=self._settings.scores,
            gender=np.array([np.nan if face.gender is None else face.gender for face in faces]),
        )
        for index, face in enumerate(faces):
            yield face, table.row(index), table.reasons[index]

    def _read(self, name: str) -> "Image.Image | PictureError":
        try:
            return open_picture(self._dataset.path(name))
        except PictureError as error:
            return error

    def _face_row(self, face: ParsedFace, scores: Mapping[str, float], reasons: Mapping[str, str]) -> dict[str, Any]:
        if not face.found:
            return self._row({}, f"face: {face.reason}")
        missing = "; ".join(f"{attribute}: {reason}" for attribute, reason in reasons.items())
        return {**self._row(scores, missing), "face_box": " ".join(f"{edge:.1f}" for edge in face.box)}

    def _row(self, scores: Mapping[str, float], missing: str) -> dict[str, Any]:
        """All cells of a row; the attributes stay empty until the range of all scores is known."""
        return {
            **{f"score_{attribute}": scores.get(attribute) for attribute in ATTRIBUTES},
            **dict.fromkeys(ATTRIBUTES),
            "parser": self._settings.parser,
            "scores_version": self._settings.scores,
            "gender_source": f"{self._parser.name} gender head" if "gender" in scores else None,
            "face_box": None,
            "missing": missing,
        }

    def _write_pictures(self, name: str, face: ParsedFace) -> None:
        for kind, folder in self._folders.items():
            path = _side_path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = label_map_picture(face.label_map) if kind == "label_maps" else face.overlay()
            with replacing(path) as temporary:
                picture.save(temporary, format="PNG")


def label_map_picture(label_map: NDArray[np.uint8]) -> Image.Image:
    """A label map `(H, W)` as a palette image, which holds the class ids as pixels and shows them in their colours."""
    picture = Image.fromarray(label_map).convert("L")
    picture.putpalette(CLASS_COLORS.tobytes())
    return picture


def normalise(dataset: FaceDataset, settings: LabelSettings, saved: Normalizer | None = None) -> Path:
    """Fill in the attributes from the scores of all images that these settings label; saves the normalisation beside.

    Args:
        dataset: Open for writing.
        settings: Parser and version of the scores that count; images labelled by others keep what they have.
        saved: A normalisation to apply; fitted to the images where None.

    Returns:
        Where the normalisation is.
    """
    wanted = (settings.parser, settings.scores)
    names = [name for name, row in dataset.rows.items() if (row.get("parser"), row.get("scores_version")) == wanted]
    chosen = np.isin(list(dataset.rows), names)
    scores = {attribute: dataset.numbers(f"score_{attribute}")[chosen] for attribute in ATTRIBUTES}
    normalizer = saved if saved is not None else Normalizer.fit(scores, bounds=settings.bounds)
    scores = {attribute: values for attribute, values in scores.items() if attribute in normalizer.columns}
    for attribute, values in normalizer.apply(scores).items():
        given = zip(names, values.tolist(), strict=True)
        dataset.set_column(attribute, {n: value for n, value in given if not is_classified(dataset.rows[n], attribute)})
    path = dataset.folder / NORMALIZATION_NAME
    normalizer.save(path)
    return path


def _check_columns(dataset: FaceDataset) -> None:
    """Refuse to write over columns that somebody else filled."""
    for name, row in dataset.rows.items():
        unknown = [attribute for attribute in ATTRIBUTES if row.get(attribute) and not row.get("parser")]
        foreign = [attribute for attribute in unknown if not is_classified(row, attribute)]
        if foreign:
            raise DatasetError(
                f"{dataset.folder / TABLE_NAME} has its own column '{foreign[0]}' (see {name}), which labels would replace; "
                "rename it, then label again"
            )


def _warnings(dataset: FaceDataset, todo: Sequence[str], parser: FaceParser) -> list[str]:
    foreign = sum(not _is_illustrated(dataset.rows.get(name, {})) for name in todo)
    if parser.name != "portraits" or not foreign:
        return []
    return [PHOTOGRAPHS_WARNING.format(count=foreign)]


def _is_illustrated(row: Mapping[str, str]) -> bool:
    """Whether the renderer drew the image or a generator of this project's kind did; published ones make photographs."""
    model = row.get("model", "")
    photographic = model.endswith((".pth", ".pt")) or (model in CATALOG and model != "portraits")
    return bool(row.get("sampling") or (model and not photographic))


def _side_path(folder: Path, name: str) -> Path:
    """Where an image's picture of that kind lies; `a.jpg` and `a.png` do not share one."""
    return folder / (name if name.endswith(".png") else f"{name}.png")

"""Labels every image of a folder: image -> face parser -> label map -> scores -> attributes, into the folder's table.

A row gets the raw score (`score_mouth`), the normalised attribute (`mouth`), which parser and which version of the scores
they come from, where the gender is from, the box of the face in the image, and what is missing and why. Scores are written
as soon as they are known; attributes at the end, when the range of all scores is.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.datasets.face_folder import NORMALIZATION_NAME, TABLE_NAME, FaceDataset
from ohlora.datasets.resumable import FinishedRow, Job, read_ahead, run_job
from ohlora.errors import DatasetError
from ohlora.images.pictures import PictureError, open_picture, write_png
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.labelling.bounds import choose_bounds, normalise, replacement_notes
from ohlora.labelling.label_columns import is_classified
from ohlora.labelling.labeller import parse_and_score
from ohlora.labelling.origin import FOREIGN_CELL, foreign_warning, is_foreign
from ohlora.labelling.plausibility import NOT_LIKE_A_PORTRAIT, like_portraits
from ohlora.labelling.settings import LabelledBy, LabelSettings
from ohlora.labelling.summary import LabelSummary
from segmentation import FaceParser, ParsedFace
from segmentation.classes import CLASS_COLORS
from segmentation.images import PreparedImage

_ABSENT = "image: no such file"
_IMPLAUSIBLE = f"face: {NOT_LIKE_A_PORTRAIT}"
_DIGITS = 6  # of a probability; those behind them depend on how many images pass through the parser together
_PORTRAITS = "portraits"
"""The parser that sees a face in every picture."""


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
    dataset.faces()  # an empty folder is refused before anything is written
    bounds = choose_bounds(dataset, settings)
    with dataset.writing():
        names = dataset.faces()
        _check_columns(dataset)
        replaced = replacement_notes(dataset, settings)
        labelling = _FolderLabelling(dataset, settings, parser)
        warnings = labelling.look_for_foreign(names)
        for warning in warnings if progress else []:
            print(f"warning: {warning}", file=sys.stderr)
        for note in replaced if progress else []:
            print(f"note: this {note}", file=sys.stderr)
        run = run_job(dataset, Job("label", "image", names, labelling.is_done, labelling.work), progress=progress)
        labelling.mark_absent()
        moved = normalise(dataset, settings, bounds.normalizer)
    return LabelSummary(
        dataset.folder,
        run.made,
        run.kept,
        time.monotonic() - started,
        unreadable_images=_lacking(dataset, "image: ", but=_ABSENT),
        faceless_images=_lacking(dataset, "face: ", but=_IMPLAUSIBLE),
        implausible_images=_lacking(dataset, _IMPLAUSIBLE),
        absent_images=dataset.absent(),
        missing={name: int(np.isnan(dataset.numbers(name)).sum()) for name in ATTRIBUTES if name in dataset.columns},
        warnings=warnings,
        notes=[note for note in (bounds.note, *moved) if note],
        files=[dataset.folder / NORMALIZATION_NAME, *labelling.folders.values()],
    )


class _FolderLabelling:
    """Parses and scores batches of a dataset's images."""

    def __init__(self, dataset: FaceDataset, settings: LabelSettings, parser: FaceParser) -> None:
        self._dataset = dataset
        self._settings = settings
        self._parser = parser
        self._foreign: frozenset[str] = frozenset()
        self.folders = {
            kind: dataset.labels_folder / kind
            for kind, wanted in (("label_maps", settings.label_maps), ("overlays", settings.overlays))
            if wanted
        }

    def is_done(self, name: str) -> bool:
        """Whether an earlier run labelled the image in the same way; unreadable ones are always tried again."""
        row = self._dataset.rows.get(name, {})
        return (
            not self._settings.overwrite
            and LabelledBy.of(row) == self._settings.labelled_by
            and not row.get("missing", "").startswith("image: ")
            and not (self._settings.all_faces and row.get("missing") == _IMPLAUSIBLE)
            and all(_side_path(folder, name).exists() for folder in self.folders.values())
        )

    def look_for_foreign(self, names: Sequence[str]) -> list[str]:
        """Find out which of the images that are to be labelled ohlora did not draw; returns what the user should know."""
        if self._parser.name != _PORTRAITS:
            return []
        todo = (name for name in names if not self.is_done(name))
        self._foreign = frozenset(name for name in todo if is_foreign(self._dataset, name))
        return [foreign_warning(len(self._foreign))] if self._foreign else []

    def mark_absent(self) -> None:
        """Let the rows of images that were taken away say so, and hold no numbers that would count for the bounds."""
        for name in self._dataset.absent():
            if self._dataset.rows[name].get("missing") != _ABSENT:
                self._dataset.update(name, self._without_classified(name, self._row({}, _ABSENT)))

    def work(self, names: Sequence[str]) -> Iterator[FinishedRow]:
        """Label images."""
        for batch in read_ahead(names, self._settings.batch_size, self._read):
            yield from self.label_batch(batch)

    def label_batch(self, batch: Sequence[tuple[str, PreparedImage | PictureError]]) -> Iterator[FinishedRow]:
        """Label the images of a batch; what cannot be read gets a row that says why."""
        faces = self._parse([image for _, image in batch if isinstance(image, PreparedImage)])
        for name, image in batch:
            if isinstance(image, PictureError):
                row = self._row({}, f"image: {image.reason.replace(';', ',')}")
            else:
                face, scores, reasons = next(faces)
                self._write_pictures(name, face)
                row = self._face_row(face, scores, reasons)
            warning = FOREIGN_CELL if name in self._foreign else None
            row |= {"warning": warning} if warning or "warning" in self._dataset.columns else {}
            yield FinishedRow(name, self._without_classified(name, row))

    def _without_classified(self, name: str, cells: dict[str, Any]) -> dict[str, Any]:
        """Leaves out attributes that `ohlora classify predict` gave; what the parser says is kept as their score."""
        row = self._dataset.rows.get(name, {})
        kept = {attribute for attribute in ATTRIBUTES if is_classified(row, attribute)}
        kept |= {f"{attribute}_source" for attribute in kept}
        return {column: value for column, value in cells.items() if column not in kept}

    def _parse(self, images: list[PreparedImage]) -> Iterator[tuple[ParsedFace, dict[str, float], dict[str, str]]]:
        """Parse and score images; yields each one's face, scores (NaN where missing) and reasons."""
        if not images:
            return
        faces, table = parse_and_score(self._parser, images, self._settings.scores)
        for index, face in enumerate(self._plausible(faces)):
            scores = table.row(index)
            yield face, {**scores, "gender": round(scores["gender"], _DIGITS)}, table.reasons[index]

    def _plausible(self, faces: list[ParsedFace]) -> list[ParsedFace]:
        """The faces, of which those that are not like a portrait count as not found."""
        if self._parser.name != _PORTRAITS or self._settings.all_faces:
            return faces
        fits = like_portraits(np.stack([face.label_map for face in faces]), np.stack([face.crop for face in faces]))
        return [
            face if fit or not face.found else replace(face, found=False, reason=NOT_LIKE_A_PORTRAIT)
            for face, fit in zip(faces, fits.tolist(), strict=True)
        ]

    def _read(self, name: str) -> PreparedImage | PictureError:
        try:
            return self._parser.prepare(open_picture(self._dataset.path(name)))
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
            **({"parser_precision": None} if "parser_precision" in self._dataset.columns else {}),
            **self._settings.labelled_by.cells(),
            "gender_source": f"{self._parser.name} gender head" if "gender" in scores else None,
            "face_box": None,
            "missing": missing,
        }

    def _write_pictures(self, name: str, face: ParsedFace) -> None:
        for kind, folder in self.folders.items():
            path = _side_path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = label_map_picture(face.label_map) if kind == "label_maps" else face.overlay()
            write_png(path, picture)


def label_map_picture(label_map: NDArray[np.uint8]) -> Image.Image:
    """A label map `(H, W)` as a palette image, which holds the class ids as pixels and shows them in their colours."""
    picture = Image.fromarray(label_map).convert("L")
    picture.putpalette(CLASS_COLORS.tobytes())
    return picture


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


def _lacking(dataset: FaceDataset, start: str, but: str | None = None) -> list[str]:
    """Images whose cell of what is missing begins so, and is not another one."""
    cells = zip(dataset.rows, dataset.text("missing"), strict=True)
    return [name for name, cell in cells if cell.startswith(start) and cell != but]


def _side_path(folder: Path, name: str) -> Path:
    """Where an image's picture of that kind lies; `a.jpg` and `a.png` do not share one."""
    return folder / (name if name.endswith(".png") else f"{name}.png")

"""Faces with answers, read once into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.classification.settings import ClassifierError
from ohlora.datasets.face_folder import FaceDataset
from ohlora.files import command_text
from ohlora.images.pictures import PictureError, square_pixels
from ohlora.progress import progress_bar

_THREADS = 2


@dataclass(frozen=True)
class Answers:
    """Which faces were answered with what.

    Attributes:
        names: Images, relative to the dataset's folder.
        values: Answers `(N,)`, 0 or 1.
    """

    names: tuple[str, ...]
    values: NDArray[np.int64]

    def digest(self) -> str:
        """Twelve hexadecimal digits that stand for exactly these answers."""
        text = "\n".join(f"{name} {value}" for name, value in zip(self.names, self.values.tolist(), strict=True))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def read_answers_column(dataset: FaceDataset, column: str, label: str, least: int) -> Answers:
    """Find the faces that have an answer and are on the disk.

    Args:
        dataset: The faces.
        column: Where the answers are.
        label: What they are about, for messages.
        least: Fewest faces of each answer.

    Raises:
        ClassifierError: When there are too few of an answer, or the column holds something else than 0 and 1.
        DatasetError: When the column does not hold numbers.
    """
    if column not in dataset.columns:
        raise ClassifierError(
            f"expected answers in the column {column} of {dataset.folder}, found no such column; make some with: "
            f"{command_text('ohlora', 'annotate', dataset.folder, '--label', label)}"
        )
    values = dataset.numbers(column)
    known = ~np.isnan(values) & ~np.isin(list(dataset.rows), dataset.absent())
    wrong = known & (values != 0.0) & (values != 1.0)
    if wrong.any():
        raise ClassifierError(
            f"expected 0 and 1 in the column {column} of {dataset.folder}, found {values[wrong][0]:g}"
        )
    ones = int(values[known].sum())
    zeros = int(known.sum()) - ones
    if min(zeros, ones) < least:
        raise ClassifierError(
            f"expected at least {least} faces of each answer to {label}, found {zeros} with 0 and {ones} with 1; label "
            f"more with: {command_text('ohlora', 'annotate', dataset.folder, '--label', label)}"
        )
    names = tuple(name for name, one in zip(dataset.rows, known.tolist(), strict=True) if one)
    return Answers(names, values[known].astype(np.int64))


def read_images(dataset: FaceDataset, names: Sequence[str], size: int, progress: bool = True) -> NDArray[np.uint8]:
    """Read images `(N, S, S, 3)` RGB at a network's size.

    Raises:
        PictureError: When one cannot be read.
    """
    images = np.empty((len(names), size, size, 3), np.uint8)
    with ThreadPoolExecutor(_THREADS) as pool, progress_bar("read", "face", len(names), 0, progress) as bar:
        for index, image in enumerate(pool.map(lambda name: read_image(dataset.path(name), size), names)):
            if isinstance(image, PictureError):
                raise image
            images[index] = image
            bar.update()
    return images


def read_image(path: Path, size: int) -> NDArray[np.uint8] | PictureError:
    """Read an image as `square_pixels` does; or why it cannot be read."""
    try:
        return square_pixels(path, size)
    except PictureError as error:
        return error


def as_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Images `(B, S, S, 3)` uint8 as `(B, 3, S, S)` float32 in [-1, 1], channels last in memory, as convolutions like it."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)

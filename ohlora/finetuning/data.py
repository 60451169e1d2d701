"""The training data: a folder of labelled faces, with what is known of their latents. Pictures are read where a method needs them."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.datasets.face_folder import NORMALIZATION_NAME, FaceDataset
from ohlora.errors import DatasetError
from ohlora.files import same_fingerprint
from ohlora.generation.seeds import latents
from ohlora.images.pictures import square_pixels
from ohlora.labelling.normalization import Normalizer

MINIMUM = 20
_THREADS = 2


@dataclass(frozen=True)
class LabelledFaces:
    """Faces with attributes.

    Attributes:
        folder: Where they are from.
        files: Their names there.
        values: Normalised attributes `(N, K)` float32, NaN where missing.
        names: The K attributes.
        normalizer: What the attributes were normalised with.
        parser: The face parser that labelled them.
        scores_version: Version of their scores.
        seeds: Per face the seed of its z `(N,)` int64, -1 where the face is not one of the base generator's.
        truncation: Per face the truncation it was drawn with `(N,)` float32.
    """

    folder: Path
    files: tuple[str, ...]
    values: NDArray[np.float32]
    names: tuple[str, ...]
    normalizer: Normalizer
    parser: str
    scores_version: str
    seeds: NDArray[np.int64]
    truncation: NDArray[np.float32]

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for the faces, their labels and what is known of their latents."""
        digest = hashlib.sha256("\n".join([*self.files, self.parser, self.scores_version, *self.names]).encode())
        for array in (self.values, self.seeds, self.truncation):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def __len__(self) -> int:
        return len(self.values)

    def latents(self, z_dim: int) -> tuple[NDArray[np.int64], Tensor, Tensor]:
        """Of the base generator's own faces: their indices, z `(M, z_dim)` and truncation `(M, 1)`."""
        own = np.flatnonzero(self.seeds >= 0)
        z = latents([int(seed) for seed in self.seeds[own]], z_dim)
        return own, torch.from_numpy(z), torch.from_numpy(self.truncation[own])[:, None]


def read_labelled_faces(folder: str | Path, names: tuple[str, ...], base_weights: str) -> LabelledFaces:
    """Read a folder that `ohlora label` labelled.

    Args:
        folder: The dataset folder.
        names: Attributes to read.
        base_weights: Fingerprint of the base generator's weights; rows that carry it have known latents.

    Raises:
        DatasetError: The folder is not labelled, labels come from several parsers, or an attribute says nothing.
    """
    dataset = FaceDataset(folder)
    rows = [(name, row) for name, row in dataset.rows.items() if row.get("parser")]
    if len(rows) < MINIMUM:
        raise DatasetError(
            f"expected at least {MINIMUM} labelled faces in {folder}, found {len(rows)}; make them with ohlora synthesize "
            "and ohlora label"
        )
    table = {name: dict(zip(dataset.rows, dataset.numbers(name), strict=True)) for name in names}
    values = np.array([[table[name][file] for name in names] for file, _ in rows], np.float32)
    kept: NDArray[np.bool_] = np.asarray(~np.isnan(values).all(axis=1))
    rows, values = [row for row, keep in zip(rows, kept.tolist(), strict=True) if keep], values[kept]
    _check_spread(values, names, Path(folder))
    sources = {(row["parser"], row.get("scores_version", "")) for _, row in rows}
    if len(sources) > 1:
        raise DatasetError(
            f"expected labels of one parser and version in {folder}, found {sorted(sources)}; label again"
        )
    parser, version = sources.pop()
    return LabelledFaces(
        folder=dataset.folder,
        files=tuple(name for name, _ in rows),
        values=values,
        names=names,
        normalizer=Normalizer.load(dataset.folder / NORMALIZATION_NAME),
        parser=parser,
        scores_version=version,
        seeds=np.array([_seed(row, base_weights) for _, row in rows], np.int64),
        truncation=np.array([float(row.get("truncation") or 1.0) for _, row in rows], np.float32),
    )


def _check_spread(values: NDArray[np.float32], names: tuple[str, ...], folder: Path) -> None:
    for name, column in zip(names, values.T, strict=True):
        present = column[~np.isnan(column)]
        if len(present) < MINIMUM or float(present.std()) < 1e-6:
            raise DatasetError(
                f"expected at least {MINIMUM} faces that differ in {name!r} in {folder}, found {len(present)} labels that "
                "say nothing; leave it out with --attributes, or label more faces"
            )


def read_images(data: LabelledFaces, size: int) -> NDArray[np.uint8]:
    """Reads the pictures into memory.

    Args:
        data: Whose.
        size: Edge in pixels; larger and smaller pictures are resized, and of those that are not square the middle is taken.

    Returns:
        `(N, size, size, 3)` uint8 RGB.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        return np.stack(list(pool.map(lambda file: square_pixels(data.folder / file, size), data.files)))


def _seed(row: dict[str, str], base_weights: str) -> int:
    own = (
        same_fingerprint(row.get("weights", ""), base_weights)
        and row.get("seed", "").isdecimal()
        and not row.get("truncation_layers")
    )
    return int(row["seed"]) if own else -1

"""Anything with sliders: what the judge and the users ask of it, and how it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from ohlora.errors import ModelError
from ohlora.hub import CATALOG, resolve_generator
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.conditional import SLIDERS_FILE, ConditionalGenerator, is_conditional
from ohlora.sliders.directions import WEIGHTS_FILE as DIRECTIONS_FILE
from ohlora.sliders.directions import DirectionModel, is_direction_model
from ohlora.sliders.slider import Slider

MODEL_SUBFOLDER = "model"
"""Where a run of `ohlora finetune` keeps its model."""

_DRAWING_WEIGHTS = ("generator.safetensors", SLIDERS_FILE, DIRECTIONS_FILE)


class SliderModel(Protocol):
    """A generator with sliders, whichever way it was made.

    Attributes:
        sliders: The sliders by name.
        normalizer: The normalisation that its attributes were made with; None where it was not saved.
    """

    sliders: dict[str, Slider]
    normalizer: Normalizer | None

    @property
    def z_dim(self) -> int:
        """Length of z."""
        ...

    @property
    def device(self) -> torch.device:
        """Where it is."""
        ...

    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        """Images `(B, 3, R, R)` in [-1, 1] of z `(B, z_dim)` with some sliders set; the others stay."""
        ...

    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> Mapping[str, Tensor]:
        """Where the sliders of unedited faces stand, each `(B,)`."""
        ...

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes the model into a folder."""
        ...


@dataclass(frozen=True)
class NamedSliderModel:
    """A model with sliders, with the name and the fingerprint that its images carry.

    Attributes:
        model: In evaluation mode, on its device.
        name: As the user wrote it.
        fingerprint: Twelve hexadecimal digits of the SHA-256 of its weights, see `weights_fingerprint`.
        folder: Where it was read from.
    """

    model: SliderModel
    name: str
    fingerprint: str
    folder: Path

    @classmethod
    def load(cls, name: str | Path, device: str | torch.device = "cpu") -> NamedSliderModel:
        """Open a model by name or folder.

        Args:
            name: A name of the catalogue, a model folder, or a run of `ohlora finetune`.
            device: Where it shall run.

        Raises:
            MissingModelError: There is no such model on this machine.
            ModelError: It has no sliders.
        """
        folder = find_slider_model(name)
        return cls(open_slider_model(folder, device), str(name), weights_fingerprint(folder), folder)


def find_slider_model(name: str | Path) -> Path:
    """The folder of a model with sliders, by name, by its own path, or by that of the run that made it."""
    place = resolve_generator(name)
    if str(name) not in CATALOG and not _has_model(place) and _has_model(place / MODEL_SUBFOLDER):
        return place / MODEL_SUBFOLDER
    return place


def has_sliders(name: str | Path) -> bool:
    """Whether a model, by name or folder, has sliders."""
    folder = find_slider_model(name)
    return folder.is_dir() and (is_conditional(folder) or is_direction_model(folder))


def open_slider_model(folder: Path, device: str | torch.device = "cpu") -> SliderModel:
    """Read whichever kind of model with sliders the folder holds.

    Raises:
        ModelError: It holds none.
    """
    if folder.is_dir() and is_conditional(folder):
        return ConditionalGenerator.from_pretrained(folder, device)
    if folder.is_dir() and is_direction_model(folder):
        return DirectionModel.from_pretrained(folder, device)
    raise ModelError(f"{folder} holds no generator with sliders; ohlora finetune makes one")


def weights_fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits over the weights that draw a folder's faces.

    They are those of the generator and of what its sliders add; other files of the folder, such as the discriminator, may
    be exchanged and the pictures stay the same.
    """
    digest = hashlib.sha256()
    for path in sorted(folder / name for name in _DRAWING_WEIGHTS):
        if path.is_file():
            with path.open("rb") as file:
                digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _has_model(folder: Path) -> bool:
    return (folder / "config.json").is_file()

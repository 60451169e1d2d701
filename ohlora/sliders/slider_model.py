"""Anything with sliders: what the judge and the users ask of it, and how it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Unpack

import torch
from torch import Tensor

from ohlora.errors import ModelError
from ohlora.hub import HubOptions, load_generator, resolve_model, weights_file
from ohlora.hub.storage import sha256_of
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.conditional import SLIDERS_FILE, ConditionalGenerator, is_conditional
from ohlora.sliders.directions import WEIGHTS_FILE as DIRECTIONS_FILE
from ohlora.sliders.directions import DirectionModel, is_direction_model
from ohlora.sliders.published import LABELS, PublishedConditionalGenerator
from ohlora.sliders.slider import Slider

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
        folder: The folder or the checkpoint file that it was read from.
    """

    model: SliderModel
    name: str
    fingerprint: str
    folder: Path

    @classmethod
    def load(cls, name: str | Path, device: str | torch.device = "cpu", **hub: Unpack[HubOptions]) -> NamedSliderModel:
        """Open a model.

        Args:
            name: As `ohlora.hub.resolve_model` takes it.
            device: Where it shall run.
            **hub: How a repository of Hugging Face is fetched.

        Raises:
            MissingModelError: There is no such model.
            ModelError: It has no sliders.
        """
        place = resolve_model(name, **hub)
        return cls(open_slider_model(place, device), str(name), weights_fingerprint(place), place)


def has_sliders(name: str | Path) -> bool:
    """Whether a model, by name or path, got sliders by fine-tuning, whose faces can be measured."""
    place = resolve_model(name)
    return place.is_dir() and (is_conditional(place) or is_direction_model(place))


def open_slider_model(place: Path, device: str | torch.device = "cpu") -> SliderModel:
    """Read whichever kind of model with sliders there is.

    Args:
        place: A model folder, or the checkpoint file of a generator with labels.
        device: Where it shall run.

    Raises:
        ModelError: There is none.
        stylegan.CheckpointError: The generator is missing or damaged.
    """
    if place.is_dir() and is_conditional(place):
        return ConditionalGenerator.from_pretrained(place, device)
    if place.is_dir() and is_direction_model(place):
        return DirectionModel.from_pretrained(place, device)
    if weights_file(place).is_file():
        generator = load_generator(place, device)
        if generator.label_size in LABELS:
            return PublishedConditionalGenerator(generator)
    raise ModelError(f"{place} holds no generator with sliders; ohlora finetune makes one")


def weights_fingerprint(place: Path) -> str:
    """Twelve hexadecimal digits over the weights that draw the faces of a model folder or a checkpoint file.

    In a folder they are those of the generator and of what its sliders add; its other files, such as the discriminator, may be
    exchanged and the pictures stay the same.
    """
    if place.is_file():
        return sha256_of(place)[:12]
    digest = hashlib.sha256()
    for path in sorted(place / name for name in _DRAWING_WEIGHTS):
        if path.is_file():
            digest.update(path.name.encode() + bytes.fromhex(sha256_of(path)))
    return digest.hexdigest()[:12]

"""Anything with sliders: what evaluation and the users ask of it, and how it is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from ohlora.errors import ModelError
from ohlora.files import fingerprint_of
from ohlora.hub import load_generator, resolve_model, weights_file
from ohlora.hub.model_folder import holds_model
from ohlora.hub.storage import sha256_of
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.conditional import ConditionalGenerator
from ohlora.sliders.directions import DirectionModel
from ohlora.sliders.published import LABELS, PublishedConditionalGenerator
from ohlora.sliders.slider import Slider
from ohlora.sliders.storage import CONDITIONAL, DIRECTIONS

_DRAWING_WEIGHTS = ("generator.safetensors", CONDITIONAL.weights, DIRECTIONS.weights)


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


def has_sliders(name: str | Path) -> bool:
    """Whether a model, by name or path, got sliders by fine-tuning, whose faces can be measured."""
    place = resolve_model(name)
    return holds_model(place, CONDITIONAL) or holds_model(place, DIRECTIONS)


def open_slider_model(place: Path, device: str | torch.device = "cpu") -> SliderModel:
    """Read whichever kind of model with sliders there is.

    Args:
        place: A model folder, or the checkpoint file of a generator with labels.
        device: Where it shall run.

    Raises:
        ModelError: There is none.
        stylegan.CheckpointError: The generator is missing or damaged.
    """
    if holds_model(place, CONDITIONAL):
        return ConditionalGenerator.from_pretrained(place, device)
    if holds_model(place, DIRECTIONS):
        return DirectionModel.from_pretrained(place, device)
    if weights_file(place).is_file():
        generator = load_generator(place, device)
        if generator.label_size in LABELS:
            return PublishedConditionalGenerator(generator)
    raise ModelError(f"{place} holds no generator with sliders; ohlora finetune makes one")


def weights_fingerprint(place: Path) -> str:
    """Twelve hexadecimal digits over the weights that draw the faces of a model folder or a checkpoint file.

    In a folder they are those of the generator and of what its sliders add; its other files, such as the discriminator, may be
    exchanged and the pictures stay the same. Where nothing is added, they are the start of the generator's SHA-256.
    """
    paths = [path for path in sorted(place / name for name in _DRAWING_WEIGHTS) if path.is_file()]
    if len(paths) < 2:
        return fingerprint_of(sha256_of(weights_file(place)))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + bytes.fromhex(sha256_of(path)))
    return fingerprint_of(digest.hexdigest())

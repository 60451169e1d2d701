"""Models with sliders as folders, each of which also opens as the plain generator that its sliders belong to.

`generator.safetensors` holds the pretrained generator to the bit, another weights file what the sliders add, and
`normalization.json` how their attributes were made, so that what is drawn can be measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn

from ohlora.errors import SettingsError
from ohlora.hub.model_folder import (
    ModelKind,
    damaged_settings,
    holds_model,
    load_strictly,
    read_entry,
    read_model,
    write_model,
)
from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.slider import Slider
from stylegan import GeneratorNetwork
from stylegan import from_pretrained as load_generator
from stylegan import save_pretrained as save_generator

NORMALIZATION_FILE = "normalization.json"
CONDITIONAL = ModelKind("conditional", "sliders.safetensors", 3, "ohlora finetune")
DIRECTIONS = ModelKind("directions", "directions.safetensors", 1, "ohlora finetune --method directions")
_BASE = "base."


class StorableModel(Protocol):
    """A model with sliders as it is written: a module whose generator is its part `base`."""

    base: GeneratorNetwork
    base_name: str
    sliders: dict[str, Slider]
    normalizer: Normalizer | None

    def state_dict(self) -> dict[str, Tensor]:
        """All entries; the generator's begin with `base.`."""
        ...


@dataclass(frozen=True)
class StoredSliders:
    """What a folder of a model with sliders holds.

    Attributes:
        base: The pretrained generator.
        base_name: As its user wrote it.
        sliders: By name.
        settings: The other settings that the model was written with.
        state: What the sliders add, without the generator's entries.
        normalizer: How the attributes were made; None where it was not saved.
        weights: The file of `state`, for messages.
    """

    base: GeneratorNetwork
    base_name: str
    sliders: dict[str, Slider]
    settings: dict[str, Any]
    state: dict[str, Tensor]
    normalizer: Normalizer | None
    weights: Path


def write_sliders(model: StorableModel, folder: str | Path, kind: ModelKind, settings: Mapping[str, Any]) -> Path:
    """Write a model with sliders and its generator.

    Args:
        model: Everything but its generator goes to the weights file of `kind`.
        folder: Made where it is missing.
        kind: `CONDITIONAL` or `DIRECTIONS`.
        settings: What the model's constructor needs besides the generator and the sliders.

    Returns:
        The folder.
    """
    folder = Path(folder)
    save_generator(model.base, folder)
    if model.normalizer is not None:
        model.normalizer.save(folder / NORMALIZATION_FILE)
    sliders = [slider.to_dict() for slider in model.sliders.values()]
    return write_model(
        folder, kind, {"base": model.base_name, "sliders": sliders, **settings}, state_without_base(model)
    )


def read_sliders(folder: str | Path, kind: ModelKind) -> StoredSliders:
    """Read what `write_sliders` wrote.

    Args:
        folder: The model's folder.
        kind: What is expected.

    Raises:
        ModelError: The folder holds no such model, it was made by another version, or its files are damaged.
        stylegan.CheckpointError: The generator in it is missing or damaged.
    """
    folder = Path(folder)
    settings, state = read_model(folder, kind)
    sliders = _take_sliders(settings, folder, kind)
    try:
        base_name = str(settings.pop("base"))
    except KeyError as error:
        raise damaged_settings(folder, kind, error) from error
    normalization = folder / NORMALIZATION_FILE
    normalizer = Normalizer.load(normalization) if normalization.exists() else None
    base = load_generator(folder)
    return StoredSliders(base, base_name, sliders, settings, state, normalizer, folder / kind.weights)


def declared_sliders(folder: str | Path) -> dict[str, Slider] | None:
    """The sliders that a model's folder tells of, by name, read without any weights; None where it tells of none.

    Raises:
        ModelError: The model was made by another version, or its settings are damaged.
    """
    for kind in (CONDITIONAL, DIRECTIONS):
        if holds_model(folder, kind):
            return _take_sliders(read_entry(Path(folder), kind), Path(folder), kind)
    return None


def _take_sliders(settings: dict[str, Any], folder: Path, kind: ModelKind) -> dict[str, Slider]:
    try:
        return {entry["name"]: Slider(**entry) for entry in settings.pop("sliders")}
    except (KeyError, TypeError, SettingsError) as error:
        raise damaged_settings(folder, kind, error) from error


def state_without_base(model: StorableModel) -> dict[str, Tensor]:
    """The entries of a model's state that are not its generator's."""
    return {name: value for name, value in model.state_dict().items() if not name.startswith(_BASE)}


def load_without_base(model: nn.Module, state: Mapping[str, Tensor], source: str | Path) -> None:
    """Take over what `state_without_base` gives, strictly; the generator stays as it is.

    Args:
        model: Has its generator as the part `base`.
        state: All other entries.
        source: Where they come from, for messages.

    Raises:
        ModelError: Entries are missing, unknown or of another shape.
    """
    kept = {name: value for name, value in model.state_dict().items() if name.startswith(_BASE)}
    load_strictly(model, {**kept, **state}, source)

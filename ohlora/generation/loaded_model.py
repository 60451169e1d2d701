"""A network together with what its pictures say of it: the name that its user wrote, and the fingerprint of its weights.

A fingerprint stands for the files that draw, and for no others. A generator that is drawn without sliders, with or without
sliders in its folder, has the fingerprint of its own file; a model with sliders has one over the generator's file and the
sliders' file. Other files, such as the discriminator, may be exchanged and the pictures stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, Unpack

import torch

from ohlora.files import fingerprint_of
from ohlora.hub import HubOptions, load_generator, resolve_model, weights_file
from ohlora.hub.storage import sha256_of
from ohlora.sliders.slider_model import SliderModel, open_slider_model, weights_fingerprint
from stylegan import GeneratorNetwork

Network_co = TypeVar("Network_co", bound=GeneratorNetwork | SliderModel, covariant=True)


@dataclass(frozen=True)
class LoadedModel(Generic[Network_co]):
    """A network with the name and the fingerprint that its pictures carry.

    Attributes:
        network: A generator, or a generator with sliders; in evaluation mode, on its device.
        name: As its user wrote it.
        fingerprint: Twelve hexadecimal digits that stand for the weights that draw.
        folder: Where it was read from; for a checkpoint, the folder of the file.
    """

    network: Network_co
    name: str
    fingerprint: str
    folder: Path


def load_without_sliders(name: str | Path, device: str | torch.device = "cpu") -> LoadedModel[GeneratorNetwork]:
    """Load a generator alone, whatever sliders lie beside it.

    Args:
        name: As `ohlora.hub.resolve_model` takes it.
        device: Where it shall run.

    Raises:
        MissingModelError: The model is not on this machine; the message says how to get it.
        stylegan.CheckpointError: The files are no generator.
    """
    place = resolve_model(name)
    weights = weights_file(place)
    return LoadedModel(load_generator(place, device), str(name), fingerprint(weights), weights.parent)


def load_with_sliders(
    name: str | Path, device: str | torch.device = "cpu", **hub: Unpack[HubOptions]
) -> LoadedModel[SliderModel]:
    """Load a generator with its sliders.

    Args:
        name: As `ohlora.hub.resolve_model` takes it.
        device: Where it shall run.
        **hub: How a repository of Hugging Face is fetched.

    Raises:
        MissingModelError: There is no such model.
        ModelError: It has no sliders.
    """
    place = resolve_model(name, **hub)
    return LoadedModel(open_slider_model(place, device), str(name), weights_fingerprint(place), place)


def fingerprint(weights: Path) -> str:
    """First twelve hexadecimal digits of a file's SHA-256, as `fingerprint_of` writes them."""
    return fingerprint_of(sha256_of(weights))

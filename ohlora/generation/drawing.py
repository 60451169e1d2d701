"""Draws the picture of a seed, with or without sliders: the one way of every command, of the studio and of `FaceGenerator`.

A seed, values of sliders and a truncation go in, 8-bit pictures come out. On one machine a picture depends on these and the
weights alone. Sums are added up in another order when a batch has another size, which moves thousands of pixels by one step
of 255; so the networks always run on the same groups of seeds: seed by seed on a CPU, where larger groups gain little, and
elsewhere on eight neighbours (0-7, 8-15, ...) with the same sliders, of which only the wanted pictures are kept. Between
machines, or with another number of threads, a pixel in a hundred thousand may still differ by one step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.device import autocast
from ohlora.errors import SettingsError
from ohlora.generation.seeds import latents
from ohlora.images.pixels import to_arrays
from ohlora.sliders.published import LABELS as ATTRIBUTE_LABELS
from ohlora.sliders.slider_model import SliderModel
from stylegan import GeneratorNetwork

DEFAULT_TRUNCATION = 0.7

Columns: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Slider name to one value per face."""

_Group: TypeAlias = tuple[int, tuple[tuple[str, float], ...]]

_GROUP = 8


class FaceDrawer:
    """Draws seeds by one network.

    Args:
        network: A generator, or a generator with sliders; in evaluation mode.
        precision: What the synthesis computes in. The mapping network and sliders always take float32, where half the
            digits would change who is drawn.
        face_class: Which of its classes a generator of classes draws, from 0.

    Raises:
        SettingsError: The generator draws classes and none is chosen, or it has no such class.
    """

    def __init__(
        self,
        network: GeneratorNetwork | SliderModel,
        precision: torch.dtype = torch.float32,
        face_class: int | None = None,
    ) -> None:
        self.network = network
        self.precision = precision
        self._labels = _labels(network.label_size if isinstance(network, GeneratorNetwork) else 0, face_class)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.network.device

    @property
    def group_size(self) -> int:
        """Neighbouring seeds that are always computed together, see the module's docstring."""
        return 1 if self.device.type == "cpu" else _GROUP

    def ordered(self, seeds: Sequence[int], sliders: Columns | None = None) -> list[int]:
        """Rows of the seeds and columns as `draw` is fastest: those of a group with the same sliders side by side."""
        groups: dict[_Group, list[int]] = {}
        for row in range(len(seeds)):
            groups.setdefault(self._group(seeds, sliders or {}, row), []).append(row)
        return [row for rows in groups.values() for row in rows]

    def draw(
        self,
        seeds: Sequence[int],
        sliders: Columns | None = None,
        truncation: float = DEFAULT_TRUNCATION,
        truncation_layers: int | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Draw faces one after the other.

        Args:
            seeds: N seeds.
            sliders: Slider name to `(N,)` values; a slider that is not named, or is NaN, stays where the face has it.
            truncation: psi: 1 for the model's full variety, 0 for its average face.
            truncation_layers: Coarse layers that are truncated; None for all. For generators without sliders.

        Yields:
            RGB pictures `(R, R, 3)`, 0..255.

        Raises:
            SettingsError: The truncation is beyond -2 to 2, or a slider or its value does not exist.
        """
        truncation = check_truncation(truncation)
        for (group, values), rows in groupby(range(len(seeds)), partial(self._group, seeds, sliders or {})):
            images = self.draw_group(group, dict(values), truncation, truncation_layers)
            yield from (images[seeds[row] % self.group_size] for row in rows)

    def _group(self, seeds: Sequence[int], sliders: Columns, row: int) -> _Group:
        """What rows that are computed together have in common: the group of their seeds, and the sliders that are set."""
        values = ((name, float(column[row])) for name, column in sliders.items())
        return seeds[row] // self.group_size, tuple((name, value) for name, value in values if not math.isnan(value))

    @torch.inference_mode()
    def draw_group(
        self, group: int, sliders: Mapping[str, float], truncation: float, truncation_layers: int | None = None
    ) -> NDArray[np.uint8]:
        """Draw a group's pictures `(group_size, R, R, 3)`, RGB 0..255; arguments as for `draw`, one value per slider."""
        z = self._latents(group)
        network = self.network
        if isinstance(network, GeneratorNetwork):
            ws = network.truncate(self._map(network, z), truncation, truncation_layers)
            with autocast(self.device, self.precision):
                return to_arrays(network.synthesise(ws))
        if truncation_layers is not None:
            raise SettingsError("expected no truncation_layers: sliders are made for a truncation of all layers")
        with autocast(self.device, self.precision):
            return to_arrays(network.edit(z, sliders, truncation_psi=truncation))

    @torch.inference_mode()
    def map_group(self, group: int) -> Tensor:
        """Compute w `(group_size, w_dim)`, float32, of a group's seeds, for a generator without sliders."""
        assert isinstance(self.network, GeneratorNetwork)
        return self._map(self.network, self._latents(group))

    def read(self, seed: int, truncation: float) -> dict[str, float]:
        """Where the sliders of a seed's unedited face stand; nothing for a generator without sliders."""
        if isinstance(self.network, GeneratorNetwork):
            return {}
        z = self._latents(seed // self.group_size)
        values = self.network.read(z, truncation_psi=check_truncation(truncation))
        return {name: float(column[seed % self.group_size]) for name, column in values.items()}

    def _latents(self, group: int) -> Tensor:
        first = group * self.group_size
        seeds = range(first, first + self.group_size)
        return torch.from_numpy(latents(seeds, self.network.z_dim)).to(self.device)

    def _map(self, network: GeneratorNetwork, z: Tensor) -> Tensor:
        labels = self._labels.to(self.device).expand(len(z), -1) if network.label_size else None
        return network.map(z, labels)


def _labels(size: int, face_class: int | None) -> Tensor:
    """The labels `(size,)` that a generator is given: one of its classes, or zeros where they count deviations from the mean."""
    if face_class is None and size and size not in ATTRIBUTE_LABELS:
        raise SettingsError(f"the generator draws {size} classes of pictures; choose one with --class, 0 to {size - 1}")
    if face_class is not None and not 0 <= face_class < size:
        expected = f"a class from 0 to {size - 1}" if size else "no class for a generator without classes"
        raise SettingsError(f"expected {expected}, got {face_class}")
    labels = torch.zeros(size)
    if face_class is not None:
        labels[face_class] = 1.0
    return labels


def check_truncation(truncation: float) -> float:
    """Return a truncation that is one, as a plain number.

    Raises:
        SettingsError: It is no number, or beyond -2 to 2.
    """
    try:
        number = float(truncation)
    except (TypeError, ValueError):
        number = math.nan
    if not -2.0 <= number <= 2.0:
        raise SettingsError(f"expected a truncation from -2 to 2, usually 0.5 to 1, got {truncation!r}")
    return number

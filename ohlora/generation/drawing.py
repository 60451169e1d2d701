"""A generator with a name, which draws a seed's image in the same way every time.

On one machine the image of a seed depends on the seed, the model and the truncation alone. Convolutions add up in another
order when the batch has another size, which moves thousands of pixels by one step of 255; so the networks always run on
the same groups of seeds: seed by seed on a CPU, where larger groups gain little, and elsewhere in groups of eight
neighbours (0-7, 8-15, ...), of which only the wanted images are kept. Between machines, or with another number of threads,
a pixel in a hundred thousand may still differ by one step.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from ohlora.device import autocast, resolve_device, resolve_precision
from ohlora.generation.seeds import latents
from ohlora.hub import load_generator, resolve_model, weights_file
from ohlora.images.pixels import to_arrays
from stylegan import Generator


@dataclass(frozen=True)
class NamedGenerator:
    """A generator with the name and the fingerprint that its images carry.

    Attributes:
        network: In evaluation mode, on the device that it runs on.
        name: As the user wrote it.
        fingerprint: First twelve hexadecimal digits of the SHA-256 of its weights.
        precision: What the synthesis network computes in; the mapping network always takes float32.
    """

    network: Generator
    name: str
    fingerprint: str
    precision: torch.dtype = torch.float32

    @classmethod
    def load(cls, name: str, device: str = "auto", precision: str = "auto") -> Self:
        """Load a generator.

        Args:
            name: As `ohlora.hub.resolve_model` takes it.
            device: As `ohlora.device.resolve_device` takes it.
            precision: As `ohlora.device.resolve_precision` takes it.

        Raises:
            MissingModelError: When the model is not on this machine; the message says how to get it.
            DeviceError: When the device or the precision is not available.
            stylegan.CheckpointError: When the files are not a generator.
        """
        place = resolve_device(device)
        dtype = resolve_precision(precision, place)
        weights = weights_file(resolve_model(name))
        return cls(load_generator(name, place), name, fingerprint(weights), dtype)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.network.truncation.w_avg.device

    @property
    def group_size(self) -> int:
        """Neighbouring seeds that are always computed together, see the module's docstring."""
        return 1 if self.device.type == "cpu" else 8

    @torch.inference_mode()
    def map_group(self, group: int) -> torch.Tensor:
        """Compute w `(group_size, w_dim)`, float32, of the group's seeds.

        A conditional generator gets zeros as labels.
        """
        first = group * self.group_size
        z = torch.from_numpy(latents(range(first, first + self.group_size), self.network.config.z_dim)).to(self.device)
        label_size = self.network.config.label_size
        labels = torch.zeros(len(z), label_size, device=self.device) if label_size else None
        w: torch.Tensor = self.network.mapping(z, labels)
        return w

    @torch.inference_mode()
    def draw_group(self, group: int, truncation: float, truncation_layers: int | None) -> NDArray[np.uint8]:
        """Draw the group's images `(group_size, R, R, 3)`, RGB 0..255."""
        ws = self.network.truncate(self.map_group(group), truncation, truncation_layers)
        with autocast(self.device, self.precision):
            images = self.network.synthesis(ws, noise="stored")
        return to_arrays(images)


def fingerprint(weights: Path) -> str:
    """First twelve hexadecimal digits of a file's SHA-256."""
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]

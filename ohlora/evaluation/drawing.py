"""Draws the pictures that are measured, in batches: z and slider values go in, images in [-1, 1] come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ohlora.device import autocast
from ohlora.sliders.slider_model import SliderModel
from stylegan import GeneratorNetwork


@dataclass(frozen=True)
class Drawer:
    """How a model's images are drawn.

    Attributes:
        model: What moves the sliders.
        truncation: psi of the faces.
        batch_size: Images that pass through the networks together.
        dtype: What the networks compute in.
        filled: Whether the last batch is filled up to `batch_size`, as compiled networks want it: another size would be
            compiled anew.
    """

    model: SliderModel
    truncation: float
    batch_size: int
    dtype: torch.dtype = torch.float32
    filled: bool = False

    @classmethod
    def of(
        cls, model: SliderModel, truncation: float, batch_size: int, dtype: torch.dtype, compiled: bool = False
    ) -> Drawer:
        """Prepare a model: fast memory layout, and compiled if wanted."""
        if isinstance(model, nn.Module):
            # A quarter faster on a CPU; pixels move by far less than a step of 255.
            model.to(memory_format=torch.channels_last)
            for part in model.children() if compiled else ():
                if isinstance(part, GeneratorNetwork):
                    part.compile_synthesis()
        return cls(model, truncation, batch_size, dtype, compiled)

    def draw(self, z: Tensor, sliders: Mapping[str, Tensor]) -> Iterator[Tensor]:
        """Images in batches, each `(B, 3, R, R)` float, about in [-1, 1].

        Args:
            z: `(N, z_dim)`.
            sliders: `(N,)` by slider.
        """
        for first in range(0, len(z), self.batch_size):
            rows = torch.arange(first, min(first + self.batch_size, len(z)), device=z.device)
            count = len(rows)
            if self.filled:
                rows = torch.cat([rows, rows[-1:].expand(self.batch_size - count)])
            chosen = {name: values[rows] for name, values in sliders.items()}
            with autocast(self.model.device, self.dtype):
                images = self.model.edit(z[rows], chosen, truncation_psi=self.truncation)
            yield images[:count].float()

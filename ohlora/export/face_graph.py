"""What a graph computes: z, sliders and truncation of one face in, its picture and where its sliders stand out.

A graph cannot look anything up while it runs. Buffers of a single number, such as the level of detail, which decide what layers
are drawn, are therefore plain numbers in the copy that is traced.
"""

from __future__ import annotations

from copy import deepcopy
from typing import cast

import torch
from torch import Tensor, nn

from ohlora.errors import ModelError
from ohlora.images.pixels import as_pixels
from ohlora.sliders.edited_generator import EditedGenerator
from ohlora.sliders.slider_model import SliderModel

INPUTS = ("z", "sliders", "truncation")
OUTPUTS = ("picture", "own")


class FaceGraph(nn.Module):
    """A model with sliders as one function of tensors, for one face at a time.

    Args:
        model: It is copied, onto the CPU.

    Raises:
        ModelError: The model is none of this project's kinds.
    """

    def __init__(self, model: SliderModel) -> None:
        super().__init__()
        if not isinstance(model, EditedGenerator):
            raise ModelError(
                f"expected a generator with sliders, got a {type(model).__name__}, which no graph can hold"
            )
        self.model = _with_plain_numbers(deepcopy(model).cpu().eval().requires_grad_(False))

    def forward(self, z: Tensor, sliders: Tensor, truncation: Tensor) -> tuple[Tensor, Tensor]:
        """Draws a face.

        Args:
            z: `(1, z_dim)`.
            sliders: Values `(1, K)`, NaN where a slider is not set.
            truncation: psi, `(1, 1)`.

        Returns:
            The picture `(1, R, R, 3)`, RGB, uint8; and where the sliders of the unedited face stand, `(1, K)`.
        """
        picture = as_pixels(self.model(z, sliders, truncation)).permute(0, 2, 3, 1)
        # Tracing follows a psi that is a tensor, as drawing does.
        own = cast(SliderModel, self.model).read(z, truncation_psi=cast(float, truncation))
        return picture, torch.stack([own[name] for name in self.model.sliders], dim=1)

    def example(self) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs to trace it with: some face, one of its sliders set."""
        z = torch.ones(1, self.model.z_dim)
        sliders = torch.full((1, len(self.model.sliders)), torch.nan)
        sliders[0, 0] = next(iter(self.model.sliders.values())).middle
        return z, sliders, torch.full((1, 1), 0.7)


def _with_plain_numbers(model: EditedGenerator) -> EditedGenerator:
    """The same model, changed in place: every buffer of a single number is that number."""
    for module in model.modules():
        for name, value in list(module.named_buffers(recurse=False)):
            if value.ndim == 0:
                delattr(module, name)
                setattr(module, name, value.item())
    return model

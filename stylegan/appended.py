"""A copy of the mapping network that reads further elements, appended to the normalised latent vector.

    [z / |z|, e] -> dense layers -> w

It begins as the pretrained network: the columns that the new elements come in by are zeros. Fine-tuning changes all of its
weights; the pretrained network stays what it was beside it. The published network appends a label's embedding in the same
place, but normalises both together, so that a label rescales the latent; here the latent's direction is left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from stylegan.layers import EqualizedDense, leaky_relu, pixel_norm


class AppendedMapping(nn.Module):
    """Dense layers from the normalised z with E further elements to w.

    Weights are stored as they are applied, without the pretrained network's learning-rate multiplier of 0.01, which suits
    adversarial training from scratch and not a fine-tuning with Adam.

    Attributes:
        columns: `(H, E)`: what the elements add to the first layer's H outputs.

    Args:
        layers: The pretrained layers, which are copied; each is followed by a leaky ReLU.
        elements: E.
        gain: What follows each leaky ReLU, sqrt(2) in StyleGAN2 and StyleGAN3; the copy has it in its weights.
    """

    def __init__(self, layers: Sequence[EqualizedDense], elements: int, gain: float = 1.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_as_applied(layer, gain) for layer in layers)
        self.columns = nn.Parameter(torch.zeros(self._first.out_features, elements))

    @property
    def _first(self) -> nn.Linear:
        return cast(nn.Linear, self.layers[0])

    @torch.no_grad()
    def follow(self, directions: Tensor) -> None:
        """Lets the first elements move the latent along directions.

        Args:
            directions: Offsets of the normalised z `(D, z_dim)`; an element of 1 then moves by one of them, without another
                normalisation.
        """
        self.columns[:, : len(directions)] = self._first.weight @ directions.T

    def first_layer(self, z: Tensor) -> Tensor:
        """What z `(B, z_dim)` alone gives the first layer, `(B, H)`: the same for all elements, so worth computing once."""
        first: Tensor = self._first(pixel_norm(z))
        return first

    def forward(self, first: Tensor, appended: Tensor) -> Tensor:
        """Maps to w `(B, w_dim)`.

        Args:
            first: What `first_layer` gives, `(B, H)`.
            appended: The further elements `(B, E)`.
        """
        x = leaky_relu(first + F.linear(appended, self.columns))
        for layer in itertools.islice(self.layers, 1, None):
            x = leaky_relu(layer(x))
        return x


@torch.no_grad()
def _as_applied(layer: EqualizedDense, gain: float) -> nn.Linear:
    """A plain layer with the weights that the pretrained one applies, times a gain."""
    plain = nn.Linear(layer.weight.shape[1], layer.weight.shape[0], device=layer.weight.device)
    plain.weight.copy_(layer.scaled_weight() * gain)
    plain.bias.copy_(layer.scaled_bias() * gain)
    return plain

"""The mapping network of StyleGAN2 and StyleGAN3: z (and a label) to w (Karras et al. 2020; ADA paper for labels).

A label is embedded by a dense layer. The latent and the embedded label are normalised apart and concatenated, so that a label
does not rescale the latent; dense layers follow. The discriminators map their labels by the same network, without a latent.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from stylegan.errors import InputError
from stylegan.inputs import check_labels
from stylegan.layers import EqualizedDense, activate, pixel_norm

MAPPING_LR_MUL = 0.01


class MappingNetwork(nn.Module):
    """Dense layers `fc{i}` from z and the label's embedding `embed` to w.

    Args:
        z_dim: Length of z; 0 where a label alone is mapped.
        widths: Outputs of the dense layers, of which the last is w's length.
        label_size: Length of the label vector, 0 for none.
        label_dim: Length of its embedding.
    """

    def __init__(self, z_dim: int, widths: list[int], label_size: int = 0, label_dim: int = 0) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.label_size = label_size
        if label_size:
            self.embed = EqualizedDense(label_size, label_dim, gain=1.0)
        first = z_dim + (label_dim if label_size else 0)
        for index, (before, after) in enumerate(itertools.pairwise([first, *widths])):
            self.add_module(f"fc{index}", EqualizedDense(before, after, gain=1.0, lr_mul=MAPPING_LR_MUL))

    def dense_layers(self) -> list[EqualizedDense]:
        """The layers after the embedding in their order."""
        return [layer for name, layer in self.named_children() if isinstance(layer, EqualizedDense) and name != "embed"]

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Maps latent vectors.

        Args:
            z: `(B, z_dim)`, float, usually drawn from N(0, I); only their direction counts.
            labels: `(B, label_size)`, float, or None for an unconditional network.

        Returns:
            w `(B, w_dim)`, float.

        Raises:
            InputError: When a shape does not fit.
        """
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise InputError(f"expected z of shape (B, {self.z_dim}), got {tuple(z.shape)}")
        check_labels(labels, self.label_size, z.shape[0])
        parts = [pixel_norm(z)] if self.z_dim else []
        if labels is not None:
            parts.append(pixel_norm(self.embed(labels.to(self.embed.weight.dtype))))
        x = torch.cat(parts, dim=1)
        for layer in self.dense_layers():
            x = activate(layer(x))
        return x


class AveragedMappingNetwork(MappingNetwork):
    """A generator's mapping network, which keeps the average of w beside its layers.

    Args:
        z_dim: Length of z.
        widths: Outputs of the dense layers.
        label_size: Length of the label vector, 0 for none.
        label_dim: Length of its embedding.
    """

    w_avg: Tensor

    def __init__(self, z_dim: int, widths: list[int], label_size: int = 0, label_dim: int = 0) -> None:
        super().__init__(z_dim, widths, label_size, label_dim)
        self.register_buffer("w_avg", torch.zeros(widths[-1]))

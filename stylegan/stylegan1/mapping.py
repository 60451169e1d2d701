"""The mapping network: z (and a label) to the intermediate vector w (Karras et al. 2019, section 2)."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from stylegan.errors import InputError
from stylegan.inputs import check_labels
from stylegan.layers import EqualizedDense, leaky_relu, pixel_norm
from stylegan.stylegan1.config import GeneratorConfig

MAPPING_LR_MUL = 0.01


class MappingNetwork(nn.Module):
    """Dense layers from z to w; a label is embedded and appended to z first.

    Args:
        config: Sizes.
    """

    label_weight: nn.Parameter

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.z_dim = config.z_dim
        self.label_size = config.label_size
        self.num_layers = config.mapping_layers
        if config.label_size:
            self.label_weight = nn.Parameter(torch.randn(config.label_size, config.embedding_dim))
        widths = [config.z_dim + config.embedding_dim]
        widths += [config.mapping_dim] * (config.mapping_layers - 1) + [config.w_dim]
        for index, (before, after) in enumerate(itertools.pairwise(widths)):
            self.add_module(f"dense{index}", EqualizedDense(before, after, lr_mul=MAPPING_LR_MUL))

    def dense_layers(self) -> list[EqualizedDense]:
        """The layers in their order."""
        return [layer for layer in self.children() if isinstance(layer, EqualizedDense)]

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Maps latent vectors.

        Args:
            z: Latent vectors `(B, z_dim)`, float, usually drawn from N(0, I); only their direction counts.
            labels: Labels `(B, label_size)`, float, or None for an unconditional network.

        Returns:
            w `(B, w_dim)`, float.

        Raises:
            InputError: When a shape does not fit.
        """
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise InputError(f"expected z of shape (B, {self.z_dim}), got {tuple(z.shape)}")
        check_labels(labels, self.label_size, z.shape[0])
        if labels is not None:
            z = torch.cat([z, labels.to(z.dtype) @ self.label_weight], dim=1)
        w = pixel_norm(z)
        for layer in self.dense_layers():
            w = leaky_relu(layer(w))
        return w

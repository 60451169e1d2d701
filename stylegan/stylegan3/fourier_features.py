"""The input of StyleGAN3: waves over the plane, which w moves and turns (Karras et al. 2021, section 3.1 and appendix F)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from stylegan.layers import EqualizedDense
from stylegan.stylegan3.config import GeneratorConfig


class FourierFeatures(nn.Module):
    """w to the maps that the first layer takes.

    Attributes:
        transform: `(3, 3)`: the inverse of what the picture shall do beside, in units of its side; identity as published.

    Args:
        config: Sizes.
    """

    transform: Tensor
    freqs: Tensor
    phases: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.geometry = config.geometry(0)
        channels = config.channels[0]
        self.weight = nn.Parameter(torch.randn(channels, channels))
        self.affine = EqualizedDense(config.w_dim, 4, gain=1.0)
        nn.init.zeros_(self.affine.weight)
        with torch.no_grad():
            self.affine.bias[0] = 1.0
        directions = torch.randn(channels, 2)
        radius = torch.rand(channels, 1).sqrt() * self.geometry.cutoff
        self.register_buffer("transform", torch.eye(3))
        self.register_buffer("freqs", directions / directions.norm(dim=1, keepdim=True) * radius)
        self.register_buffer("phases", torch.rand(channels) - 0.5)

    def forward(self, w: Tensor) -> Tensor:
        """Draws the waves.

        Args:
            w: `(B, w_dim)`.

        Returns:
            `(B, C, S, S)`, the margin around the image included.
        """
        matrices = self._placement(w) @ self.transform
        phases = self.phases + (self.freqs @ matrices[:, :2, 2:]).squeeze(2)
        frequencies = self.freqs @ matrices[:, :2, :2]
        cutoff, rate = self.geometry.cutoff, self.geometry.rate
        # What turning and scaling brings out of the band fades instead of aliasing.
        amplitude = (1.0 - (frequencies.norm(dim=2) - cutoff) / (rate / 2 - cutoff)).clamp(0.0, 1.0)
        waves = self._waves(frequencies, phases) * amplitude[:, None, None, :]
        mixed: Tensor = waves @ (self.weight / math.sqrt(len(self.weight))).T
        return mixed.permute(0, 3, 1, 2)

    def _placement(self, w: Tensor) -> Tensor:
        """Rotation and translation that w asks for, `(B, 3, 3)`."""
        placed = self.affine(w).float()
        cosine, sine, x, y = (placed / placed[:, :2].norm(dim=1, keepdim=True)).unbind(dim=1)
        zero, one = torch.zeros_like(x), torch.ones_like(x)
        rotation = torch.stack([cosine, -sine, zero, sine, cosine, zero, zero, zero, one], dim=1).view(-1, 3, 3)
        translation = torch.stack([one, zero, -x, zero, one, -y, zero, zero, one], dim=1).view(-1, 3, 3)
        return rotation @ translation

    def _waves(self, frequencies: Tensor, phases: Tensor) -> Tensor:
        """Sines at the positions of the samples, `(B, S, S, C)`, for frequencies `(B, C, 2)` and phases `(B, C)`."""
        size, rate = self.geometry.size, self.geometry.rate
        line = (torch.arange(size, device=phases.device) + 0.5 - size / 2) / rate
        across = line[:, None] * frequencies[:, None, :, 0]
        down = line[:, None] * frequencies[:, None, :, 1]
        turns = across[:, None] + down[:, :, None] + phases[:, None, None, :]
        return torch.sin(2.0 * math.pi * turns)

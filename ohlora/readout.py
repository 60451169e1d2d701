"""The readout: a model's own estimate of a face's attributes from its w, so that unset sliders know where they are."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ohlora.sliders import Slider


class Readout(nn.Module):
    """A small network from w to attributes.

    Args:
        w_dim: Length of w.
        sliders: Whose attributes it reads.
        hidden: Width of its two hidden layers.
    """

    low: Tensor
    high: Tensor
    center: Tensor
    scale: Tensor

    def __init__(self, w_dim: int, sliders: list[Slider], hidden: int = 128) -> None:
        super().__init__()
        self.first = nn.Linear(w_dim, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, len(sliders))
        self.register_buffer("low", torch.tensor([slider.low for slider in sliders]))
        self.register_buffer("high", torch.tensor([slider.high for slider in sliders]))
        self.register_buffer("center", torch.zeros(w_dim))
        self.register_buffer("scale", torch.ones(()))

    @torch.no_grad()
    def standardise(self, w: Tensor) -> None:
        """Fits the input's centre and scale to a sample of w `(N, w_dim)`."""
        self.center.copy_(w.mean(dim=0))
        self.scale.copy_((w - self.center).square().mean().sqrt().clamp_min(1e-8))

    def raw(self, w: Tensor) -> Tensor:
        """Attributes `(B, K)` of w `(B, w_dim)`, not held inside their ranges; for training."""
        x = F.gelu(self.first((w - self.center) / self.scale))
        x = F.gelu(self.second(x))
        values: Tensor = 0.5 * (self.low + self.high) + (self.high - self.low) * self.last(x)
        return values

    def forward(self, w: Tensor) -> Tensor:
        """Attributes `(B, K)` of w `(B, w_dim)`, inside the sliders' ranges."""
        return self.raw(w).clamp(min=self.low, max=self.high)

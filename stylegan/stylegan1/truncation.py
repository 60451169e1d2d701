"""The average of w, kept while the generator learns, and truncation towards it (see `stylegan.truncation`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stylegan.truncation import truncate

W_AVG_DECAY = 0.995


class Truncation(nn.Module):
    """Holds the moving average of w and spreads w over the layers of the synthesis network.

    Args:
        w_dim: Length of w.
        num_layers: Number of layers L that each receive a w.
    """

    w_avg: Tensor

    def __init__(self, w_dim: int, num_layers: int) -> None:
        super().__init__()
        self.num_layers = num_layers
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, w: Tensor, psi: float | Tensor = 1.0, layers: int | None = None) -> Tensor:
        """The layers' ws `(B, L, w_dim)`, truncated; arguments and errors as for `stylegan.truncation.truncate`."""
        return truncate(w, self.w_avg, self.num_layers, psi, layers)

    @torch.no_grad()
    def update(self, w: Tensor, decay: float = W_AVG_DECAY) -> None:
        """Moves the average towards the mean of a batch: `w_avg = decay * w_avg + (1 - decay) * mean(w)`.

        Args:
            w: A batch of w `(B, w_dim)`.
            decay: Share of the old average that stays.
        """
        mean = w.detach().to(self.w_avg.dtype).mean(dim=0)
        self.w_avg.copy_(torch.lerp(mean, self.w_avg, decay))

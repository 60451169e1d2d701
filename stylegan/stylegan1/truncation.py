"""Truncation: pulls w towards its average, trading diversity for typical images (Karras et al. 2019, appendix B)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from stylegan.errors import InputError

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

    def forward(self, w: Tensor, psi: float = 1.0, layers: int | None = None) -> Tensor:
        """Repeats w for every layer and moves it towards the average in the first ones.

        Args:
            w: `(B, w_dim)`, or `(B, L, w_dim)` where layers differ already.
            psi: `w_avg + (w - w_avg) * psi`: 1 leaves w as it is, 0 gives the average image.
            layers: Number of layers from the coarsest on that are truncated; None for all.

        Returns:
            ws `(B, L, w_dim)`.

        Raises:
            InputError: When the shape of w or the number of layers does not fit.
        """
        ws = self._repeat(w)
        count = self.num_layers if layers is None else layers
        if not 0 <= count <= self.num_layers:
            raise InputError(f"truncation_layers must lie between 0 and {self.num_layers}, got {layers}")
        if psi == 1.0 or count == 0:
            return ws
        truncated = torch.lerp(self.w_avg.to(ws.dtype), ws[:, :count], psi)
        return truncated if count == self.num_layers else torch.cat([truncated, ws[:, count:]], dim=1)

    def _repeat(self, w: Tensor) -> Tensor:
        w_dim = self.w_avg.shape[0]
        if w.ndim == 2 and w.shape[1] == w_dim:
            return w.unsqueeze(1).expand(-1, self.num_layers, -1)
        if w.ndim == 3 and w.shape[1:] == (self.num_layers, w_dim):
            return w
        raise InputError(f"expected w of shape (B, {w_dim}) or (B, {self.num_layers}, {w_dim}), got {tuple(w.shape)}")

    @torch.no_grad()
    def update(self, w: Tensor, decay: float = W_AVG_DECAY) -> None:
        """Moves the average towards the mean of a batch: `w_avg = decay * w_avg + (1 - decay) * mean(w)`.

        Args:
            w: A batch of w `(B, w_dim)`.
            decay: Share of the old average that stays.
        """
        mean = w.detach().to(self.w_avg.dtype).mean(dim=0)
        self.w_avg.copy_(torch.lerp(mean, self.w_avg, decay))

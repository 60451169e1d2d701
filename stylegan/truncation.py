"""Truncation: pulls w towards its average, trading diversity for typical images (Karras et al. 2019, appendix B).

The one place where this is computed, for every architecture. A number and a tensor of psi take the same way, because the same
face has to come out to the bit whichever command draws it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from stylegan.errors import InputError


def truncate(w: Tensor, average: Tensor, num_ws: int, psi: float | Tensor = 1.0, layers: int | None = None) -> Tensor:
    """Repeats w for every layer and moves it towards the average in the first ones.

    Args:
        w: `(B, w_dim)`, or `(B, L, w_dim)` where layers differ already.
        average: The average of w, `(w_dim,)`.
        num_ws: Number of layers L.
        psi: `average + (w - average) * psi`: 1 leaves w as it is, to the bit, 0 gives the average image. A number, or one per
            face `(B, 1)`.
        layers: Number of layers from the coarsest on that are truncated; None for all.

    Returns:
        ws `(B, L, w_dim)`.

    Raises:
        InputError: When the shape of w or psi, or the number of layers does not fit.
    """
    ws = _repeat(w, len(average), num_ws)
    weight = _weight(psi, ws, num_ws if layers is None else layers)
    # Not every device's interpolation ends exactly at its end.
    return torch.where(weight == 1.0, ws, torch.lerp(average.to(ws.dtype), ws, weight))


def _repeat(w: Tensor, w_dim: int, num_ws: int) -> Tensor:
    if w.ndim == 2 and w.shape[1] == w_dim:
        return w.unsqueeze(1).expand(-1, num_ws, -1)
    if w.ndim == 3 and w.shape[1:] == (num_ws, w_dim):
        return w
    raise InputError(f"expected w of shape (B, {w_dim}) or (B, {num_ws}, {w_dim}), got {tuple(w.shape)}")


def _weight(psi: float | Tensor, ws: Tensor, layers: int) -> Tensor:
    """What remains of each layer's own w, `(B or 1, L, 1)`: psi in the truncated layers, 1 in the others."""
    batch, num_ws, _ = ws.shape
    if not isinstance(psi, Tensor):
        psi = torch.full((1, 1), float(psi), dtype=ws.dtype, device=ws.device)
    elif tuple(psi.shape) != (batch, 1):
        raise InputError(f"expected psi to be a number or of shape ({batch}, 1), got {tuple(psi.shape)}")
    if not 0 <= layers <= num_ws:
        raise InputError(f"truncation_layers must lie between 0 and {num_ws}, got {layers}")
    is_truncated = torch.arange(num_ws, device=ws.device) < layers
    return torch.where(is_truncated, psi.to(ws), 1.0).unsqueeze(2)

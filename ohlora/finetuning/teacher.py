"""The teacher of the mapping network: how far each slider has to go along its own direction of the latent, and no other.

A regressor alone is no guide for where to go: far from the border between two kinds of faces, w that answer it best belong to another
person. The directions of `average_directions` are one, because they move one attribute and no other on average over faces. Along them
only the amounts are unknown, one per slider that is set. A level is nearly monotone along its own direction, so bisection between no
move and a far one finds each amount, starting at the face's own value: the answers of neighbouring values are neighbours. Nothing of
this is needed once the mapping network has learned it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ohlora.sliders.latent_regressor import LatentRegressor
from ohlora.sliders.request import Request
from stylegan import GeneratorNetwork

_FARTHEST = 6.0
"""Amounts searched, in levels: gender's border lies up to two levels from where its direction expects it."""
_HALVINGS = 10
_SWEEPS = 2
"""The second sweep corrects each amount for what the others moved."""


@torch.no_grad()
def taught_w(
    base: GeneratorNetwork, regressor: LatentRegressor, directions: Tensor, z: Tensor, psi: Tensor, values: Tensor
) -> Tensor:
    """Edited faces that lie along the directions.

    Args:
        base: The pretrained generator.
        regressor: Fitted to it.
        directions: Offsets of the normalised z `(K, z_dim)`, each of one level.
        z: `(B, z_dim)`.
        psi: Truncations `(B, 1)`.
        values: Slider values `(B, K)`, NaN for a slider that is not set.

    Returns:
        w `(B, w_dim)`.
    """
    normed = z * z.square().mean(dim=1, keepdim=True).rsqrt()
    plain = base.map(normed)
    own = base.truncate(plain, psi)[:, 0]
    request = Request.of(regressor.levels(own), regressor.levels_of(values), regressor.end)

    def moved(rows: Tensor, amounts: Tensor) -> Tensor:
        return own[rows] + base.map(normed[rows] + amounts @ directions) - plain[rows]

    amounts = torch.zeros_like(values)
    for _ in range(_SWEEPS):
        for slider in range(values.shape[1]):
            rows = request.is_set[:, slider].nonzero()[:, 0]
            tried, sign = amounts[rows].clone(), request.move[rows, slider].sign()
            near, far = torch.zeros_like(sign), _FARTHEST * sign
            for _ in range(_HALVINGS):
                middle = 0.5 * (near + far)
                tried[:, slider] = middle
                level = regressor.levels(moved(rows, tried))[:, slider]
                short = (request.goal[rows, slider] - level) * sign > 0.0
                near, far = torch.where(short, middle, near), torch.where(short, far, middle)
            amounts[rows, slider] = 0.5 * (near + far)
    return moved(torch.arange(len(z), device=z.device), amounts)

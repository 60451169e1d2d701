"""What an edited face has to be: its moved attributes there, everything else where it was."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

COARSE = 16
_KNEE = 0.05


def target_and_keep(read: Tensor, before: Tensor, wanted: Tensor, span: Tensor) -> tuple[Tensor, Tensor]:
    """How far attributes are from where they should be.

    Args:
        read: What a predictor reads from the edited faces `(B, K)`.
        before: What it reads from the unedited ones `(B, K)`.
        wanted: Values of the moved sliders `(B, K)`, NaN for the others.
        span: Lengths of the ranges `(K,)`.

    Returns:
        Mean error of the moved attributes and of the others, each a scalar in shares of the range; quadratic below a
        twentieth of the range and linear above.
    """
    moved = ~wanted.isnan()
    # Without the replacement the NaN of an unmoved slider would reach the gradient through torch.where.
    goal = torch.where(moved, torch.nan_to_num(wanted), before)
    error = F.smooth_l1_loss(read / span, goal / span, beta=_KNEE, reduction="none")
    return _mean_where(error, moved), _mean_where(error, ~moved)


def coarse_difference(images: Tensor, before: Tensor) -> Tensor:
    """Mean absolute difference of images `(B, 3, R, R)`, averaged down to 16x16."""
    return (F.adaptive_avg_pool2d(images, COARSE) - F.adaptive_avg_pool2d(before, COARSE)).abs().mean()


def feature_difference(features: Tensor, before: Tensor) -> Tensor:
    """Mean absolute difference of features `(B, F)`, in units of their mean absolute value."""
    return (features - before).abs().mean() / before.abs().mean().clamp_min(1e-6)


def _mean_where(values: Tensor, where: Tensor) -> Tensor:
    return (values * where).sum() / where.sum().clamp_min(1)

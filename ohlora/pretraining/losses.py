"""Losses between a generated image and the render it should reproduce."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from segmentation.classes import REGIONS

_SMALL = ("brows", "eyes", "mouth")


def region_weights(labels: Tensor, shares: Mapping[str, float]) -> Tensor:
    """Weights per pixel that give every region a fixed share of the loss, whatever its area.

    Args:
        labels: (B, S, S), classes 0..10.
        shares: each region's share; they should add up to 1.

    Returns:
        (B, 1, S, S) float32 whose mean is about the sum of the shares. Small regions are grown by a few pixels, so that their outline
        (lashes, lids, lip edges) counts with them.
    """
    size = labels.shape[-1]
    grow = 2 * max(1, size // 64) + 1
    weights = torch.zeros(labels.shape[0], 1, size, size)
    for name, classes in REGIONS.items():
        mask = torch.zeros_like(labels, dtype=torch.bool)
        for label in classes:
            mask |= labels == label
        region = mask[:, None].float()
        if name in _SMALL:
            region = F.max_pool2d(region, grow, stride=1, padding=grow // 2)
        weights += region * (shares[name] * size * size / region.sum(dim=(1, 2, 3)).mean().clamp_min(1.0))
    return weights


def weighted_l1(difference: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute difference (B, C, H, W) under weights (B, 1, H, W)."""
    return (difference.abs() * weights).mean()


def gradient_l1(difference: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean absolute value of the difference's horizontal and vertical gradients: edges in the right place."""
    across = difference[..., :, 1:] - difference[..., :, :-1]
    down = difference[..., 1:, :] - difference[..., :-1, :]
    return weighted_l1(across, weights[..., :, 1:]) + weighted_l1(down, weights[..., 1:, :])


def texture_l1(images: Tensor, truth: Tensor, weights: Tensor, block: int = 8) -> Tensor:
    """Weighted mean absolute difference of the mean gradient in blocks: as much fine texture as in the render.

    Where strands cannot be predicted to the pixel, the other losses are lowest for a smooth average of all guesses; this
    one does not ask where a strand lies, but that there are as many and as marked ones.

    Args:
        images: (B, C, H, W).
        truth: (B, C, H, W).
        weights: (B, 1, H, W).
        block: edge of a block in pixels.
    """
    difference = F.avg_pool2d(_activity(images) - _activity(truth), block, ceil_mode=True)
    return weighted_l1(difference, F.avg_pool2d(weights[..., 1:, 1:], block, ceil_mode=True))


def _activity(images: Tensor) -> Tensor:
    """Absolute gradients (B, C, H - 1, W - 1), across and down together."""
    corner = images[..., 1:, 1:]
    return (corner - images[..., 1:, :-1]).abs() + (corner - images[..., :-1, 1:]).abs()


def coarse_l1(difference: Tensor, factors: tuple[int, ...] = (4, 16)) -> Tensor:
    """Mean absolute difference of averages over blocks: colours of large areas."""
    total = difference.new_zeros(())
    for factor in factors:
        if difference.shape[-1] >= 2 * factor:
            total = total + F.avg_pool2d(difference, factor).abs().mean()
    return total

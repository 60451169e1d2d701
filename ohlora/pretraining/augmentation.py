"""What is changed at random in renders that a network learns from, so that it also understands generated faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

# Deviation of the noise at most, of pixels in [-1, 1]; half of the images are blurred, by up to the whole kernel.
_NOISE = 0.05
_BLURRED = 0.5


@dataclass(frozen=True)
class Degradation:
    """How far images are changed.

    Attributes:
        contrast: Factor of the pixels, from 1 - contrast to 1 + contrast.
        brightness: Added to all channels alike, from -brightness to brightness.
        tint: Added to each channel for itself; 0 for none.
        noisy: Share of images that get noise.
    """

    contrast: float
    brightness: float
    tint: float
    noisy: float


def degrade(images: Tensor, rng: np.random.Generator, degradation: Degradation) -> Tensor:
    """Changes contrast, brightness and tint per image, blurs some and makes some noisy, as generated faces can be.

    Args:
        images: (B, 3, S, S) in [-1, 1].
        rng: where the changes come from.
        degradation: how far they go.

    Returns:
        (B, 3, S, S), a little beyond [-1, 1] where brightness or noise led there.
    """
    count = len(images)

    def uniform(low: float, high: float, channels: int = 1) -> Tensor:
        return torch.from_numpy(rng.uniform(low, high, size=(count, channels, 1, 1))).float()

    contrast, brightness, tint = degradation.contrast, degradation.brightness, degradation.tint
    images = images * uniform(1.0 - contrast, 1.0 + contrast) + uniform(-brightness, brightness)
    if tint:
        images = images + uniform(-tint, tint, 3)
    amount = uniform(0.0, 1.0) * (uniform(0.0, 1.0) < _BLURRED)
    images = images + amount * (_blurred(images) - images)
    noise = torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32))
    return images + noise * (uniform(0.0, _NOISE) * (uniform(0.0, 1.0) < degradation.noisy))


def _blurred(images: Tensor) -> Tensor:
    """Images under the binomial kernel 1 2 1 in both directions."""
    kernel = torch.tensor([1.0, 2.0, 1.0]) / 4.0
    weight = torch.outer(kernel, kernel).expand(3, 1, 3, 3)
    return F.conv2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), weight, groups=3)

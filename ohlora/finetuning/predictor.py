"""The predictors: small networks that read attributes from images, differentiably, for the loss.

They are trained on the label path's output and on nothing else, differ from each other in seed and shape, and from the
parser that judges in everything. Two are harder to fool than one: what raises one's reading alone costs in the other's.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ohlora.errors import SettingsError
from ohlora.sliders.slider import Slider

POOLED = 4


@dataclass(frozen=True)
class PredictorConfig:
    """Shape of a predictor.

    Attributes:
        size: Edge of its input; larger images are averaged down, smaller ones enlarged.
        widths: Channels of its levels; each level halves the resolution.
        kernel: Edge of the first level's kernels.
        hidden: Width of the layer before the answer.
        seed: Of its first weights and of its training.
    """

    size: int = 128
    widths: tuple[int, ...] = (16, 32, 64, 96, 128)
    kernel: int = 3
    hidden: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if self.kernel % 2 == 0 or not self.widths:
            raise SettingsError("a predictor needs an odd kernel and at least one level")


def predictor_configs(size: int, seed: int) -> tuple[PredictorConfig, PredictorConfig]:
    """The two shapes of the ensemble, as deep as images of `size` pixels allow."""
    levels = max(1, min(5, size.bit_length() - 3))
    first, second = (16, 32, 64, 96, 128)[:levels], (24, 40, 56, 112, 96)[:levels]
    return (
        PredictorConfig(size, first, 3, 128, 2 * seed + 1001),
        PredictorConfig(size, second, 5, 96, 2 * seed + 1002),
    )


class AttributePredictor(nn.Module):
    """A convolutional network from an image to attributes.

    Args:
        config: Its shape.
        sliders: Whose attributes it reads.
    """

    low: Tensor
    span: Tensor

    def __init__(self, config: PredictorConfig, sliders: list[Slider]) -> None:
        super().__init__()
        self.config = config
        channels = (3, *config.widths)
        kernels = (config.kernel, *[3] * (len(config.widths) - 1))
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, kernel, stride=2, padding=kernel // 2)
            for before, after, kernel in zip(channels, channels[1:], kernels, strict=False)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(max(1, width // 8), width) for width in config.widths)
        self.hidden = nn.Linear(config.widths[-1] * POOLED**2, config.hidden)
        self.last = nn.Linear(config.hidden, len(sliders))
        self.register_buffer("low", torch.tensor([slider.low for slider in sliders]))
        self.register_buffer("span", torch.tensor([slider.span for slider in sliders]))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Reads images.

        Args:
            images: `(B, 3, R, R)` RGB in [-1, 1].

        Returns:
            Attributes `(B, K)` in their ranges' units, not held inside them; features `(B, hidden)`.
        """
        x = self._sized(images.clamp(-1.0, 1.0))
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = F.silu(norm(convolution(x)))
        features = F.silu(self.hidden(F.adaptive_avg_pool2d(x, POOLED).flatten(1)))
        return self.low + self.span * (0.5 + self.last(features)), features

    def _sized(self, images: Tensor) -> Tensor:
        size = self.config.size
        if images.shape[-1] == size:
            return images
        if images.shape[-1] % size == 0:
            return F.avg_pool2d(images, images.shape[-1] // size)
        return F.interpolate(images, (size, size), mode="bilinear", antialias=True)

"""The network of one fold: strided convolutions from images to one logit."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ohlora.classification.settings import NetworkConfig


class FaceClassifier(nn.Module):
    """Says how likely the answer 1 is.

    Args:
        config: Its shape.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.branches = nn.ModuleDict({region: _branch(config.widths) for region in config.regions})
        self.hidden = nn.Linear(config.widths[-1] * len(config.regions), config.hidden)
        self.last = nn.Linear(config.hidden, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Judge images.

        Args:
            images: `(B, 3, S, S)` RGB in [-1, 1], S as in the config.

        Returns:
            Logits of the answer 1 `(B,)`.
        """
        features = [branch(cut_region(images, region)).mean(dim=(2, 3)) for region, branch in self.branches.items()]
        hidden = F.silu(self.hidden(torch.cat(features, dim=1)))
        logits: Tensor = self.last(F.dropout(hidden, self.config.dropout, self.training))
        return logits[:, 0]


def cut_region(images: Tensor, region: str) -> Tensor:
    """The part of images `(B, 3, S, S)` that a region's name stands for."""
    if region == "whole":
        return images
    size = images.shape[-1]
    return images[..., : size // 2, size // 4 : size // 4 + size // 2]


def _branch(widths: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for level, (before, after) in enumerate(zip((3, *widths), widths, strict=False)):
        # Patches of 4x4 first: most of the time would go into the highest resolution otherwise.
        kernel, stride, padding = (4, 4, 0) if level == 0 else (3, 2, 1)
        layers += [nn.Conv2d(before, after, kernel, stride, padding, bias=False), nn.BatchNorm2d(after), nn.SiLU()]
    return nn.Sequential(*layers)

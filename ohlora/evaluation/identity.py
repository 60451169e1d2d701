"""The identity network: who is it, whatever the face does.

A small convolutional network that maps a face to a direction. It is trained on renders of the same people under other
attributes (`ohlora.pretraining.identity_training`), belongs to the evaluation, and is part of no training loss of the sliders.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ohlora.errors import ModelError
from ohlora.hub.model_folder import ModelKind, damaged_settings, load_strictly, read_model, write_model

IDENTITY = ModelKind("identity", "identity.safetensors", 1, "python -m scripts.pretrain identity")
_GROUPS = 8


@dataclass(frozen=True)
class IdentityConfig:
    """Sizes of an `IdentityNetwork`.

    Attributes:
        size: Edge in pixels that images are brought to.
        widths: Channels of each level; every level halves the resolution. Multiples of 8.
        dimension: Length of the embedding.

    Raises:
        ModelError: A size is impossible.
    """

    size: int = 64
    widths: tuple[int, ...] = (32, 64, 96, 128)
    dimension: int = 128

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if not self.widths or any(width < _GROUPS or width % _GROUPS for width in self.widths):
            raise ModelError(f"expected widths that are multiples of {_GROUPS}, got {self.widths}")
        if self.size < 2 ** len(self.widths) or self.dimension < 2:
            raise ModelError(
                f"expected a size of at least {2 ** len(self.widths)} and a dimension of at least 2, "
                f"got {self.size} and {self.dimension}"
            )


@dataclass(frozen=True)
class Calibration:
    """What cosines of held-out renders are, to read others by.

    Attributes:
        same: Mean cosine of two renders of one person under other attributes.
        different: Mean cosine of renders of two people.
        people: How many people that was measured on.
    """

    same: float
    different: float
    people: int


class IdentityNetwork(nn.Module):
    """Embeds faces; group norm, so that an image's embedding depends on the image alone.

    Attributes:
        config: The sizes.
        calibration: What its cosines mean; None before it was measured.
    """

    def __init__(self, config: IdentityConfig | None = None, calibration: Calibration | None = None) -> None:
        super().__init__()
        self.config = config = config or IdentityConfig()
        self.calibration = calibration
        channels = (3, *config.widths)
        self.levels = nn.ModuleList(_Level(i, o) for i, o in pairwise(channels))
        self.to_embedding = nn.Linear(2 * config.widths[-1], config.dimension)

    def forward(self, images: Tensor) -> Tensor:
        """Embed faces.

        Args:
            images: `(B, 3, H, W)` RGB in [-1, 1], of any size.

        Returns:
            `(B, dimension)`, of length 1 each: the product of two is their cosine.
        """
        size = (self.config.size, self.config.size)
        x = images.clamp(-1.0, 1.0)
        if x.shape[-2:] != size:
            x = F.interpolate(x, size=size, mode="bilinear", antialias=True, align_corners=False)
        for level in self.levels:
            x = level(x)
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], dim=1)
        return F.normalize(self.to_embedding(pooled), dim=1)


class _Level(nn.Module):
    """A halving and a plain 3x3 convolution, each with group norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.halve = nn.Conv2d(in_channels, out_channels, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.GroupNorm(_GROUPS, out_channels)
        self.conv = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.GroupNorm(_GROUPS, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, in, H, W)` to `(B, out, H/2, W/2)`."""
        x = F.relu(self.norm1(self.halve(x)))
        result: Tensor = F.relu(self.norm2(self.conv(x)))
        return result


def save_identity(network: IdentityNetwork, folder: str | Path) -> Path:
    """Write a network as float16 into a folder, which is made if it is missing; returns the folder."""
    calibration = asdict(network.calibration) if network.calibration else None
    settings = {**asdict(network.config), "calibration": calibration}
    return write_model(folder, IDENTITY, settings, network.state_dict(), dtype=torch.float16)


def load_identity(folder: str | Path) -> IdentityNetwork:
    """Read what `save_identity` wrote; float32, in evaluation mode.

    Raises:
        MissingModelError: The folder holds no identity network.
        ModelError: Its files do not fit each other, are damaged, or are of another version.
    """
    settings, state = read_model(folder, IDENTITY)
    try:
        calibration = settings.pop("calibration")
        known = Calibration(**calibration) if calibration is not None else None
        network = IdentityNetwork(IdentityConfig(**settings), known)
    except (KeyError, TypeError, ModelError) as error:
        raise damaged_settings(folder, IDENTITY, error) from error
    load_strictly(network, state, Path(folder) / IDENTITY.weights)
    return network.eval()

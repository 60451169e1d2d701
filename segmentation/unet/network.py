"""The embedded parser: a compact U-Net that labels illustrated portraits and tells their gender.

After Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation" (2015).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segmentation.classes import NUM_CLASSES
from segmentation.errors import ImageInputError, SegmentationError


@dataclass(frozen=True)
class PortraitParserConfig:
    """Sizes of a `PortraitParser`.

    Attributes:
        size: Height and width of the input in pixels; divisible by 2 for every level after the first.
        widths: Channels of each level, from full resolution down; every level halves the resolution of the one before.
        num_classes: Classes of the label map.
        gender_hidden: Hidden units of the gender head.
    """

    size: int = 128
    widths: tuple[int, ...] = (16, 32, 64, 112, 144)
    num_classes: int = NUM_CLASSES
    gender_hidden: int = 64

    def __post_init__(self) -> None:
        """Check the sizes.

        Raises:
            SegmentationError: A size is impossible.
        """
        object.__setattr__(self, "widths", tuple(self.widths))
        if len(self.widths) < 2 or min(self.widths) < 1:
            raise SegmentationError(f"widths: expected at least two positive numbers of channels, got {self.widths}")
        smallest = 2 ** (len(self.widths) - 1)
        if self.size < smallest or self.size % smallest:
            raise SegmentationError(
                f"size: expected a multiple of {smallest} for {len(self.widths)} levels, got {self.size}"
            )
        if self.num_classes < 2 or self.gender_hidden < 1:
            raise SegmentationError(
                f"expected num_classes >= 2 and gender_hidden >= 1, got {self.num_classes} and {self.gender_hidden}"
            )


class ConvBlock(nn.Module):
    """Two 3x3 convolutions, each with batch norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        """Build the block."""
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, in, H, W)` to `(B, out, H, W)`."""
        x = F.relu(self.norm1(self.conv1(x)), inplace=True)
        return F.relu(self.norm2(self.conv2(x)), inplace=True)


class GenderHead(nn.Module):
    """Mean and maximum of the bottleneck over space, then a small MLP to one logit."""

    def __init__(self, channels: int, hidden: int) -> None:
        """Build the head."""
        super().__init__()
        self.hidden = nn.Linear(2 * channels, hidden)
        self.logit = nn.Linear(hidden, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Map `(B, C, h, w)` to `(B, 1)`; positive = female."""
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], dim=1)
        return self.logit(F.relu(self.hidden(pooled)))  # type: ignore[no-any-return]


class PortraitParser(nn.Module):
    """U-Net over a portrait; see the module's docstring."""

    def __init__(self, config: PortraitParserConfig | None = None) -> None:
        """Build the network with random weights; `config` defaults to the embedded parser's sizes."""
        super().__init__()
        self.config = config = config or PortraitParserConfig()
        widths = config.widths
        self.encoder = nn.ModuleList(ConvBlock(i, o) for i, o in zip((3, *widths[:-1]), widths, strict=True))
        self.decoder = nn.ModuleList(ConvBlock(i + o, o) for i, o in zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.to_logits = nn.Conv2d(widths[0], config.num_classes, 1)
        self.gender = GenderHead(widths[-1], config.gender_hidden)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Label every pixel and judge the gender.

        Args:
            images: `(B, 3, size, size)` float, RGB in [-1, 1].

        Returns:
            `segmentation`: `(B, num_classes, size, size)` logits in the order of `segmentation.classes`;
            `gender`: `(B, 1)` logit, positive = female.

        Raises:
            ImageInputError: The images have another shape.
        """
        size = self.config.size
        if images.ndim != 4 or tuple(images.shape[1:]) != (3, size, size):
            raise ImageInputError(
                f"expected images of shape (B, 3, {size}, {size}) in [-1, 1], got {tuple(images.shape)}; resize them first"
            )
        features = self.encode(images)
        return {"segmentation": self.decode(features), "gender": self.gender(features[-1])}

    def encode(self, images: Tensor) -> list[Tensor]:
        """Features of every level, from full resolution down."""
        features: list[Tensor] = []
        x = images
        for level, block in enumerate(self.encoder):
            x = block(F.max_pool2d(x, 2) if level else x)
            features.append(x)
        return features

    def decode(self, features: list[Tensor]) -> Tensor:
        """Class logits from the features of every level."""
        x = features[-1]
        for block, skip in zip(self.decoder, features[-2::-1], strict=True):
            x = block(torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), skip], dim=1))
        return self.to_logits(x)  # type: ignore[no-any-return]

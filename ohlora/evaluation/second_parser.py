"""A second parser, of another shape and trained apart, that checks whether sliders only please the parser that made the labels.

In goes a portrait, out come class logits for every pixel and a logit of gender. Where the embedded parser is a U-Net of five levels, this
is a chain of dilated residual blocks at a quarter of the resolution (Yu, Koltun and Funkhouser, "Dilated Residual Networks", 2017),
whose answer is brought back to full size by pixel shuffling (Shi et al. 2016) beside thin features of the picture itself. It shares
neither weights, seeds, nor pictures with the parser that the sliders were trained by, and belongs to the evaluation alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ohlora.errors import MissingModelError, ModelError
from ohlora.files import write_bytes, write_text
from segmentation import FaceParser
from segmentation.backends.base import BackendOptions
from segmentation.backends.unet import PortraitsBackend
from segmentation.classes import NUM_CLASSES
from segmentation.unet.network import PortraitParser

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "second_parser.safetensors"
_FINE = 8  # channels at full resolution


@dataclass(frozen=True)
class DilatedParserConfig:
    """Sizes of a `DilatedParser`.

    Attributes:
        size: Height and width of the input in pixels; a multiple of 4.
        width: Channels of the residual blocks; half as many are at half the resolution. Even.
        dilations: Dilation of each residual block.
        gender_hidden: Hidden units of the gender head.

    Raises:
        ModelError: A size is impossible.
    """

    size: int = 128
    width: int = 48
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1)
    gender_hidden: int = 48

    def __post_init__(self) -> None:
        object.__setattr__(self, "dilations", tuple(self.dilations))
        if self.size < 4 or self.size % 4 or self.width < 2 or self.width % 2:
            raise ModelError(f"expected a size of 4, 8, ... and an even width, got {self.size} and {self.width}")
        if not self.dilations or min(self.dilations) < 1 or self.gender_hidden < 1:
            raise ModelError(f"expected dilations and hidden units of at least 1, got {self.dilations}")


class _Conv(nn.Sequential):
    """A 3x3 convolution with batch norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, dilation: int = 1) -> None:
        conv = nn.Conv2d(in_channels, out_channels, 3, stride, dilation, dilation, bias=False)
        super().__init__(conv, nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))


class _Residual(nn.Module):
    """Two dilated convolutions beside the identity."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.first = _Conv(channels, channels, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(B, C, H, W)` to the same shape."""
        return F.relu(x + self.norm(self.second(self.first(x))))


class DilatedParser(nn.Module):
    """Labels portraits; see the module's docstring."""

    def __init__(self, config: DilatedParserConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DilatedParserConfig()
        width, half = config.width, config.width // 2
        self.fine = _Conv(3, _FINE)
        self.middle = nn.Sequential(_Conv(_FINE, half, stride=2), _Residual(half, 1))
        self.coarse = _Conv(half, width, stride=2)
        self.trunk = nn.Sequential(*(_Residual(width, dilation) for dilation in config.dilations))
        self.up_middle = _Conv(width // 2 + half, half)
        self.narrow = nn.Conv2d(width, 4 * (width // 2), 1)
        self.up_fine = nn.Conv2d(half, 4 * _FINE, 1)
        self.last = _Conv(2 * _FINE, 2 * _FINE)
        self.to_logits = nn.Conv2d(2 * _FINE, NUM_CLASSES, 1)
        self.gender = nn.Sequential(
            nn.Linear(2 * width, config.gender_hidden), nn.ReLU(), nn.Linear(config.gender_hidden, 1)
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Label every pixel and judge the gender.

        Args:
            images: `(B, 3, size, size)` float, RGB in [-1, 1].

        Returns:
            `segmentation`: logits `(B, 11, size, size)`; `gender`: `(B, 1)` logit, positive = female.
        """
        fine = self.fine(images)
        middle = self.middle(fine)
        deep = self.trunk(self.coarse(middle))
        x = self.up_middle(torch.cat([F.pixel_shuffle(self.narrow(deep), 2), middle], dim=1))
        x = self.last(torch.cat([F.pixel_shuffle(self.up_fine(x), 2), fine], dim=1))
        pooled = torch.cat([deep.mean((2, 3)), deep.amax((2, 3))], dim=1)
        return {"segmentation": self.to_logits(x), "gender": self.gender(pooled)}


def save_second_parser(network: DilatedParser, folder: str | Path) -> Path:
    """Write `config.json` and the weights (float16) into a folder, which is made if it is missing."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: _half(value.detach().cpu()).contiguous() for name, value in network.state_dict().items()}
    write_bytes(folder / WEIGHTS_FILE, save(state))
    write_text(folder / CONFIG_FILE, json.dumps(asdict(network.config), indent=2) + "\n")
    return folder


def _half(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value


def load_second_parser(folder: str | Path, device: str | torch.device = "cpu", precision: str = "auto") -> FaceParser:
    """Read what `save_second_parser` wrote, as a parser of pictures.

    Raises:
        MissingModelError: The folder lacks one of the two files.
        ModelError: The files do not fit each other or are damaged.
    """
    folder = Path(folder)
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        if not (folder / name).is_file():
            raise MissingModelError(f"no {name} in {folder}: expected a folder that scripts.train_second_parser wrote")
    try:
        network = DilatedParser(DilatedParserConfig(**json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))))
        state = load_file(folder / WEIGHTS_FILE)
        network.load_state_dict(
            {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
        )
    except (SafetensorError, RuntimeError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"cannot read the second parser in {folder} ({reason}); train it again") from error
    chosen = "fp32" if precision == "auto" else precision
    # The backend asks of a network what both have: `config.size`, and logits by the names of the heads.
    return FaceParser(PortraitsBackend(cast(PortraitParser, network), BackendOptions(device, chosen)))

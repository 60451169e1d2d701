"""How a classifier is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ohlora.errors import OhloraError, SettingsError

REGIONS = ("whole", "top_centre")


class ClassifierError(OhloraError):
    """A classifier could not be trained, or is not what it should be."""


def default_regions(label: str) -> tuple[str, ...]:
    """What the network looks at: for quality also the top centre, where generators put most of their artefacts."""
    return REGIONS if label == "quality" else REGIONS[:1]


@dataclass(frozen=True)
class NetworkConfig:
    """Shape of a fold's network.

    Attributes:
        size: Edge of the images in pixels; a multiple of 16.
        regions: What it looks at: `whole`, and `top_centre`, half as wide and as high, at the top in the middle.
        widths: Channels of the levels; the first level divides the resolution by 4, each further one by 2.
        hidden: Width of the layer before the answer.
        dropout: Share of that layer that is left out in training.
    """

    size: int = 256
    regions: tuple[str, ...] = ("whole",)
    widths: tuple[int, ...] = (16, 32, 64, 96, 128)
    hidden: int = 64
    dropout: float = 0.2

    def __post_init__(self) -> None:
        for name in ("regions", "widths"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.size < 16 or self.size % 16:
            raise SettingsError(f"expected an image size that is a multiple of 16, got {self.size}")
        if not self.regions or len(set(self.regions)) < len(self.regions) or not set(self.regions) <= set(REGIONS):
            raise SettingsError(f"expected regions out of {', '.join(REGIONS)}, got {', '.join(self.regions)}")
        if not self.widths or min(self.widths) < 1 or self.hidden < 1 or not 0.0 <= self.dropout < 1.0:
            raise SettingsError("expected positive widths, and a dropout from 0 to below 1")


@dataclass(frozen=True)
class ClassifierSettings:
    """How a classifier is trained.

    Attributes:
        label: Name of the label.
        column: Column of the answers, 0 or 1.
        folds: Parts that the faces are divided into; each is held out from one network.
        epochs: At most this many passes over a fold's faces.
        patience: Epochs without a better validation loss after which training stops.
        batch: Faces of a step.
        steps: Least steps of an epoch; few faces are seen several times.
        rate: Learning rate at its highest; halved at every further attempt.
        validation: Share of a fold's faces that decide when to stop; the held-out ones play no part in it.
        attempts: How often a fold is tried.
        seed: Of everything random.
        mirror: Whether half of the faces are shown mirrored; not where an answer tells a side, such as which way a face looks.
        network: Shape of the networks.
    """

    label: str
    column: str
    folds: int = 5
    epochs: int = 12
    patience: int = 3
    batch: int = 32
    steps: int = 40
    rate: float = 2e-3
    validation: float = 0.15
    attempts: int = 3
    seed: int = 0
    mirror: bool = True
    network: NetworkConfig = field(default_factory=NetworkConfig)

    def __post_init__(self) -> None:
        for name, least in (("folds", 2), ("epochs", 1), ("patience", 1), ("batch", 2), ("steps", 1), ("attempts", 1)):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if not self.rate > 0.0 or not 0.0 < self.validation < 1.0 or self.seed < 0:
            raise SettingsError("expected a rate above 0, a validation share between 0 and 1, and a seed of at least 0")

    def to_dict(self) -> dict[str, Any]:
        """The settings as a plain dictionary that JSON can hold."""
        return asdict(self)

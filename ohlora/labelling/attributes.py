"""The registry of attributes: what is scored, over which range it is normalised, and which way it points.

A *score* is a raw measurement of a label map, an *attribute* is a normalised score, a *slider* is the bounded control of
an attribute. Adding an attribute takes one entry here and a function of its name in a version of `ohlora.labelling.scores`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ohlora.errors import OhloraError, SettingsError

Source = Literal["label map", "classifier"]


@dataclass(frozen=True)
class AttributeRange:
    """An attribute's name, the range of its values, and what they mean.

    Attributes:
        name: Identifier, also the column's name in tables.
        low: Lower end.
        high: Upper end.
        description: What is measured or moved, in a few words.
        direction: What the two ends mean.

    Raises:
        SettingsError: The name is no identifier, or the range is empty or not finite.
    """

    name: str
    low: float
    high: float
    description: str = ""
    direction: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise SettingsError(f"an attribute's name must be an identifier such as 'hair_length', got {self.name!r}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise SettingsError(f"attribute {self.name!r} needs finite low < high, got {self.low:g} and {self.high:g}")

    @property
    def span(self) -> float:
        """Length of the range."""
        return self.high - self.low

    @property
    def probability(self) -> bool:
        """Whether scores are probabilities, whose 0 and 1 mean the same in every folder."""
        return False

    @property
    def middle(self) -> float:
        """Middle of the range."""
        return 0.5 * (self.low + self.high)


@dataclass(frozen=True)
class AttributeSpec(AttributeRange):
    """One declared attribute.

    Attributes:
        source: Where the score comes from: measured on the label map, or given by a classifier.
        optional: Whether sliders may leave it out.
    """

    source: Source = "label map"
    optional: bool = False

    @property
    def probability(self) -> bool:
        """Whether scores are probabilities, whose 0 and 1 mean the same in every folder."""
        return self.source == "classifier"


def build_registry(specs: Iterable[AttributeSpec]) -> MappingProxyType[str, AttributeSpec]:
    """A read-only registry by name, in the given order.

    Raises:
        OhloraError: two attributes have the same name.
    """
    registry: dict[str, AttributeSpec] = {}
    for spec in specs:
        if spec.name in registry:
            raise OhloraError(f"attribute {spec.name!r} is declared twice; names must differ")
        registry[spec.name] = spec
    return MappingProxyType(registry)


ATTRIBUTES = build_registry(
    [
        AttributeSpec("gender", 0.0, 1.0, "perceived gender", "0 = male, 1 = female", source="classifier"),
        AttributeSpec("eyes", 0.0, 1.0, "openness of the eyes", "0 = closed, 1 = wide open"),
        AttributeSpec("hair_color", 0.0, 1.0, "brightness of the hair", "0 = dark, 1 = light"),
        AttributeSpec("hair_length", 0.0, 1.0, "how far down the hair reaches", "0 = short, 1 = long"),
        AttributeSpec("mouth", 0.0, 1.0, "openness of the mouth", "0 = closed, 1 = wide open"),
        AttributeSpec(
            "pose",
            -1.0,
            1.0,
            "turn of the head",
            "-1 = to their own left (the viewer's right), +1 = to their own right (the viewer's left)",
        ),
        AttributeSpec(
            "background_mean", 0.0, 1.0, "brightness of the background", "0 = dark, 1 = light", optional=True
        ),
        AttributeSpec("background_std", 0.0, 1.0, "contrast of the background", "0 = even, 1 = busy", optional=True),
    ]
)
"""All attributes by name, in the order of every table."""

ATTRIBUTE_NAMES: tuple[str, ...] = tuple(ATTRIBUTES)

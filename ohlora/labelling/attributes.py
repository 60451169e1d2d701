"""The registry of attributes: what is scored, over which range it is normalised, and which way it points.

A *score* is a raw measurement of a label map, an *attribute* is a normalised score, a *slider* is the bounded control of
an attribute. Adding an attribute takes one entry here and a function of its name in a version of `ohlora.labelling.scores`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ohlora.errors import OhloraError

Source = Literal["label map", "classifier"]


@dataclass(frozen=True)
class AttributeSpec:
    """One declared attribute.

    Attributes:
        name: identifier, also the column's name in tables.
        low: lower end of the normalised range.
        high: upper end of the normalised range.
        description: what is measured, in a few words.
        direction: what the two ends mean.
        source: where the score comes from: measured on the label map, or given by a classifier.
        optional: whether sliders may leave it out.

    Raises:
        OhloraError: the name is no identifier, or the range is empty.
    """

    name: str
    low: float
    high: float
    description: str
    direction: str
    source: Source = "label map"
    optional: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise OhloraError(f"an attribute's name must be an identifier such as 'hair_length', got {self.name!r}")
        if not self.low < self.high:
            raise OhloraError(f"attribute {self.name!r} needs low < high, got {self.low:g} and {self.high:g}")

    @property
    def middle(self) -> float:
        """Middle of the normalised range."""
        return 0.5 * (self.low + self.high)


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

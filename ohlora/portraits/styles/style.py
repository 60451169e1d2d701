"""What a drawing style is: a frozen dataclass of a few continuous settings that draws the layers of a portrait.

A setting knows its range, its default and its meaning, so that settings can be checked, listed, written into a table
and sampled without knowing the style. Everything irregular in a drawing (grain, wobble, blots) is fixed, as in the
renderer: a picture is a function of the portrait's parameters and the style's settings alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.portraits.proportions import NATURAL, Proportions
from ohlora.portraits.scene import Scene


@dataclass(frozen=True)
class Setting:
    """One setting of a style: its name, closed range, default and meaning."""

    name: str
    low: float
    high: float
    default: float
    meaning: str


def setting(low: float, high: float, default: float, meaning: str) -> Any:
    """A dataclass field that is a setting with the range `low`..`high`."""
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


@dataclass(frozen=True)
class Style:
    """A drawing style; subclasses add settings and draw.

    Attributes:
        name: what people call the style.

    Raises:
        OhloraError: a setting is not a number inside its range.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for known in self.declared():
            value = getattr(self, known.name)
            if not isinstance(value, (int, float)) or not known.low <= value <= known.high:
                raise OhloraError(
                    f"setting {known.name!r} of style {self.name} must be a number in "
                    f"[{known.low:g}, {known.high:g}], got {value!r}"
                )

    @classmethod
    def declared(cls) -> tuple[Setting, ...]:
        """The settings of this style, in their order."""
        return tuple(
            Setting(f.name, f.metadata["low"], f.metadata["high"], float(str(f.default)), f.metadata["meaning"])
            for f in fields(cls)
        )

    def settings(self) -> Mapping[str, float]:
        """The value of every setting."""
        return {name: float(value) for name, value in asdict(self).items()}

    @property
    def proportions(self) -> Proportions:
        """How far the style departs from the portrait's geometry."""
        return NATURAL

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """The picture, (size, size, 3) uint8, RGB, of a scene in this style's proportions."""
        raise NotImplementedError

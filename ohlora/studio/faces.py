"""A face on the page: a seed, a truncation, and the sliders that somebody has moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

from ohlora.errors import SettingsError
from ohlora.generation.drawing import DEFAULT_TRUNCATION
from ohlora.generation.recipe import recipe_face
from ohlora.generation.seeds import check_seed

LOWEST_TRUNCATION, HIGHEST_TRUNCATION = 0.0, 1.5
"""What the page's control of the truncation offers."""

DECIMALS = 2
"""Sliders on the page move in hundredths."""


@dataclass(frozen=True)
class Face:
    """Everything that makes a picture, given a model.

    Attributes:
        seed: Whose face.
        truncation: psi: 1 for the model's full variety, 0 for its average face.
        moved: Values of the sliders that were moved; the others stay where the face has them.

    Raises:
        SettingsError: The seed is none, or the truncation is beyond what the page offers.
    """

    seed: int = 0
    truncation: float = DEFAULT_TRUNCATION
    moved: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not LOWEST_TRUNCATION <= self.truncation <= HIGHEST_TRUNCATION:
            raise SettingsError(
                f"expected a truncation from {LOWEST_TRUNCATION:g} to {HIGHEST_TRUNCATION:g}, got {self.truncation:g}"
            )
        object.__setattr__(self, "moved", MappingProxyType(dict(self.moved)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Nothing in it can change, and a read-only view cannot be copied.
        return self

    @classmethod
    def from_recipe(cls, recipe: Mapping[str, Any]) -> Self:
        """The face of a recipe that was read from a picture.

        Raises:
            SettingsError: The recipe is incomplete, or holds what is no number.
        """
        seed, truncation, moved = recipe_face(recipe)
        return cls(seed, truncation, moved)

    @property
    def unmoved(self) -> Self:
        """The same person, with nothing moved."""
        return replace(self, moved={})

    def moving(self, values: Mapping[str, float]) -> Self:
        """The face with further sliders moved."""
        return replace(self, moved={**self.moved, **values})

    def resetting(self, name: str) -> Self:
        """The face with one slider back where it has it."""
        return replace(self, moved={key: value for key, value in self.moved.items() if key != name})

    def stands(self, own: Mapping[str, float]) -> dict[str, float]:
        """Where the page's sliders stand, in hundredths.

        Args:
            own: Where they stand while nothing is moved.
        """
        return {name: round(self.moved.get(name, value), DECIMALS) for name, value in own.items()}

    def describe(self) -> str:
        """The face in a few words, such as `seed 7, mouth 0.90`."""
        parts = [f"seed {self.seed}"]
        if not math.isclose(self.truncation, DEFAULT_TRUNCATION):
            parts.append(f"truncation {self.truncation:.2f}")
        return ", ".join([*parts, *(f"{spoken(name)} {value:.2f}" for name, value in self.moved.items())])


def spoken(name: str) -> str:
    """An attribute's name as people write it."""
    return name.replace("_", " ")

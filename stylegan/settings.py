"""What the settings of all networks share: frozen, checked, convertible to and from plain dictionaries."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from stylegan.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """Base of the settings of a network; a subclass checks itself in `__post_init__`."""

    def to_dict(self) -> dict[str, Any]:
        """The settings as a plain dictionary that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from a plain dictionary; what is absent takes its default.

        Raises:
            ConfigError: For a name that is no setting of this network, or one that is missing.
        """
        fields = dataclasses.fields(cls)
        known = [field.name for field in fields]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ConfigError(f"unknown {cls.__name__} settings {', '.join(unknown)}; known are {', '.join(known)}")
        missing = [f.name for f in fields if f.default is dataclasses.MISSING and f.name not in values]
        if missing:
            raise ConfigError(f"{cls.__name__} settings lack {', '.join(missing)}")
        return cls(**values)

    def replace(self, **changes: Any) -> Self:
        """A copy with some settings changed, validated again."""
        return type(self).from_dict({**self.to_dict(), **changes})

    def _require_whole_numbers(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise ConfigError(f"{name} must be a whole number, got {value!r}")

    def _require_numbers(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ConfigError(f"{name} must be a number, got {value!r}")

    def _require_at_most(self, maximum: int, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if value > maximum:
                raise ConfigError(f"{name} must be at most {maximum}, got {value}")

    def _require_at_least(self, minimum: int, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if value < minimum:
                raise ConfigError(f"{name} must be at least {minimum}, got {value}")

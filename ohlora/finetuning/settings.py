"""How a fine-tuning runs: what all methods share, and what each one adds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ohlora.errors import SettingsError
from ohlora.sliders.conditional import ConditionalConfig
from ohlora.sliders.slider import DEFAULT_SLIDERS, build_sliders


@dataclass(frozen=True)
class LatentSettings:
    """The method `latent`: a mapping network that reads appended attributes.

    Attributes:
        steps: Optimiser steps of the last training of the mapping network: the first half of them without feedback passes,
            which is three times as fast, the second half with them.
        batch: Latents of a step, over all processes.
        rate: Learning rate of the last training at its highest. It is gentle: the regressor has learned from faces that the
            rounds' mapping networks drew, and a network that moves far from them finds places where the regressor errs.
        imitation: Cost of the distance from the teacher's answers, in units of the spread of w, beside what levels are missing.
        taught: Requests that the teacher answers for each training; they are half of every batch.
        rounds: Rebalancing rounds before it.
        round_faces: Faces of a round.
        round_steps: Optimiser steps of the mapping network before each round.
        round_rate: Learning rate of those at its highest.
    """

    steps: int = 1000
    batch: int = 256
    rate: float = 4.5e-4
    imitation: float = 1.0
    taught: int = 12_288
    rounds: int = 8
    round_faces: int = 1500
    round_steps: int = 600
    round_rate: float = 1.5e-3

    def __post_init__(self) -> None:
        require(self, 1, "steps", "batch", "round_faces", "round_steps", "taught")
        require(self, 0, "rounds")
        if not (self.rate > 0.0 and self.round_rate > 0.0 and self.imitation >= 0.0):
            raise SettingsError(
                "rate and round_rate must be above 0 and imitation not below, "
                f"got {self.rate:g}, {self.round_rate:g} and {self.imitation:g}"
            )


@dataclass(frozen=True)
class DirectionSettings:
    """The method `directions`: straight lines in w, found by linear classifiers; there is nothing to choose."""


@dataclass(frozen=True)
class AdversarialSettings:
    """The method `adversarial`: the same mapping network, trained by a discriminator that sees the labels.

    Attributes:
        steps: Optimiser steps on images.
        batch: Faces of a step, over all processes.
        rate: Learning rate at its highest.
        validate_every: Steps between two validations.
    """

    steps: int = 200
    batch: int = 16
    rate: float = 1e-3
    validate_every: int = 100

    def __post_init__(self) -> None:
        require(self, 1, "steps", "batch", "validate_every")
        if not self.rate > 0.0:
            raise SettingsError(f"the rate must be above 0, got {self.rate:g}")


MethodSettings = LatentSettings | DirectionSettings | AdversarialSettings

METHODS: dict[str, type[MethodSettings]] = {
    "latent": LatentSettings,
    "directions": DirectionSettings,
    "adversarial": AdversarialSettings,
}
"""The methods by name, the default first."""


@dataclass(frozen=True)
class FinetuneSettings:
    """How a fine-tuning runs.

    Attributes:
        method: What the method adds; its type says which method it is.
        attributes: Names of the sliders.
        regressor_steps: Optimiser steps of each latent regressor.
        truncation: Lowest truncation that faces are trained at; it is drawn from there to 1.
        ema_decay: Decay of the moving average of the weights, which is what is kept.
        validate_faces: Faces of a validation; each gets a ramp per slider.
        validate_ramp: Values of a ramp.
        checkpoint_every: Steps between two checkpoints.
        seed: Of everything random.
        precision: `auto` (bfloat16 where the device is faster with it), `fp32` or `bf16`.
        conditional: Sizes of what is added to the generator.

    Raises:
        SettingsError: A setting is out of range.
    """

    method: MethodSettings = field(default_factory=LatentSettings)
    attributes: tuple[str, ...] = DEFAULT_SLIDERS
    regressor_steps: int = 3000
    truncation: float = 0.5
    ema_decay: float = 0.998
    validate_faces: int = 12
    validate_ramp: int = 5
    checkpoint_every: int = 250
    seed: int = 0
    precision: str = "auto"
    conditional: ConditionalConfig = field(default_factory=ConditionalConfig)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", tuple(build_sliders(self.attributes)))
        require(self, 1, "regressor_steps", "checkpoint_every")
        require(self, 2, "validate_faces", "validate_ramp")
        require(self, 0, "seed")
        if not 0.0 <= self.truncation <= 1.0 or not 0.0 <= self.ema_decay < 1.0:
            raise SettingsError("truncation must lie between 0 and 1, and ema_decay from 0 to below 1")
        if self.precision not in ("auto", "fp32", "bf16"):
            raise SettingsError(f"expected the precision auto, fp32 or bf16, got {self.precision!r}")

    @property
    def method_name(self) -> str:
        """The method's name."""
        return next(name for name, settings in METHODS.items() if isinstance(self.method, settings))

    def to_dict(self) -> dict[str, Any]:
        """The settings as a plain dictionary that JSON can hold."""
        return {**asdict(self), "method": {"name": self.method_name, **asdict(self.method)}}


def build_settings(method: str, **chosen: Any) -> FinetuneSettings:
    """Settings from names and values, each of which goes where it belongs.

    Args:
        method: One of `METHODS`.
        **chosen: Settings of all methods or of that one; None for the default.

    Raises:
        SettingsError: The method is unknown, has no such setting, or a value is out of range.
    """
    if method not in METHODS:
        raise SettingsError(f"expected the method {', '.join(METHODS)}, got {method!r}")
    given = {name: value for name, value in chosen.items() if value is not None}
    own, shared = ({one.name for one in fields(kind)} for kind in (METHODS[method], FinetuneSettings))
    foreign = [name for name in given if name not in own | shared]
    if foreign:
        raise SettingsError(f"the method {method} has no {foreign[0].replace('_', '-')}; leave it out")
    return FinetuneSettings(
        method=METHODS[method](**{name: value for name, value in given.items() if name in own}),
        **{name: value for name, value in given.items() if name not in own},
    )


def require(settings: object, least: int, *names: str) -> None:
    """Checks lower bounds of settings.

    Raises:
        SettingsError: One is below.
    """
    for name in names:
        if getattr(settings, name) < least:
            raise SettingsError(f"{name} must be at least {least}, got {getattr(settings, name)}")

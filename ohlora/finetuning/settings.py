"""How a fine-tuning runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ohlora.errors import SettingsError
from ohlora.sliders.conditional import ConditionalConfig
from ohlora.sliders.slider import DEFAULT_SLIDERS, build_sliders

METHODS = ("predictor", "directions", "adversarial")
DEFAULTS: dict[str, dict[str, Any]] = {"adversarial": {"steps": 200, "rate": 1e-3}}
"""What the command sets for a method unless it is told otherwise."""


@dataclass(frozen=True)
class LossWeights:
    """Factors of the loss terms.

    Attributes:
        target: Attributes whose slider is moved reach their value, in shares of the range.
        keep: The other attributes stay as the predictors read them from the unedited face.
        z_move: Mean over faces of the squared length of the latent's move: the shortest way changes least else.
        w_move: Mean square of the w editor's offset, in units of the deviation of w.
        pixel: Mean absolute difference of the two faces, averaged down to 16x16.
        feature: Mean absolute difference of the predictors' features, in units of their own size.
    """

    target: float = 1.0
    keep: float = 2.0
    z_move: float = 0.0005
    w_move: float = 1.0
    pixel: float = 0.05
    feature: float = 0.02


@dataclass(frozen=True)
class FinetuneSettings:
    """How a fine-tuning runs.

    Attributes:
        method: `predictor`; or a rival, `directions` or `adversarial`.
        attributes: Names of the sliders.
        steps: Optimiser steps on images; 0 leaves them and the predictors out; `adversarial` needs some.
        batch: Faces of a step, over all processes.
        rate: Learning rate of those steps at its highest.
        predictor_steps: Optimiser steps of each predictor.
        predictor_batch: Labelled faces of such a step.
        predictor_size: Pixels of the edge of what predictors see; larger images are averaged down.
        readout_steps: Optimiser steps of the readout.
        coverage_rounds: How often the young sliders draw further faces that the label path labels.
        coverage_faces: Faces of such a round.
        truncation: Lowest truncation that faces are trained at; it is drawn from there to 1.
        average_decay: Decay of the moving average of the weights, which is what is kept.
        validate_every: Steps between two validations by the label path.
        validate_faces: Faces of a validation; each gets a ramp per slider.
        validate_ramp: Values of a ramp.
        checkpoint_every: Steps between two checkpoints.
        seed: Of everything random.
        precision: `auto` (bfloat16 where the device is faster with it), `fp32` or `bf16`.
        conditional: Sizes of what is added to the generator.
        loss: Factors of the loss terms.

    Raises:
        SettingsError: A setting is out of range.
    """

    method: str = "predictor"
    attributes: tuple[str, ...] = DEFAULT_SLIDERS
    steps: int = 0
    batch: int = 16
    rate: float = 1e-4
    predictor_steps: int = 1000
    predictor_batch: int = 48
    predictor_size: int = 128
    readout_steps: int = 3000
    coverage_rounds: int = 4
    coverage_faces: int = 2500
    truncation: float = 0.6
    average_decay: float = 0.995
    validate_every: int = 100
    validate_faces: int = 12
    validate_ramp: int = 5
    checkpoint_every: int = 50
    seed: int = 0
    precision: str = "auto"
    conditional: ConditionalConfig = field(default_factory=ConditionalConfig)
    loss: LossWeights = field(default_factory=LossWeights)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise SettingsError(f"expected the method {', '.join(METHODS)}, got {self.method!r}")
        object.__setattr__(self, "attributes", tuple(build_sliders(self.attributes)))
        self._require(1, "batch", "predictor_steps", "predictor_batch", "readout_steps", "validate_every")
        self._require(1, "checkpoint_every", "coverage_faces")
        self._require(1 if self.method == "adversarial" else 0, "steps")
        self._require(0, "coverage_rounds", "seed")
        self._require(2, "validate_faces", "validate_ramp")
        self._require(8, "predictor_size")
        if not self.rate > 0.0:
            raise SettingsError(f"the rate must be above 0, got {self.rate:g}")
        if not 0.0 <= self.truncation <= 1.0 or not 0.0 <= self.average_decay < 1.0:
            raise SettingsError("truncation must lie between 0 and 1, and average_decay from 0 to below 1")
        if self.precision not in ("auto", "fp32", "bf16"):
            raise SettingsError(f"expected the precision auto, fp32 or bf16, got {self.precision!r}")

    def _require(self, minimum: int, *names: str) -> None:
        for name in names:
            if getattr(self, name) < minimum:
                raise SettingsError(f"{name} must be at least {minimum}, got {getattr(self, name)}")

    def to_dict(self) -> dict[str, Any]:
        """The settings as a plain dictionary that JSON can hold."""
        return asdict(self)

"""Sliders: the bounded controls of attributes, and the one place where their values are checked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ohlora.errors import SettingsError, did_you_mean
from ohlora.labelling.attributes import ATTRIBUTES, AttributeRange

DEFAULT_SLIDERS = tuple(name for name, spec in ATTRIBUTES.items() if not spec.optional)
"""Sliders that a model gets when none are named."""

MAX_LOGIT = 9.9
"""Logit of the ends of a probability's slider: p = 0.99995, about what a parser says of a face that it has no doubt about."""

TOLERANCE = 1e-6
"""How far beyond an end a value may lie, in shares of the range, to allow for rounding."""


@dataclass(frozen=True)
class Slider(AttributeRange):
    """A bounded control: the range of its attribute, as a model was made and saved with it.

    Attributes:
        max_logit: Of an attribute that is a probability p, the logit log(p / (1 - p)) at the slider's upper end, and
            negated at its lower; in between the slider is even in the logit, so that half way looks half way. None for
            every other attribute, whose values are the slider's.

    Raises:
        SettingsError: The range is empty or not finite, or a logit is not above 0.
    """

    max_logit: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_logit is not None and not (math.isfinite(self.max_logit) and self.max_logit > 0.0):
            raise SettingsError(f"slider {self.name!r} needs a finite max_logit above 0, got {self.max_logit:g}")

    def attributes_of(self, values: ArrayLike) -> NDArray[np.float64]:
        """Attributes, as the labels have them, that slider values of any shape ask for; NaN stays NaN."""
        values = np.asarray(values, np.float64)
        if self.max_logit is None:
            return values
        logits = self.max_logit * (2.0 * (values - self.low) / self.span - 1.0)
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))

    def values_of(self, attributes: ArrayLike) -> NDArray[np.float64]:
        """Slider values at which attributes of any shape stand; NaN stays NaN.

        Probabilities beyond the ends are at the ends, where a logit says little; other attributes are left as they are.
        """
        attributes = np.asarray(attributes, np.float64)
        if self.max_logit is None:
            return attributes
        with np.errstate(divide="ignore"):
            # Normalisation may bring a probability a little below 0 or above 1.
            logits = np.log(attributes.clip(0.0, 1.0)) - np.log1p(-attributes.clip(0.0, 1.0))
        share = 0.5 + 0.5 * logits.clip(-self.max_logit, self.max_logit) / self.max_logit
        return np.asarray(self.low + self.span * share)

    def to_dict(self) -> dict[str, Any]:
        """The slider as a plain dictionary that JSON can hold."""
        return asdict(self)


def build_sliders(names: Iterable[str] = DEFAULT_SLIDERS) -> dict[str, Slider]:
    """Sliders of declared attributes, by name, in the given order.

    Raises:
        SettingsError: A name is unknown or comes twice, or there is none.
    """
    sliders: dict[str, Slider] = {}
    for name in names:
        if name in sliders:
            raise SettingsError(f"attribute {name!r} is named twice; name every slider once")
        if name not in ATTRIBUTES:
            raise SettingsError(f"unknown attribute {name!r}; known are: {', '.join(ATTRIBUTES)}")
        spec = ATTRIBUTES[name]
        sliders[name] = Slider(
            name,
            spec.low,
            spec.high,
            spec.description,
            spec.direction,
            MAX_LOGIT if spec.source == "classifier" else None,
        )
    if not sliders:
        raise SettingsError(f"expected at least one attribute for a slider; known are: {', '.join(ATTRIBUTES)}")
    return sliders


def describe_sliders(sliders: Mapping[str, Slider]) -> str:
    """Names and ranges in one line, such as `mouth 0 to 1, pose -1 to 1`."""
    return ", ".join(f"{slider.name} {slider.low:g} to {slider.high:g}" for slider in sliders.values())


def find_slider(sliders: Mapping[str, Slider], name: str, others: Iterable[str] = ()) -> Slider:
    """The slider of a name.

    Args:
        sliders: The model's sliders.
        name: Which of them.
        others: Names that may have been meant as well, such as those of a function's other arguments.

    Raises:
        SettingsError: There is none; the message lists the sliders, and names what was probably meant.
    """
    if name not in sliders:
        meant = did_you_mean(name, [*sliders, *others])
        raise SettingsError(f"no slider is called {name!r}; the sliders are: {describe_sliders(sliders)}{meant}")
    return sliders[name]


def checked_values(sliders: Mapping[str, Slider], name: str, values: Tensor | ArrayLike) -> Tensor:
    """Values of a slider, which are inside its range or are refused.

    Args:
        sliders: The model's sliders.
        name: Which of them.
        values: Of any shape.

    Returns:
        The values, where they are or, of what came as no tensor, as float64 on the CPU. Those beyond an end by no more than
        `TOLERANCE` are at the end.

    Raises:
        SettingsError: The name is unknown, or a value is out of range or no number; the message lists the sliders.
    """
    slider = find_slider(sliders, name)
    try:
        given = values if isinstance(values, Tensor) else torch.from_numpy(np.array(values, np.float64))
    except (TypeError, ValueError):
        raise SettingsError(f"expected numbers for {name}, got {values!r}") from None
    if bool(given.isnan().any()):
        raise SettingsError(f"expected numbers for {name}, got NaN; leave a slider out to keep it where it is")
    margin = TOLERANCE * slider.span
    outside = (given < slider.low - margin) | (given > slider.high + margin)
    if bool(outside.any()):
        # Eight digits tell every value that is beyond the tolerance from the end itself.
        raise SettingsError(
            f"expected {name} from {slider.low:g} to {slider.high:g}, got {float(given[outside][0]):.8g}; "
            f"the sliders are: {describe_sliders(sliders)}"
        )
    return given.clamp(slider.low, slider.high)


def slider_tensor(
    sliders: Mapping[str, Slider],
    values: Mapping[str, Tensor | float],
    batch: int,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Checked values of all sliders.

    Args:
        sliders: The model's sliders.
        values: Slider name to one value for all, or `(B,)`; any subset of the sliders.
        batch: B.
        device: Where the result shall be.

    Returns:
        `(B, K)` float32, one column per slider in the model's order, NaN where a slider is not set.

    Raises:
        SettingsError: A name is unknown, or a value is out of range or of another shape; the message lists the sliders.
    """
    columns = {name: _column(name, checked_values(sliders, name, given), batch) for name, given in values.items()}
    unset = torch.full((batch,), math.nan, device=device)
    return torch.stack([columns[name].to(unset) if name in columns else unset for name in sliders], dim=1)


def _column(name: str, values: Tensor, batch: int) -> Tensor:
    if values.ndim == 0:
        return values.expand(batch)
    if tuple(values.shape) != (batch,):
        raise SettingsError(f"expected for {name} one value or {batch} values, got the shape {tuple(values.shape)}")
    return values

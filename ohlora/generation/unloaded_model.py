"""A model with sliders that is loaded when it is needed, and tells its sliders before where its files say which it has.

Wrong names and values are so refused at once, and not after a large model was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ohlora.generation.face_generator import FaceGenerator
from ohlora.generation.requests import check_columns
from ohlora.hub import resolve_model
from ohlora.sliders.slider import Slider
from ohlora.sliders.storage import declared_sliders


@dataclass(frozen=True)
class UnloadedModel:
    """A model with sliders by its name.

    Attributes:
        name: As `ohlora.hub.resolve_model` takes it.
        device: As `ohlora.device.resolve_device` takes it.
    """

    name: str
    device: str = "auto"

    @cached_property
    def sliders(self) -> Mapping[str, Slider]:
        """The sliders by name; the model is loaded where only its weights tell, as those of a published checkpoint do.

        Raises:
            MissingModelError: There is no such model.
            ModelError: It has no sliders.
        """
        return declared_sliders(resolve_model(self.name)) or self.generator.sliders

    @cached_property
    def generator(self) -> FaceGenerator:
        """The model, loaded; raises as `FaceGenerator.from_pretrained`."""
        return FaceGenerator.from_pretrained(self.name, device=self.device)

    def check(self, columns: Mapping[str, NDArray[np.float64]]) -> None:
        """Refuse sliders and values that the model does not have; NaN is no value.

        Raises:
            SettingsError: There is one; the message lists the sliders.
        """
        check_columns(self.sliders, columns)

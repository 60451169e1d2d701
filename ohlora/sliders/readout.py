"""Where faces are found to stand: the labeller's attributes, each on the scale of its slider.

A slider of a probability is even in the logit: where it asks for three quarters of its way, the label of the face is above 0.99.
What was measured can stand beside what was asked for only once both are on one scale, and that is the slider's, whose ends and
middle people have before their eyes. Labels in tables stay probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ohlora.labelling.labeller import Labeller
from ohlora.sliders.slider import Slider


@dataclass(frozen=True)
class Readout:
    """Measures faces in values of sliders.

    Attributes:
        labeller: Measures the attributes of the sliders.
        sliders: By name, in the labeller's order.
    """

    labeller: Labeller
    sliders: Mapping[str, Slider]

    def measure(self, images: Tensor) -> dict[str, NDArray[np.float64]]:
        """The value of every slider, each `(B,)`, NaN where nothing was found.

        Probabilities beyond a slider's ends are at the end; other attributes are not clipped.

        Args:
            images: `(B, 3, R, R)` RGB in [-1, 1].
        """
        columns = self.labeller.measure(images).T
        return {s.name: s.values_of(column) for s, column in zip(self.sliders.values(), columns, strict=True)}

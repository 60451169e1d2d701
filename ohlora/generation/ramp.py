"""Ramps: one slider of one face moved evenly from one value to another, the rest held."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ohlora.errors import SettingsError
from ohlora.generation.drawing import DEFAULT_TRUNCATION, FaceDrawer


def ramp_values(low: float, high: float, steps: int) -> NDArray[np.float64]:
    """Evenly spaced values `(steps,)` from the first to the last, which may be the lower one.

    Raises:
        SettingsError: There are fewer than two steps.
    """
    if steps < 2:
        raise SettingsError(f"expected at least 2 steps for a ramp, got {steps}")
    return np.linspace(low, high, steps)


def draw_ramp(
    drawer: FaceDrawer,
    seed: int,
    name: str,
    values: NDArray[np.float64],
    sliders: Mapping[str, float] | None = None,
    truncation: float = DEFAULT_TRUNCATION,
) -> list[Image.Image]:
    """Draw a ramp, a picture per value.

    Args:
        drawer: Draws the faces.
        seed: Whose face.
        name: The slider that is moved.
        values: Its values `(S,)`.
        sliders: Others, by name, that are set for all pictures.
        truncation: psi.

    Raises:
        SettingsError: A slider or a value does not exist.
    """
    steps = len(values)
    columns = {other: np.full(steps, value) for other, value in (sliders or {}).items()}
    faces = drawer.draw([seed] * steps, {**columns, name: values}, truncation)
    return [Image.fromarray(pixels) for pixels in faces]

"""The renderer's own style: shaded colours, no lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ohlora.portraits.scene import Scene
from ohlora.portraits.styles.style import Style


@dataclass(frozen=True)
class Natural(Style):
    """The picture as the scene paints itself."""

    name: ClassVar[str] = "natural"

    def draw(self, scene: Scene, size: int) -> npt.NDArray[np.uint8]:
        """The scene's own picture."""
        return scene.draw(size)

"""A model with sliders whose every measurement can be worked out by hand.

An image is grey-free: its first channel has the value of `mouth`, its second that of `pose`, its third that of `eyes`, all
brought to [-1, 1]. Where the sliders of a face stand is a function of its z.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.generation.loaded_model import LoadedModel
from ohlora.labelling.normalization import Column, Normalizer
from ohlora.sliders.slider import Slider, build_sliders, slider_tensor
from ohlora.sliders.slider_model import SliderModel

NAMES = ("mouth", "pose", "eyes")
LOW = torch.tensor([0.0, -1.0, 0.0])
WIDTH = torch.tensor([1.0, 2.0, 1.0])


class AnalyticModel:
    """Moves what it is asked to, by `gain`, and with it the pose, by `leak` of the mouth's move.

    Attributes:
        calls: How often images were drawn.
    """

    def __init__(self, gain: float = 1.0, leak: float = 0.0) -> None:
        self.gain, self.leak, self.calls = gain, leak, 0
        self.sliders: dict[str, Slider] = build_sliders(NAMES)
        bounds = {name: Column(slider, slider.low, slider.high, 2) for name, slider in self.sliders.items()}
        self.normalizer: Normalizer | None = Normalizer(bounds, "minmax", (0.0, 1.0))

    @property
    def z_dim(self) -> int:
        return 4

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> dict[str, Tensor]:
        values = LOW + WIDTH * (0.5 + 0.2 * truncation_psi * torch.tanh(z[:, :3]))
        return dict(zip(NAMES, values.unbind(1), strict=True))

    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        self.calls += 1
        own = torch.stack(list(self.read(z, truncation_psi=truncation_psi).values()), dim=1)
        wanted = slider_tensor(self.sliders, sliders or {}, len(z))
        move = torch.where(wanted.isnan(), 0.0, wanted - own) * self.gain
        move[:, 1] += self.leak * move[:, 0]
        shares = (own + move - LOW) / WIDTH
        return (2.0 * shares - 1.0)[:, :, None, None].expand(-1, -1, 8, 8)

    def save_pretrained(self, folder: str | Path) -> Path:
        return Path(folder)


def measure(images: Tensor) -> NDArray[np.float64]:
    """Attributes `(B, 3)` in the order of `NAMES`, read off the colours; missing where the mouth is above 0.95."""
    values = (LOW + WIDTH * (images.mean((2, 3)) + 1.0) / 2.0).double().numpy()
    values[values[:, 0] > 0.95, 0] = np.nan
    return values


def embed(images: Tensor) -> Tensor:
    """An identity that turns by a right angle as the eyes go from closed to open."""
    angle = (images[:, 2].mean((1, 2)) + 1.0) / 2.0 * torch.pi / 2.0
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def named(model: AnalyticModel, name: str = "analytic", fingerprint: str = "0123456789ab") -> LoadedModel[SliderModel]:
    return LoadedModel(model, name, fingerprint, Path(name))

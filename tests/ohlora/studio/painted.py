"""A model with sliders that paints: what each slider changes, and where, is known to the pixel."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ohlora.labelling.normalization import Column, Normalizer
from ohlora.sliders.slider import Slider, build_sliders, slider_tensor

EDGE = 64
MOUTH = (slice(44, 52), slice(24, 40))
"""Rows and columns that the slider `mouth` darkens, and no others."""


class PaintedModel:
    """Faces whose background is their latent's, whose mouth darkens with `mouth`, and whose nose wanders with `pose`."""

    def __init__(self) -> None:
        self.sliders: dict[str, Slider] = build_sliders(["mouth", "pose"])
        column = {name: Column(slider, 0.0, 1.0, 10) for name, slider in self.sliders.items()}
        self.normalizer: Normalizer | None = Normalizer(column, "minmax", (0.0, 1.0))

    @property
    def z_dim(self) -> int:
        return 8

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> dict[str, Tensor]:
        return {"mouth": torch.sigmoid(z[:, 0] * truncation_psi), "pose": torch.tanh(z[:, 1] * truncation_psi)}

    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        wanted = slider_tensor(self.sliders, sliders or {}, len(z))
        own = torch.stack(list(self.read(z, truncation_psi=truncation_psi).values()), dim=1)
        stands = torch.where(wanted.isnan(), own, wanted)
        images = torch.tanh(z[:, 2:5] * truncation_psi)[:, :, None, None].repeat(1, 1, EDGE, EDGE)
        images[:, :, 12:58, 14:50] = 0.6
        for image, (mouth, pose) in zip(images, stands, strict=True):
            image[:, *MOUTH] = 0.6 - 1.5 * mouth
            nose = 31 + round(6 * float(pose))
            image[:, 32:38, nose : nose + 2] = -0.2
        return images

    def save_pretrained(self, folder: str | Path) -> Path:
        raise NotImplementedError

"""What every generator with sliders has in common: slider values in, pictures out. Each kind says which ws it draws for them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ohlora.labelling.normalization import Normalizer
from ohlora.sliders.slider import Slider, slider_tensor
from stylegan import GeneratorNetwork


class EditedGenerator(nn.Module):
    """A frozen generator whose faces sliders edit.

    Attributes:
        base: The pretrained generator.
        sliders: The sliders by name.
        normalizer: The saved normalisation that the attributes were made with; None where there is none.

    Args:
        base: A pretrained generator; it is frozen.
        sliders: The sliders by name.
        normalizer: See above.
    """

    base: GeneratorNetwork

    def __init__(
        self, base: GeneratorNetwork, sliders: Mapping[str, Slider], normalizer: Normalizer | None = None
    ) -> None:
        super().__init__()
        self.base = base.eval().requires_grad_(False)
        self.sliders, self.normalizer = dict(sliders), normalizer

    @property
    def z_dim(self) -> int:
        """Length of z."""
        return self.base.z_dim

    @property
    def resolution(self) -> int:
        """Side of an image in pixels."""
        return self.base.resolution

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.base.device

    @abstractmethod
    def edited_ws(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """The ws that synthesis draws, `(B, L, w_dim)`; arguments as for `forward`."""

    @torch.no_grad()
    def edit(
        self, z: Tensor, sliders: Mapping[str, Tensor | float] | None = None, *, truncation_psi: float = 1.0
    ) -> Tensor:
        """Draws faces with some sliders set; the others stay where each face has them.

        Args:
            z: `(B, z_dim)`, usually from N(0, I).
            sliders: Slider name to one value, or one per face `(B,)`.
            truncation_psi: 1 for the full spread, 0 for the average face.

        Returns:
            RGB images `(B, 3, R, R)`, float, made for [-1, 1], not clamped.

        Raises:
            SettingsError: A name is unknown or a value is out of range; the message lists the sliders.
        """
        image: Tensor = self(z, slider_tensor(self.sliders, sliders or {}, len(z), z.device), truncation_psi)
        return image

    def forward(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """Draws faces: G(z, a).

        Args:
            z: `(B, z_dim)`.
            values: Slider values `(B, K)`, NaN for a slider that is not set.
            truncation_psi: One for all, or `(B, 1)`.

        Returns:
            RGB images `(B, 3, R, R)`.
        """
        return self.base.synthesise(self.edited_ws(z, values, truncation_psi))

"""Published Oh-LoRA generators, whose labels become sliders.

The labels enter the mapping network with z. Their makers standardised each over the faces that they fine-tuned on, so that a
slider counts standard deviations and 0 is the mean face of that label. Nothing tells where a face of a seed stands: an unset
slider is at 0 for every face, which also is what a face is drawn with that is given no labels. The scores behind the labels were
not published as bounds, so that there is no normalisation to measure faces by.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ohlora.errors import ModelError
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.sliders.edited_generator import EditedGenerator
from ohlora.sliders.slider import Slider
from stylegan import GeneratorNetwork, save_pretrained

LABELS = {
    7: ("eyes", "hair_color", "hair_length", "mouth", "pose", "background_mean", "background_std"),
    3: ("eyes", "mouth", "pose"),
}
"""What the labels of a published generator are, by their number: the first version has seven, later ones three."""

LIMIT = 2.0
"""Ends of the sliders in standard deviations; of labels that are spread normally, 95 in 100 lie between them."""

DIRECTION = "standard deviations from the mean of the faces that it was fine-tuned on"


class PublishedConditionalGenerator(EditedGenerator):
    """A generator with labels, as sliders.

    Args:
        base: A generator with seven or three labels.

    Raises:
        ModelError: It has another number of labels.
    """

    def __init__(self, base: GeneratorNetwork) -> None:
        if base.label_size not in LABELS:
            raise ModelError(
                f"expected a generator with 7 or 3 labels, whose meaning is known, got one with {base.label_size}"
            )
        names = LABELS[base.label_size]
        super().__init__(
            base, {name: Slider(name, -LIMIT, LIMIT, ATTRIBUTES[name].description, DIRECTION) for name in names}
        )

    def read(self, z: Tensor, *, truncation_psi: float = 1.0) -> dict[str, Tensor]:
        """Where unset sliders stand, each `(B,)`: at 0."""
        return {name: torch.zeros(len(z), device=z.device) for name in self.sliders}

    def edited_ws(self, z: Tensor, values: Tensor, truncation_psi: float | Tensor = 1.0) -> Tensor:
        """The ws that synthesis draws, `(B, L, w_dim)`; arguments as for `forward`."""
        return self.base.truncate(self.base.map(z, values.nan_to_num(0.0)), truncation_psi)

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes the generator into a folder and returns it."""
        save_pretrained(self.base, folder)
        return Path(folder)

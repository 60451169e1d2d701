"""Ramps: every slider of every face moved through its range, and every picture measured.

What comes in are faces and the values that the sliders shall take; what goes out are the measured attributes of every picture,
how alike its person is to the unmoved face, and how far neighbouring pictures are apart. Beside the ramps each face is drawn once
with all sliders set to random values at once, which no single ramp tells about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.evaluation.drawing import Drawer
from ohlora.files import replacing
from ohlora.generation.seeds import latents
from ohlora.images.pixels import as_pixels

Floats = NDArray[np.float64]

Measure = Callable[[Tensor], Floats]
"""Images `(B, 3, R, R)` to attributes `(B, M)`."""

Embed = Callable[[Tensor], Tensor]
"""Images `(B, 3, R, R)` to identity embeddings of length 1, `(B, E)`."""


@dataclass(frozen=True)
class Ramps:
    """Measured ramps of Z faces, A ramps each of S values, and M measured attributes.

    Attributes:
        seeds: `(Z,)`.
        measured: `(Z, A, S, M)`, NaN where a label is missing.
        own: `(Z, M)`: the unedited faces.
        identity: `(Z, A, S)` cosine of each image's identity with that of the unedited face; NaN without a network.
        pixels: `(Z, A, S - 1)` mean absolute difference of neighbouring pictures, 0 to 255.
        together: `(Z, M)`: every slider set at once.
        together_identity: `(Z,)`, likewise.
    """

    seeds: NDArray[np.int64]
    measured: Floats
    own: Floats
    identity: Floats
    pixels: Floats
    together: Floats
    together_identity: Floats

    @classmethod
    def concatenate(cls, parts: list[Ramps]) -> Ramps:
        """All faces of several parts, which must be at least one."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def first(self, faces: int) -> Ramps:
        """The ramps of the first faces alone."""
        return Ramps(*(getattr(self, field.name)[:faces] for field in fields(self)))

    def save(self, path: Path) -> None:
        """Write all of it as one file, which appears whole or not at all."""
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Ramps:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[field.name] for field in fields(cls)))


@dataclass(frozen=True)
class Asked:
    """What a model is asked to draw of each face.

    Attributes:
        ramps: The slider that moves and its values `(S,)`, per ramp; S is the same for all.
        together: Values `(Z, K)` of all sliders at once.
        sliders: Names of those K sliders.
    """

    ramps: tuple[tuple[str, Floats], ...]
    together: Floats
    sliders: tuple[str, ...]


@torch.inference_mode()
def measure_ramps(
    drawer: Drawer,
    seeds: tuple[int, ...],
    asked: Asked,
    measure: Measure,
    embed: Embed | None = None,
    advance: Callable[[int], object] = int,
) -> Ramps:
    """Draw and measure the ramps of some faces.

    Args:
        drawer: Draws the model's images.
        seeds: The Z faces.
        asked: What is drawn of each.
        measure: The labeller.
        embed: The identity network, or None.
        advance: Called with the number of images that were just measured.
    """
    z = torch.from_numpy(latents(seeds, drawer.model.z_dim)).to(drawer.model.device)
    own = _Measured.of(drawer, z, {}, measure, embed, advance)
    ramps = [_ramp(drawer, z, name, values, measure, embed, advance) for name, values in asked.ramps]
    together = _Measured.of(drawer, z, dict(zip(asked.sliders, asked.together.T, strict=True)), measure, embed, advance)
    shape = (len(seeds), -1)
    return Ramps(
        np.array(seeds, np.int64),
        np.stack([ramp.attributes.reshape(*shape, own.attributes.shape[1]) for ramp in ramps], axis=1),
        own.attributes,
        np.stack([ramp.cosines(own) for ramp in ramps], axis=1),
        np.stack([ramp.pixel_steps(len(seeds)) for ramp in ramps], axis=1),
        together.attributes,
        together.cosines(own)[:, 0],
    )


def _ramp(
    drawer: Drawer,
    z: Tensor,
    name: str,
    values: Floats,
    measure: Measure,
    embed: Embed | None,
    advance: Callable[[int], object],
) -> _Measured:
    latent = z.repeat_interleave(len(values), dim=0)
    return _Measured.of(drawer, latent, {name: np.tile(values, len(z))}, measure, embed, advance)


def images_per_face(asked: Asked) -> int:
    """Images of one face: its ramps, itself unedited, and all sliders at once."""
    return 2 + sum(len(values) for _, values in asked.ramps)


@dataclass(frozen=True)
class _Measured:
    """Measured images, S in a row of each of Z faces: attributes `(Z * S, M)`, embeddings and pixels."""

    attributes: Floats
    embeddings: Tensor | None
    pixels: Tensor

    @classmethod
    def of(
        cls,
        drawer: Drawer,
        z: Tensor,
        sliders: Mapping[str, Floats],
        measure: Measure,
        embed: Embed | None,
        advance: Callable[[int], object],
    ) -> _Measured:
        asked = {name: torch.from_numpy(values.copy()).float().to(z.device) for name, values in sliders.items()}
        attributes, embeddings, pixels = [], [], []
        for batch in drawer.draw(z, asked):
            attributes.append(measure(batch))
            if embed is not None:
                embeddings.append(embed(batch))
            pixels.append(as_pixels(batch).cpu())
            advance(len(batch))
        return cls(np.concatenate(attributes), torch.cat(embeddings) if embeddings else None, torch.cat(pixels))

    def cosines(self, own: _Measured) -> Floats:
        """With the unedited faces, `(Z, S)`."""
        faces = len(own.attributes)
        if self.embeddings is None or own.embeddings is None:
            return np.full((faces, len(self.attributes) // faces), np.nan)
        rows = self.embeddings.reshape(faces, -1, self.embeddings.shape[1])
        cosines: Floats = (rows * own.embeddings[:, None]).sum(-1).double().cpu().numpy()
        return cosines

    def pixel_steps(self, faces: int) -> Floats:
        """Mean absolute difference of neighbours `(Z, S - 1)`, 0 to 255."""
        rows = self.pixels.reshape(faces, -1, *self.pixels.shape[1:]).float()
        steps: Floats = (rows[:, 1:] - rows[:, :-1]).abs().mean(dim=(2, 3, 4)).double().numpy()
        return steps

"""Ramps: every slider of every face moved through its range, and every image measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ohlora.evaluation.drawing import Drawer
from ohlora.files import replacing
from ohlora.generation.seeds import latents

Floats = NDArray[np.float64]


Measure = Callable[[Tensor], Floats]
"""Images `(B, 3, R, R)` to attributes `(B, M)`."""

Embed = Callable[[Tensor], Tensor]
"""Images `(B, 3, R, R)` to identity embeddings of length 1, `(B, E)`."""


@dataclass(frozen=True)
class Ramps:
    """Measured ramps of Z faces, A moved sliders, S values and M measured attributes.

    Attributes:
        seeds: `(Z,)`.
        measured: `(Z, A, S, M)`, NaN where a label is missing.
        own: `(Z, M)`: the unedited faces.
        identity: `(Z, A, S)` cosine of each image's identity with that of the unedited face; NaN without a network.
    """

    seeds: NDArray[np.int64]
    measured: Floats
    own: Floats
    identity: Floats

    @classmethod
    def concatenate(cls, parts: list[Ramps]) -> Ramps:
        """All faces of several parts, which must be at least one."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def save(self, path: Path) -> None:
        """Write all of it as one file, which appears whole or not at all."""
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Ramps:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[field.name] for field in fields(cls)))


@torch.inference_mode()
def measure_ramps(
    drawer: Drawer,
    seeds: tuple[int, ...],
    values: Mapping[str, Floats],
    measure: Measure,
    embed: Embed | None = None,
    advance: Callable[[int], object] = int,
) -> Ramps:
    """Draw and measure the ramps of some faces.

    Args:
        drawer: Draws the model's images.
        seeds: The faces.
        values: Slider values `(S,)` by the name of each slider that is moved.
        measure: The label path.
        embed: The identity network, or None.
        advance: Called with the number of images that were just measured.
    """
    z = torch.from_numpy(latents(seeds, drawer.model.z_dim)).to(drawer.model.device)
    own, own_identity = _measured(drawer.draw(z, {}), measure, embed, advance)
    measured, identity = [], []
    for name, column in values.items():
        steps = len(column)
        asked = torch.from_numpy(np.tile(column, len(seeds))).float().to(z.device)
        images = drawer.draw(z.repeat_interleave(steps, dim=0), {name: asked})
        attributes, embeddings = _measured(images, measure, embed, advance)
        measured.append(attributes.reshape(len(seeds), steps, -1))
        identity.append(_cosines(embeddings, own_identity, (len(seeds), steps)))
    return Ramps(np.array(seeds, np.int64), np.stack(measured, axis=1), own, np.stack(identity, axis=1))


def images_per_face(values: Mapping[str, Floats]) -> int:
    """Images of one face: its ramps, and itself unedited."""
    return 1 + sum(len(column) for column in values.values())


def _measured(
    images: Iterator[Tensor], measure: Measure, embed: Embed | None, advance: Callable[[int], object]
) -> tuple[Floats, Tensor | None]:
    attributes, embeddings = [], []
    for batch in images:
        attributes.append(measure(batch))
        if embed is not None:
            embeddings.append(embed(batch))
        advance(len(batch))
    return np.concatenate(attributes), torch.cat(embeddings) if embeddings else None


def _cosines(embeddings: Tensor | None, own: Tensor | None, shape: tuple[int, int]) -> Floats:
    if embeddings is None or own is None:
        return np.full(shape, np.nan)
    cosines: Floats = (embeddings.reshape(*shape, -1) * own[:, None]).sum(-1).double().cpu().numpy()
    return cosines

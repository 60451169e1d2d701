"""The labeller: image -> face parser -> scores -> the saved normalisation of a model or of a dataset.

It is the path of `ohlora label`, with the same 8-bit images, so that the judge sees what a user of the labels sees. No
training loss contains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ohlora.errors import OhloraError
from ohlora.labelling.normalization import Normalizer
from ohlora.labelling.scores import DEFAULT_VERSION, compute_scores
from segmentation import FaceParser


@dataclass(frozen=True)
class Labeller:
    """Measures attributes of images.

    Attributes:
        parser: Parses the faces.
        normalizer: The normalisation that the sliders' ranges come from.
        names: Attributes to measure, in this order.
        version: Version of the scores.

    Raises:
        OhloraError: The normalisation lacks one of the attributes.
    """

    parser: FaceParser
    normalizer: Normalizer
    names: tuple[str, ...]
    version: str = DEFAULT_VERSION

    def __post_init__(self) -> None:
        missing = [name for name in self.names if name not in self.normalizer.columns]
        if missing:
            raise OhloraError(
                f"expected bounds of {missing[0]!r} in the model's normalisation, which has "
                f"{', '.join(self.normalizer.columns) or 'none'}; fine-tune again on labels that have it"
            )

    def measure(self, images: Tensor) -> NDArray[np.float64]:
        """Attributes `(B, M)` in the order of `names`; NaN where the label is missing.

        Values are not clipped to the range: a slider that overshoots is to be seen overshooting.

        Args:
            images: `(B, 3, R, R)` RGB in [-1, 1]; values beyond are clamped, as they are in a file.
        """
        faces = self.parser(images.clamp(-1.0, 1.0), heads=("segmentation", "gender"), batch_size=len(images))
        table = compute_scores(
            np.stack([face.label_map for face in faces]),
            np.stack([face.crop for face in faces]),
            version=self.version,
            gender=np.array([np.nan if face.gender is None else face.gender for face in faces]),
        )
        found = np.array([face.found for face in faces])
        scores = {name: np.where(found, table.values[name], np.nan) for name in self.names}
        values = self.normalizer.apply(scores, clip=False)
        return np.stack([values[name] for name in self.names], axis=1)


def widths(names: Sequence[str], normalizer: Normalizer) -> NDArray[np.float64]:
    """Width of every attribute's normalised range `(M,)`."""
    return np.array([normalizer.columns[name].range.span for name in names])

"""The labeller: image -> face parser -> scores -> the saved normalisation of a model or of a dataset.

It is the one way from a picture to attributes, with the 8-bit images that a file would hold: `ohlora label`, evaluation, validation,
the studio and sheets of sliders all see what a user of the labels sees. No training loss contains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ohlora.errors import OhloraError
from ohlora.labelling.normalization import Normalizer
from ohlora.labelling.scores import DEFAULT_VERSION, ScoreTable, compute_scores
from segmentation import FaceParser, ParsedFace
from segmentation.images import PreparedImage

_HEADS = ("segmentation", "gender")


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
        faces, table = parse_and_score(self.parser, images.clamp(-1.0, 1.0), self.version)
        found = np.array([face.found for face in faces])
        scores = {name: np.where(found, table.values[name], np.nan) for name in self.names}
        values = self.normalizer.apply(scores, clip=False)
        return np.stack([values[name] for name in self.names], axis=1)


def parse_and_score(
    parser: FaceParser, images: Tensor | list[PreparedImage], version: str = DEFAULT_VERSION
) -> tuple[list[ParsedFace], ScoreTable]:
    """Parse images in one batch and score what was found, a row per image.

    Args:
        parser: Parses the faces.
        images: At least one, as `FaceParser` takes them.
        version: Version of the scores.

    Returns:
        The parsed faces, and their raw scores, which say nothing where no face was found.
    """
    faces = parser(images, heads=_HEADS, batch_size=len(images))
    table = compute_scores(
        np.stack([face.label_map for face in faces]),
        np.stack([face.crop for face in faces]),
        version=version,
        gender=np.array([np.nan if face.gender is None else face.gender for face in faces]),
    )
    return faces, table


def widths(names: Sequence[str], normalizer: Normalizer) -> NDArray[np.float64]:
    """Width of every attribute's normalised range `(M,)`."""
    return np.array([normalizer.columns[name].range.span for name in names])

"""Boxes on their way through the cascade, for all images of a batch together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from segmentation.mtcnn.boxes import Array, pixel_bounds, suppress

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Candidates:
    """Boxes that may hold a face.

    Attributes:
        owner: `(N,)` index of the image that each box belongs to.
        boxes: `(N, 4)` x1, y1, x2, y2 in image pixels.
        scores: `(N,)` probability of a face.
        corrections: `(N, 4)` offsets of the corners that the last network proposed, in units of the box.
    """

    owner: Indices
    boxes: Array
    scores: Array
    corrections: Array

    def keep(self, chosen: Indices | npt.NDArray[np.bool_]) -> "Candidates":
        """Choose by indices or by a mask."""
        return Candidates(self.owner[chosen], self.boxes[chosen], self.scores[chosen], self.corrections[chosen])

    def suppressed(self, threshold: float, *, smaller: bool = False) -> Indices:
        """Indices that suppression of overlaps keeps within each image; see `segmentation.mtcnn.boxes.suppress`."""
        kept = [np.empty(0, dtype=np.int64)]
        for image in np.unique(self.owner):
            mine = np.flatnonzero(self.owner == image)
            kept.append(mine[suppress(self.boxes[mine], self.scores[mine], threshold, smaller=smaller)])
        return np.concatenate(kept)

    @staticmethod
    def join(parts: Sequence["Candidates"]) -> "Candidates":
        """Put parts one after the other; no parts give no candidates."""
        four = np.empty((0, 4), dtype=np.float32)
        return Candidates(
            np.concatenate([np.empty(0, dtype=np.int64), *(part.owner for part in parts)]),
            np.concatenate([four, *(part.boxes for part in parts)]),
            np.concatenate([four[:, 0], *(part.scores for part in parts)]),
            np.concatenate([four, *(part.corrections for part in parts)]),
        )


def scale_pixels(pixels: Tensor) -> Tensor:
    """Map [0, 255] to the scale that the networks were trained on."""
    return (pixels - 127.5) / 128


def crop_candidates(images: Sequence[Tensor], candidates: Candidates, side: int) -> tuple[Candidates, Tensor]:
    """Cut every candidate out of its image.

    Args:
        images: Each `(3, H, W)` float, [0, 255].
        candidates: Boxes in these images; one that lies wholly outside of its image is dropped.
        side: Height and width of the crops.

    Returns:
        The candidates that are left, and their crops `(N, 3, side, side)`, scaled for the networks.
    """
    bounds = np.empty((len(candidates.boxes), 4), dtype=np.int64)
    for index, image in enumerate(images):
        mine = candidates.owner == index
        bounds[mine] = pixel_bounds(candidates.boxes[mine], image.shape[2], image.shape[1])
    inside: npt.NDArray[np.bool_] = np.all(bounds[:, 2:] > bounds[:, :2], axis=1)
    crops = [
        F.interpolate(images[owner][None, :, y1:y2, x1:x2], size=(side, side), mode="area")
        for owner, (x1, y1, x2, y2) in zip(candidates.owner[inside], bounds[inside], strict=True)
    ]
    return candidates.keep(inside), scale_pixels(torch.cat(crops)) if crops else torch.empty(0, 3, side, side)

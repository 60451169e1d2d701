"""The cascade: proposals over a pyramid of scales, refinement, and landmarks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segmentation.checkpoints import load_strictly, read_checkpoint
from segmentation.errors import ImageInputError, MissingModelError, SegmentationError
from segmentation.mtcnn.boxes import Array, correct, square
from segmentation.mtcnn.candidates import Candidates, crop_candidates, scale_pixels
from segmentation.mtcnn.networks import OutputNetwork, ProposalNetwork, RefinementNetwork

CELL = 12
STRIDE = 2
# Bounds the memory of one pass of the proposal network, which runs over whole images.
PIXELS_PER_PASS = 4_000_000
WEIGHTS_FILES = ("pnet.pt", "rnet.pt", "onet.pt")


@dataclass(frozen=True)
class DetectorConfig:
    """Settings of the cascade.

    Attributes:
        min_face: Side of the smallest face to be found, in pixels.
        thresholds: Least probability after the first, second and third network.
        factor: Ratio of neighbouring scales of the pyramid.
    """

    min_face: float = 20.0
    thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7)
    factor: float = 0.709

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SegmentationError: A setting is out of its range.
        """
        if self.min_face < CELL:
            raise SegmentationError(f"min_face: expected at least {CELL} pixels, got {self.min_face}")
        if not 0 < self.factor < 1:
            raise SegmentationError(f"factor: expected a number between 0 and 1, got {self.factor}")
        if len(self.thresholds) != 3 or not all(0 <= threshold <= 1 for threshold in self.thresholds):
            raise SegmentationError(f"thresholds: expected three probabilities, got {self.thresholds}")


@dataclass(frozen=True)
class Detections:
    """The faces of one image, largest box first.

    Attributes:
        boxes: `(N, 4)` float32: x1, y1, x2, y2 in image pixels; they may reach over the border.
        probabilities: `(N,)` float32.
        landmarks: `(N, 5, 2)` float32, x, y in image pixels: left eye, right eye, nose, left and right mouth corner,
            left and right as the viewer sees them.
    """

    boxes: Array
    probabilities: Array
    landmarks: Array

    def __len__(self) -> int:
        return len(self.boxes)


class FaceDetector(nn.Module):
    """MTCNN over a batch of images, which may differ in size."""

    def __init__(self, config: DetectorConfig | None = None) -> None:
        """Build the three networks with random weights."""
        super().__init__()
        self.config = config or DetectorConfig()
        self.proposal = ProposalNetwork()
        self.refinement = RefinementNetwork()
        self.output = OutputNetwork()

    @torch.inference_mode()
    def detect(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[Detections]:
        """Find the faces of every image.

        Args:
            images: Arrays `(H, W, 3)` uint8, RGB, [0, 255], of any sizes. What is found in one does not depend on the
                others.

        Returns:
            One `Detections` for each image; without a face its arrays are empty.

        Raises:
            ImageInputError: An image has another shape or type.
        """
        for index, image in enumerate(images):
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
                raise ImageInputError(
                    f"image {index}: expected (H, W, 3) uint8 RGB, got {image.shape} {image.dtype}; convert it first"
                )
        device = self.proposal.conv1.weight.device
        pixels = [torch.from_numpy(np.ascontiguousarray(image)).to(device).permute(2, 0, 1).float() for image in images]
        candidates = self._refine(pixels, self._propose(pixels))
        return self._finish(pixels, candidates)

    def _propose(self, images: list[Tensor]) -> Candidates:
        """First network, over the pyramid; corrected square boxes."""
        parts = [part for group in _same_size(images) for part in self._propose_group(images, group)]
        candidates = Candidates.join(parts)
        candidates = candidates.keep(candidates.suppressed(0.7))
        boxes = square(correct(candidates.boxes, candidates.corrections, inclusive=False))
        return Candidates(candidates.owner, boxes, candidates.scores, candidates.corrections)

    def _propose_group(self, images: list[Tensor], group: list[int]) -> Iterator[Candidates]:
        """Candidates of images of one size, scale by scale, suppressed within each scale."""
        batch = torch.stack([images[index] for index in group])
        height, width = batch.shape[2:]
        for scale in self._scales(height, width):
            size = (int(height * scale + 1), int(width * scale + 1))
            scaled = scale_pixels(F.interpolate(batch, size=size, mode="area"))
            probabilities, corrections = self.proposal(scaled)
            found = (probabilities >= self.config.thresholds[0]).nonzero()
            image, row, column = found.unbind(1)
            cells = found[:, [2, 1]].float().cpu().numpy() * np.float32(STRIDE)
            corners = [np.floor((cells + edge) / np.float32(scale)) for edge in (1, CELL)]
            part = Candidates(
                np.array(group, dtype=np.int64)[image.cpu().numpy()],
                np.concatenate(corners, axis=1).astype(np.float32),
                probabilities[image, row, column].cpu().numpy(),
                corrections[image, :, row, column].cpu().numpy(),
            )
            yield part.keep(part.suppressed(0.5))

    def _scales(self, height: int, width: int) -> list[float]:
        """Scales at which the smallest face down to the whole image fill a cell."""
        scales: list[float] = []
        scale = CELL / self.config.min_face
        while min(height, width) * scale >= CELL:
            scales.append(scale)
            scale *= self.config.factor
        return scales

    def _refine(self, images: list[Tensor], candidates: Candidates) -> Candidates:
        """Second network; corrected square boxes."""
        candidates, crops = crop_candidates(images, candidates, 24)
        if not len(crops):
            return candidates
        scores, corrections = (value.cpu().numpy() for value in self.refinement(crops))
        judged = Candidates(candidates.owner, candidates.boxes, scores, corrections)
        judged = judged.keep(scores > self.config.thresholds[1])
        judged = judged.keep(judged.suppressed(0.7))
        boxes = square(correct(judged.boxes, judged.corrections, inclusive=True))
        return Candidates(judged.owner, boxes, judged.scores, judged.corrections)

    def _finish(self, images: list[Tensor], candidates: Candidates) -> list[Detections]:
        """Third network; final boxes and landmarks, image by image."""
        candidates, crops = crop_candidates(images, candidates, 48)
        landmarks = np.empty((0, 5, 2), dtype=np.float32)
        if len(crops):
            scores, corrections, relative = (value.cpu().numpy() for value in self.output(crops))
            passed = scores > self.config.thresholds[2]
            boxes = candidates.boxes[passed]
            size = boxes[:, 2:] - boxes[:, :2] + 1
            landmarks = relative[passed] * size[:, None] + boxes[:, None, :2] - 1
            corrected = correct(boxes, corrections[passed], inclusive=True)
            candidates = Candidates(candidates.owner[passed], corrected, scores[passed], corrections[passed])
            kept = candidates.suppressed(0.7, smaller=True)
            candidates, landmarks = candidates.keep(kept), landmarks[kept]
        return [_detections(candidates, landmarks, index) for index in range(len(images))]


def build_detector(folder: str | Path, config: DetectorConfig | None = None) -> FaceDetector:
    """Build MTCNN with its published weights, in evaluation mode.

    Args:
        folder: Where the published `pnet.pt`, `rnet.pt` and `onet.pt` are.
        config: Settings of the cascade.

    Raises:
        MissingModelError: The files are not there.
        CheckpointError: A file does not hold its network's weights.
    """
    detector = FaceDetector(config)
    networks = (detector.proposal, detector.refinement, detector.output)
    for network, name in zip(networks, WEIGHTS_FILES, strict=True):
        path = Path(folder) / name
        if not path.is_file():
            raise MissingModelError(f"expected MTCNN's {', '.join(WEIGHTS_FILES)} in {folder}, found no {name}")
        load_strictly(network, read_checkpoint(path), path)
    return detector.eval()


def _same_size(images: list[Tensor]) -> Iterator[list[int]]:
    """Indices of images of equal size, at most `PIXELS_PER_PASS` pixels together."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index, image in enumerate(images):
        groups.setdefault((image.shape[1], image.shape[2]), []).append(index)
    for (height, width), group in groups.items():
        step = max(1, PIXELS_PER_PASS // (height * width))
        yield from (group[start : start + step] for start in range(0, len(group), step))


def _detections(candidates: Candidates, landmarks: Array, image: int) -> Detections:
    mine = np.flatnonzero(candidates.owner == image)
    size = candidates.boxes[mine, 2:] - candidates.boxes[mine, :2]
    mine = mine[np.argsort(-size.prod(axis=1), kind="stable")]
    return Detections(candidates.boxes[mine], candidates.scores[mine], landmarks[mine])

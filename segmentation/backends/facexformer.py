"""FaceXFormer behind a face detector: for photographs."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from segmentation.backends.base import BackendOptions
from segmentation.crops import CROP_SIZE, Box, CropFrame, widen_box
from segmentation.errors import MissingModelError
from segmentation.facexformer.model import FaceXFormer, build_facexformer, normalize
from segmentation.heads import GENDER, HEAD_NAMES, SEGMENTATION
from segmentation.images import pixels_of
from segmentation.mtcnn.detector import FaceDetector, build_detector
from segmentation.parsed_face import ParsedFace, crop_picture, no_face

# The detector's box ends at the hairline; the network was trained on crops with some room around it.
MARGIN = 0.5
Output = npt.NDArray[np.float32]


class FaceXFormerBackend:
    """Finds the largest face of every picture and runs FaceXFormer on it."""

    name = "facexformer"
    heads: tuple[str, ...] = HEAD_NAMES

    def __init__(self, network: FaceXFormer, detector: FaceDetector, options: BackendOptions | None = None) -> None:
        """Take over the two networks."""
        self.options = options or BackendOptions()
        self.network = network.to(self.options.device).eval()
        self.detector = detector.to(self.options.device).eval()

    @classmethod
    def build(cls, options: BackendOptions) -> "FaceXFormerBackend":
        """Load both networks' published weights.

        Raises:
            MissingModelError: The paths of the weights were not given, or nothing is there.
            CheckpointError: A file is not what it should be.
        """
        if options.weights is None or options.detector_weights is None:
            raise MissingModelError(
                "facexformer needs the paths of its weights and of the face detector's: give weights and detector_weights"
            )
        detector = build_detector(options.detector_weights)
        return cls(build_facexformer(options.weights), detector, options)

    @torch.inference_mode()
    def parse(self, pictures: Sequence[Image.Image], heads: Collection[str]) -> list[ParsedFace]:
        """Parse a batch; see `ParserBackend.parse`."""
        boxes = self._find(pictures)
        found = [index for index, box in enumerate(boxes) if box is not None]
        results = [no_face(picture, "no face found") for picture in pictures]
        if not found:
            return results
        crops = np.stack([pixels_of(crop_picture(pictures[index], boxes[index])) for index in found])  # type: ignore[arg-type]
        outputs = self._run(crops, heads)
        for row, index in enumerate(found):
            box, size = boxes[index], pictures[index].size
            assert box is not None
            results[index] = _parsed(crops[row], box, size, {name: value[row] for name, value in outputs.items()})
        return results

    def _find(self, pictures: Sequence[Image.Image]) -> list[Box | None]:
        """The crop of the largest face of every picture."""
        boxes: list[Box | None] = []
        for picture, faces in zip(pictures, self.detector.detect([pixels_of(p) for p in pictures]), strict=True):
            if not len(faces):
                boxes.append(None)
                continue
            x0, y0, x1, y1 = (float(edge) for edge in faces.boxes[0])
            boxes.append(widen_box((x0, y0, x1, y1), MARGIN, *picture.size))
        return boxes

    def _run(self, crops: npt.NDArray[np.uint8], heads: Collection[str]) -> dict[str, npt.NDArray[np.generic]]:
        """Outputs in the units of `ParsedFace`, landmarks still in pixels of the crop; label maps as ids."""
        images = torch.from_numpy(crops).to(self.options.device).permute(0, 3, 1, 2).float() / 255
        with self.options.autocast():
            raw: dict[str, Tensor] = self.network(normalize(images), heads)
        return {name: _readable(name, value).cpu().numpy() for name, value in raw.items()}


def _readable(head: str, raw: Tensor) -> Tensor:
    if head == SEGMENTATION:
        return raw.argmax(dim=1).to(torch.uint8)
    raw = raw.float()
    if head == "landmarks":
        # -1 and 1 are the outer edges of the crop, not the centres of its outer pixels.
        return ((raw.view(-1, 68, 2) + 1) * CROP_SIZE - 1) / 2
    if head == "headpose":
        return raw.rad2deg()
    if head == "attributes":
        return raw.sigmoid()
    if head == "visibility":
        return (-raw).sigmoid()  # the network tells occlusion
    return raw.softmax(dim=1)


def _parsed(
    crop: npt.NDArray[np.uint8], box: Box, size: tuple[int, int], outputs: dict[str, npt.NDArray[np.generic]]
) -> ParsedFace:
    heads = {name: value.astype(np.float32) for name, value in outputs.items() if name != SEGMENTATION}
    if "landmarks" in heads:
        heads["landmarks"] = CropFrame(box).to_image(heads["landmarks"]).astype(np.float32)
    label_map = outputs.get(SEGMENTATION, np.zeros((0, 0), dtype=np.uint8))
    return ParsedFace(
        label_map=label_map.astype(np.uint8),
        crop=crop,
        box=box,
        image_size=size,
        heads=heads,
        gender=float(heads[GENDER][1]) if GENDER in heads else None,
    )

"""FaceXFormer behind a face detector: for photographs."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
# Larger pictures do not wait for their batch as a whole: their face is looked for when they are read.
LARGE_PICTURE = 1_000_000
Output = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LocatedFace:
    """The largest face of a picture.

    Attributes:
        crop: `(224, 224, 3)` uint8 RGB.
        box: Its edges in the picture.
        image_size: Width and height of the picture.
    """

    crop: npt.NDArray[np.uint8]
    box: Box
    image_size: tuple[int, int]


class FaceXFormerBackend:
    """Finds the largest face of every picture and runs FaceXFormer on it."""

    name = "facexformer"
    heads: tuple[str, ...] = HEAD_NAMES

    def __init__(self, network: FaceXFormer, detector: FaceDetector, options: BackendOptions | None = None) -> None:
        """Take over the two networks."""
        self.options = options or BackendOptions()
        self.network = network.to(self.options.device).eval()
        self.detector = detector.to(self.options.device).eval()
        self._one_at_a_time = threading.Lock()

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

    def prepare(self, picture: Image.Image) -> Image.Image | LocatedFace | ParsedFace:
        """Look for the face of a large picture at once and keep the face alone; leave others to their batch."""
        if picture.width * picture.height <= LARGE_PICTURE:
            return picture
        with self._one_at_a_time:
            return self._locate([picture])[0]

    @torch.inference_mode()
    def parse(
        self, pictures: Sequence[Image.Image | LocatedFace | ParsedFace], heads: Collection[str]
    ) -> list[ParsedFace]:
        """Parse a batch; see `ParserBackend.parse`."""
        located = iter(self._locate([picture for picture in pictures if isinstance(picture, Image.Image)]))
        faces = [next(located) if isinstance(picture, Image.Image) else picture for picture in pictures]
        found = [face for face in faces if isinstance(face, LocatedFace)]
        parsed = iter(self._parse(found, heads) if found else ())
        return [face if isinstance(face, ParsedFace) else next(parsed) for face in faces]

    def _parse(self, faces: Sequence[LocatedFace], heads: Collection[str]) -> list[ParsedFace]:
        outputs = self._run(np.stack([face.crop for face in faces]), heads)
        return [_parsed(face, {name: value[row] for name, value in outputs.items()}) for row, face in enumerate(faces)]

    @torch.inference_mode()
    def _locate(self, pictures: Sequence[Image.Image]) -> list[LocatedFace | ParsedFace]:
        """The largest face of every picture, or the result for one without a face."""
        located: list[LocatedFace | ParsedFace] = []
        for picture, faces in zip(pictures, self.detector.detect([pixels_of(p) for p in pictures]), strict=True):
            if not len(faces):
                located.append(no_face(picture, "no face found"))
                continue
            x0, y0, x1, y1 = (float(edge) for edge in faces.boxes[0])
            box = widen_box((x0, y0, x1, y1), MARGIN, *picture.size)
            located.append(LocatedFace(pixels_of(crop_picture(picture, box)), box, picture.size))
        return located

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


def _parsed(face: LocatedFace, outputs: dict[str, npt.NDArray[np.generic]]) -> ParsedFace:
    heads = {name: value.astype(np.float32) for name, value in outputs.items() if name != SEGMENTATION}
    if "landmarks" in heads:
        heads["landmarks"] = CropFrame(face.box).to_image(heads["landmarks"]).astype(np.float32)
    label_map = outputs.get(SEGMENTATION, np.zeros((0, 0), dtype=np.uint8))
    return ParsedFace(
        label_map=label_map.astype(np.uint8),
        crop=face.crop,
        box=face.box,
        image_size=face.image_size,
        heads=heads,
        gender=float(heads[GENDER][1]) if GENDER in heads else None,
    )

"""The embedded parser for illustrated portraits. There is no detection: the whole image is the crop.

Pictures that are not square are made square by repeating the pixels of their edges, since the scores compare heights with
widths. Of each picture only what the network sees and the crop are kept: a batch takes as much memory, however large the
photographs are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from segmentation.backends.base import BackendOptions
from segmentation.crops import CROP_SIZE, Box
from segmentation.errors import MissingModelError
from segmentation.heads import GENDER, SEGMENTATION
from segmentation.images import pixels_of
from segmentation.parsed_face import ParsedFace, square_around, square_picture
from segmentation.pretrained import CONFIG_FILE, load_portrait_parser
from segmentation.unet.network import PortraitParser

EMBEDDED = Path(__file__).parent.parent / "models" / "portraits"


@dataclass(frozen=True, eq=False)
class PreparedPortrait:
    """What is kept of a picture.

    Attributes:
        inputs: `(S, S, 3)` uint8 RGB, S being the network's size.
        crop: `(224, 224, 3)` uint8 RGB, the same pixels.
        box: Edges of both in the picture.
        image_size: Width and height of the picture.
    """

    inputs: npt.NDArray[np.uint8]
    crop: npt.NDArray[np.uint8]
    box: Box
    image_size: tuple[int, int]


class PortraitsBackend:
    """Runs a `PortraitParser`."""

    name = "portraits"
    heads: tuple[str, ...] = (SEGMENTATION, GENDER)

    def __init__(self, network: PortraitParser, options: BackendOptions | None = None) -> None:
        """Take over a network."""
        self.options = options or BackendOptions()
        self.network = network.to(self.options.device).to(memory_format=torch.channels_last).eval()

    @classmethod
    def build(cls, options: BackendOptions) -> "PortraitsBackend":
        """Load the embedded weights, or those of `options.weights`.

        Raises:
            MissingModelError: There are no weights.
            CheckpointError: The weights do not fit.
        """
        folder = options.weights if options.weights is not None else EMBEDDED
        if folder == EMBEDDED and not (EMBEDDED / CONFIG_FILE).is_file():
            raise MissingModelError(
                f"the embedded parser is missing from {EMBEDDED}: install the package again, or name a folder of weights"
            )
        return cls(load_portrait_parser(folder), options)

    def prepare(self, picture: Image.Image) -> PreparedPortrait:
        """Make a picture square at the network's size and at that of the crop."""
        inputs, crop = (pixels_of(square_picture(picture, size)) for size in (self.network.config.size, CROP_SIZE))
        return PreparedPortrait(inputs, crop, square_around(picture), picture.size)

    @torch.inference_mode()
    def parse(self, pictures: Sequence[PreparedPortrait], heads: Collection[str]) -> list[ParsedFace]:
        """Parse a batch; see `ParserBackend.parse`. The gender comes with the label map, in one pass."""
        with self.options.autocast():
            outputs = self.network(self._inputs(pictures))
        genders = outputs["gender"].float().sigmoid()[:, 0].cpu().numpy()
        label_maps = self._label_maps(outputs["segmentation"].float(), SEGMENTATION in heads)
        return [
            ParsedFace(
                label_map=label_map,
                crop=picture.crop,
                box=picture.box,
                image_size=picture.image_size,
                heads={GENDER: np.array([1 - female, female], dtype=np.float32)} if GENDER in heads else {},
                gender=float(female),
            )
            for picture, label_map, female in zip(pictures, label_maps, genders, strict=True)
        ]

    def _inputs(self, pictures: Sequence[PreparedPortrait]) -> Tensor:
        pixels = np.stack([picture.inputs for picture in pictures])
        images = torch.from_numpy(pixels).to(self.options.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        return images.contiguous(memory_format=torch.channels_last)

    @staticmethod
    def _label_maps(logits: Tensor, asked: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        if not asked:
            return np.zeros((len(logits), 0, 0), dtype=np.uint8)
        # Up-sampling logits instead of labels gives smooth borders between classes.
        full = F.interpolate(logits, size=(CROP_SIZE, CROP_SIZE), mode="bilinear", align_corners=False)
        return full.argmax(dim=1).to(torch.uint8).cpu().numpy()

"""`FaceParser`: images in, label maps of named classes out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from segmentation.backends import BackendOptions, ParserBackend, backend_names, build_backend
from segmentation.errors import SegmentationError
from segmentation.heads import SEGMENTATION, check_heads
from segmentation.images import ImageLike, PreparedImage, iterate_images
from segmentation.parsed_face import ParsedFace


class FaceParser:
    """Parses faces with a backend of choice.

    Example:
        >>> parser = FaceParser.from_pretrained("portraits")  # doctest: +SKIP
        >>> face = parser("portrait.png", heads=("segmentation", "gender"))[0]  # doctest: +SKIP
        >>> face.overlay().save("overlay.png")  # doctest: +SKIP
    """

    def __init__(self, backend: ParserBackend) -> None:
        """Take over a backend; `from_pretrained` builds one by name."""
        self.backend = backend

    @classmethod
    def from_pretrained(
        cls,
        name_or_folder: str | Path = "portraits",
        device: str | torch.device = "cpu",
        weights: str | Path | None = None,
        detector_weights: str | Path | None = None,
        *,
        precision: str = "fp32",
    ) -> "FaceParser":
        """Build a parser with its weights.

        Args:
            name_or_folder: `portraits` (embedded, for illustrated portraits; the whole image is the face), a folder that
                `save_parser` wrote, or `facexformer` (for photographs; finds the face first), whose weights are not part
                of this package.
            device: Where to run: `cpu`, `cuda`, `mps`.
            weights: File or folder of the network's weights; None for the embedded ones.
            detector_weights: Folder of the face detector's weights, for `facexformer`.
            precision: `fp32`, `bf16` or `fp16`.

        Raises:
            SegmentationError: The name, device or precision is unknown.
            MissingModelError: Weights are missing.
            CheckpointError: A weights file is not what it should be.
        """
        options = BackendOptions(device, precision, weights, detector_weights)
        name = str(name_or_folder)
        if name not in backend_names() and Path(name).is_dir():
            return cls(build_backend("portraits", replace(options, weights=Path(name))))
        return cls(build_backend(name, options))

    @property
    def name(self) -> str:
        """Name of the backend."""
        return self.backend.name

    def prepare(self, picture: Image.Image) -> PreparedImage:
        """Keep of an RGB picture what this parser needs, which is little, however large the picture is.

        Batches of large photographs fit into memory in this form. Threads may call this while the parser runs.
        """
        return PreparedImage(self.backend.prepare(picture))

    def __call__(
        self,
        images: ImageLike | Iterable[ImageLike] | Sequence[PreparedImage],
        heads: Collection[str] = (SEGMENTATION,),
        batch_size: int = 16,
    ) -> list[ParsedFace]:
        """Parse images.

        Args:
            images: PIL images, `(H, W, 3)` uint8 RGB arrays, paths, float tensors `(3, H, W)` or `(B, 3, H, W)` in
                [-1, 1], or lists of these, mixed; or a list of what `prepare` gave.
            heads: What to compute: `segmentation`, `gender`; with FaceXFormer also `landmarks`, `headpose`,
                `attributes`, `visibility`, `age`, `race`.
            batch_size: Images that pass through the networks together.

        Returns:
            One result for each image, in their order. An image without a face has `found` False and a reason.

        Raises:
            ImageInputError: An image cannot be read or has the wrong form.
            SegmentationError: A head is unknown to this parser.
        """
        return list(self.iterate(images, heads, batch_size))

    def iterate(
        self,
        images: ImageLike | Iterable[ImageLike] | Sequence[PreparedImage],
        heads: Collection[str] = (SEGMENTATION,),
        batch_size: int = 16,
    ) -> Iterator[ParsedFace]:
        """Parse images as `__call__` does, one batch at a time; for more images than fit into memory."""
        check_heads(heads, self.backend.heads, self.name)
        if batch_size < 1:
            raise SegmentationError(f"batch_size: expected at least 1, got {batch_size}")
        pictures = self._prepared(images)
        while batch := list(islice(pictures, batch_size)):
            yield from self.backend.parse(batch, heads)

    def _prepared(self, images: ImageLike | Iterable[ImageLike] | Sequence[PreparedImage]) -> Iterator[Any]:
        for image in iterate_images(images):
            yield image.content if isinstance(image, PreparedImage) else self.backend.prepare(image)

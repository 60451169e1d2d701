"""What a backend is, and what it is built from."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from PIL import Image

from segmentation.errors import SegmentationError
from segmentation.parsed_face import ParsedFace

PRECISIONS: dict[str, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class BackendOptions:
    """What a backend is built from.

    Attributes:
        device: Where the networks run, as PyTorch names it.
        precision: `fp32`, `bf16` or `fp16`: the numbers that the networks compute with. Weights stay float32.
        weights: File or folder of the parser's weights; None for those that ship with the package.
        detector_weights: Folder of the face detector's weights, for a parser that needs one.
    """

    device: str | torch.device = "cpu"
    precision: str = "fp32"
    weights: str | Path | None = None
    detector_weights: str | Path | None = None

    def __post_init__(self) -> None:
        """Check device and precision.

        Raises:
            SegmentationError: One of them is not available.
        """
        if self.precision not in PRECISIONS:
            raise SegmentationError(f"precision: expected one of {', '.join(PRECISIONS)}, got {self.precision!r}")
        try:
            kind = torch.device(self.device).type
        except RuntimeError as error:
            raise SegmentationError(f"device: expected cpu, cuda, cuda:1 or mps, got {self.device!r}") from error
        missing = {"cuda": not torch.cuda.is_available(), "mps": not torch.backends.mps.is_available()}
        if missing.get(kind, False):
            raise SegmentationError(f"device: this machine has no {kind}; use cpu")

    def autocast(self) -> AbstractContextManager[object]:
        """The context in which the networks run."""
        dtype = PRECISIONS[self.precision]
        return torch.autocast(torch.device(self.device).type, dtype=dtype, enabled=dtype != torch.float32)


class ParserBackend(Protocol):
    """A way from pictures to label maps."""

    name: str
    heads: tuple[str, ...]

    def prepare(self, picture: Image.Image) -> Any:
        """Keep of a picture what `parse` needs.

        A batch of photographs waits in this form, so it should not grow with their size. Threads that read files call this,
        several at a time.

        Args:
            picture: RGB, of any size.
        """
        ...

    def parse(self, pictures: Sequence[Any], heads: Collection[str]) -> list[ParsedFace]:
        """Parse a batch.

        Args:
            pictures: What `prepare` gave for each.
            heads: Some of `self.heads`.

        Returns:
            One result for each picture; one without a face says so instead of failing.
        """
        ...

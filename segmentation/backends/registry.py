"""Backends by name."""

from collections.abc import Callable

from segmentation.backends.base import BackendOptions, ParserBackend
from segmentation.backends.facexformer import FaceXFormerBackend
from segmentation.backends.unet import PortraitsBackend
from segmentation.errors import SegmentationError

BackendBuilder = Callable[[BackendOptions], ParserBackend]

BACKENDS: dict[str, BackendBuilder] = {
    PortraitsBackend.name: PortraitsBackend.build,
    FaceXFormerBackend.name: FaceXFormerBackend.build,
}


def backend_names() -> tuple[str, ...]:
    """Names that `FaceParser.from_pretrained` accepts."""
    return tuple(BACKENDS)


def register_backend(name: str, builder: BackendBuilder) -> None:
    """Make a backend available by name.

    Raises:
        SegmentationError: The name is taken.
    """
    if name in BACKENDS:
        raise SegmentationError(f"a parser named {name!r} exists already; choose another name")
    BACKENDS[name] = builder


def build_backend(name: str, options: BackendOptions) -> ParserBackend:
    """Build a backend.

    Raises:
        SegmentationError: No backend has this name.
    """
    if name not in BACKENDS:
        raise SegmentationError(
            f"unknown parser {name!r}: expected one of {', '.join(BACKENDS)}, or a folder with config.json and "
            "parser.safetensors"
        )
    return BACKENDS[name](options)

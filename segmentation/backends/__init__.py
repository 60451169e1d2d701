"""The parsers that `FaceParser` knows by name."""

from segmentation.backends.base import BackendOptions, ParserBackend
from segmentation.backends.registry import BACKENDS, backend_names, build_backend, register_backend

__all__ = ["BACKENDS", "BackendOptions", "ParserBackend", "backend_names", "build_backend", "register_backend"]

"""Face parsing: label maps of eleven classes, and heads such as landmarks and head pose.

The flow is `image -> face crop -> network -> label map`. The class ids, names and colours are in `segmentation.classes`.

    parser = FaceParser.from_pretrained("portraits")
    face = parser("portrait.png")[0]
    face.overlay().save("overlay.png")
"""

from segmentation.backends import backend_names, register_backend
from segmentation.classes import CLASS_COLORS, CLASS_NAMES, NUM_CLASSES, FaceClass
from segmentation.errors import CheckpointError, ImageInputError, MissingModelError, SegmentationError
from segmentation.face_parser import FaceParser
from segmentation.heads import HEAD_NAMES
from segmentation.parsed_face import ParsedFace
from segmentation.pretrained import load_portrait_parser, save_parser
from segmentation.unet.network import PortraitParser, PortraitParserConfig

__all__ = [
    "CLASS_COLORS",
    "CLASS_NAMES",
    "HEAD_NAMES",
    "NUM_CLASSES",
    "CheckpointError",
    "FaceClass",
    "FaceParser",
    "ImageInputError",
    "MissingModelError",
    "ParsedFace",
    "PortraitParser",
    "PortraitParserConfig",
    "SegmentationError",
    "backend_names",
    "load_portrait_parser",
    "register_backend",
    "save_parser",
]

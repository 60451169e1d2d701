"""Face parsing: label maps of eleven classes, and heads such as landmarks and head pose.

The flow is `image -> face crop -> network -> label map`. The class ids, names and colours are in `segmentation.classes`.
"""

from segmentation.classes import CLASS_COLORS, CLASS_NAMES, NUM_CLASSES, FaceClass

__all__ = ["CLASS_COLORS", "CLASS_NAMES", "NUM_CLASSES", "FaceClass"]

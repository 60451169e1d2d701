"""FaceXFormer (Narayan et al., 2024): one network for parsing, landmarks, head pose, attributes, age, gender and race."""

from segmentation.facexformer.labels import AGE_GROUPS, ATTRIBUTE_NAMES, GENDERS, RACES
from segmentation.facexformer.model import FaceXFormer, build_facexformer

__all__ = ["AGE_GROUPS", "ATTRIBUTE_NAMES", "GENDERS", "RACES", "FaceXFormer", "build_facexformer"]

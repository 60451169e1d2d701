"""MTCNN (Zhang et al., 2016): finds faces and five landmarks with three small networks in a cascade."""

from segmentation.mtcnn.detector import Detections, DetectorConfig, FaceDetector, build_detector

__all__ = ["Detections", "DetectorConfig", "FaceDetector", "build_detector"]

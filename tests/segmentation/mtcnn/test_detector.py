import json

import numpy as np
import pytest
from PIL import Image

from segmentation.errors import CheckpointError, ImageInputError, MissingModelError, SegmentationError
from segmentation.mtcnn import DetectorConfig, FaceDetector, build_detector


@pytest.fixture(scope="module")
def detector(mtcnn_weights):
    return build_detector(mtcnn_weights)


@pytest.fixture(scope="module")
def golden(data_dir):
    """Detections of facenet-pytorch with its published weights and default settings."""
    return json.loads((data_dir / "mtcnn_detections.json").read_text())


@pytest.fixture(scope="module")
def images(photos, golden):
    return [np.array(Image.open(photos / name).convert("RGB")) for name in golden]


def test_photographs_as_stored(detector, images, golden):
    for found, expected in zip(detector.detect(images), golden.values(), strict=True):
        np.testing.assert_allclose(found.boxes, expected["boxes"], atol=1.0)
        np.testing.assert_allclose(found.probabilities, expected["probs"], atol=0.002)
        np.testing.assert_allclose(found.landmarks, expected["landmarks"], atol=1.0)


def test_images_of_a_batch_do_not_mix(detector, images):
    black = np.zeros((70, 90, 3), dtype=np.uint8)
    together = detector.detect([images[0], black, images[1], images[0]])
    assert [len(found) for found in together] == [1, 0, 1, 1]
    for index, image in ((0, images[0]), (2, images[1]), (3, images[0])):
        np.testing.assert_allclose(together[index].boxes, detector.detect([image])[0].boxes, atol=1e-2)


def test_largest_face_comes_first(detector, images):
    portrait = Image.fromarray(images[0]).crop((100, 0, 350, 250))
    canvas = Image.new("RGB", (420, 260), (90, 90, 90))
    canvas.paste(portrait.resize((150, 150)), (5, 50))
    canvas.paste(portrait, (165, 5))
    (found,) = detector.detect([np.array(canvas)])
    assert len(found) == 2
    assert found.boxes[0, 0] > 165 > found.boxes[1, 2]


@pytest.mark.parametrize("shape", [(5, 80, 3), (1, 1, 3), (12, 12, 3)])
def test_images_too_small_for_a_face(shape):
    (found,) = FaceDetector().detect([np.zeros(shape, dtype=np.uint8)])
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)


def test_no_images():
    assert FaceDetector().detect([]) == []


@pytest.mark.parametrize("image", [np.zeros((30, 30), np.uint8), np.zeros((30, 30, 3), np.float32)])
def test_other_inputs_are_refused(image):
    with pytest.raises(ImageInputError, match=r"image 0: expected \(H, W, 3\) uint8 RGB"):
        FaceDetector().detect([image])


def test_scales_reach_from_the_smallest_face_to_the_image():
    # 12 / 20 = 0.6; 100 * 0.6 = 60, 42.5, 30.2, 21.4, 15.2, and 10.7 is below the cell of 12.
    scales = FaceDetector()._scales(100, 200)
    np.testing.assert_allclose(scales, [0.6 * 0.709**step for step in range(5)])


@pytest.mark.parametrize(
    "settings", [{"min_face": 5}, {"factor": 1.0}, {"thresholds": (0.5, 0.5)}, {"thresholds": (2, 0, 0)}]
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(SegmentationError):
        DetectorConfig(**settings)


def test_missing_and_damaged_weights(tmp_path):
    with pytest.raises(MissingModelError, match="pnet.pt, rnet.pt, onet.pt in .*, found no pnet.pt"):
        build_detector(tmp_path)
    for name in ("pnet.pt", "rnet.pt", "onet.pt"):
        (tmp_path / name).write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match="not a readable weights file"):
        build_detector(tmp_path)

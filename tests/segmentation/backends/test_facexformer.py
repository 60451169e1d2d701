import math

import numpy as np
import pytest
import torch
from PIL import Image

from segmentation import HEAD_NAMES, FaceClass, FaceParser
from segmentation.backends.facexformer import FaceXFormerBackend
from segmentation.mtcnn import Detections, FaceDetector, build_detector


class FixedDetector(FaceDetector):
    """Reports one face in images that are not black, at x 40..80, y 20..60."""

    def detect(self, images):
        box = np.array([[40.0, 20.0, 80.0, 60.0]], dtype=np.float32)
        landmarks = np.zeros((1, 5, 2), dtype=np.float32)
        return [
            Detections(*(part[: int(image.any())] for part in (box, np.ones(1, np.float32), landmarks)))
            for image in images
        ]


class FixedNetwork(torch.nn.Module):
    """Returns known raw outputs and remembers its inputs."""

    def forward(self, images, heads):
        self.images = images
        outputs = {
            "segmentation": torch.eye(11)[FaceClass.HAIR].view(1, 11, 1, 1).expand(-1, -1, 224, 224),
            "landmarks": torch.zeros(1, 136),
            "headpose": torch.tensor([[math.pi / 2, 0.0, -math.pi / 4]]),
            "attributes": torch.zeros(1, 40),
            "visibility": torch.full((1, 29), math.log(4)),
            "age": torch.zeros(1, 8),
            "gender": torch.tensor([[0.0, math.log(3)]]),
            "race": torch.zeros(1, 5),
        }
        return {head: outputs[head].expand(len(images), *outputs[head].shape[1:]) for head in heads}


@pytest.fixture
def parser():
    return FaceParser(FaceXFormerBackend(FixedNetwork(), FixedDetector()))


@pytest.fixture
def grey():
    return Image.new("RGB", (100, 90), (128, 128, 128))


def test_box_is_widened_by_half(parser, grey):
    (face,) = parser(grey)
    # 40 pixels wide and high, 10 more on every side.
    assert face.box == (30.0, 10.0, 90.0, 70.0)
    assert face.found
    assert (face.label_map == FaceClass.HAIR).all()


def test_network_sees_imagenet_scale(parser, grey):
    parser(grey)
    # (128 / 255 - mean) / std
    expected = [(128 / 255 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (128 / 255 - 0.406) / 0.225]
    images = parser.backend.network.images
    assert images.shape == (1, 3, 224, 224)
    np.testing.assert_allclose(images[0, :, 7, 7], expected, atol=1e-5)


def test_heads_are_in_readable_units(parser, grey):
    (face,) = parser(grey, heads=HEAD_NAMES)
    # Landmark 0, 0 is the middle of the crop: the middle of a box from 30 to 90 lies between pixels 59 and 60.
    np.testing.assert_allclose(face.heads["landmarks"], np.tile([59.5, 39.5], (68, 1)))
    np.testing.assert_allclose(face.heads["headpose"], [90.0, 0.0, -45.0], rtol=1e-6)
    np.testing.assert_allclose(face.heads["attributes"], np.full(40, 0.5))
    np.testing.assert_allclose(face.heads["visibility"], np.full(29, 0.2), rtol=1e-6)  # occluded with 0.8
    np.testing.assert_allclose(face.heads["age"], np.full(8, 0.125))
    np.testing.assert_allclose(face.heads["gender"], [0.25, 0.75], rtol=1e-6)
    assert face.gender == pytest.approx(0.75)
    assert all(value.dtype == np.float32 for value in face.heads.values())


def test_only_what_is_asked_for(parser, grey):
    (face,) = parser(grey, heads=("headpose",))
    assert set(face.heads) == {"headpose"}
    assert face.gender is None
    assert face.label_map.shape == (0, 0)


def test_images_without_a_face_keep_their_place(parser, grey):
    faces = parser([grey, Image.new("RGB", (50, 50)), grey])
    assert [face.found for face in faces] == [True, False, True]
    assert faces[1].reason == "no face found"
    assert faces[1].gender is None


def test_no_face_at_all(parser):
    assert not parser(Image.new("RGB", (50, 50)))[0].found


def test_large_pictures_keep_their_face_alone(parser, grey):
    small = Image.new("RGB", (50, 50))
    large, black = Image.new("RGB", (2000, 1500), (128, 128, 128)), Image.new("RGB", (2000, 1500))
    prepared = [parser.prepare(picture) for picture in (small, large, black, grey)]
    assert prepared[1].content.crop.shape == (224, 224, 3)
    faces = parser(prepared)
    assert [face.found for face in faces] == [False, True, False, True]
    assert [face.image_size for face in faces] == [(50, 50), (2000, 1500), (2000, 1500), (100, 90)]
    assert faces[1].box == (30.0, 10.0, 90.0, 70.0)


def test_photographs(photos, mtcnn_weights, facexformer):
    """The chain as a whole on the two photographs; the crops follow from the stored detections."""
    parser = FaceParser(FaceXFormerBackend(facexformer, build_detector(mtcnn_weights)))
    faces = parser([photos / "astronaut.png", photos / "grace_hopper.jpg"], heads=("segmentation", "landmarks"))
    # 86.696 x 109.894 at (181.051, 62.156), a quarter more on every side, cut to whole pixels; likewise the second.
    assert faces[0].box == (159.0, 34.0, 289.0, 199.0)
    assert faces[1].box == (129.0, 64.0, 400.0, 395.0)
    assert faces[0].image_size == (512, 512)
    assert faces[1].heads["landmarks"].shape == (68, 2)

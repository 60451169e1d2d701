import numpy as np
import pytest
from PIL import Image

from segmentation.classes import CLASS_COLORS, FaceClass
from segmentation.errors import SegmentationError
from segmentation.parsed_face import ParsedFace, crop_picture, no_face, whole_image


def face(**changes):
    label_map = np.zeros((224, 224), dtype=np.uint8)
    label_map[:100] = FaceClass.HAIR
    settings = {
        "label_map": label_map,
        "crop": np.full((224, 224, 3), 50, dtype=np.uint8),
        "box": (10.0, 20.0, 122.0, 132.0),
        "image_size": (300, 200),
    }
    return ParsedFace(**(settings | changes))


def test_points_both_ways():
    # The box is half as large as the crop: crop pixel 0 is centred a quarter of an image pixel inside of the edge.
    assert face().to_image([0, 0]).tolist() == [9.75, 19.75]
    assert face().to_crop([9.75, 19.75]).tolist() == [0.0, 0.0]


def test_overlay():
    overlay = face().overlay(alpha=1.0)
    assert overlay.size == (224, 224)
    assert overlay.getpixel((5, 99)) == tuple(CLASS_COLORS[FaceClass.HAIR].tolist())
    assert overlay.getpixel((5, 100)) == (50, 50, 50)


def test_no_picture_without_a_label_map():
    with pytest.raises(SegmentationError, match="asked for"):
        face(label_map=np.zeros((0, 0), dtype=np.uint8)).overlay()


def test_no_face_says_why():
    result = no_face(Image.new("RGB", (30, 20), (1, 2, 3)), "no face found")
    assert not result.found
    assert result.reason == "no face found"
    assert result.box == (0.0, 0.0, 30.0, 20.0)
    assert result.image_size == (30, 20)
    assert result.label_map.shape == (224, 224)
    assert not result.label_map.any()
    assert result.crop[100, 100].tolist() == [1, 2, 3]


def test_crops_see_nothing_beyond_their_edge():
    picture = Image.new("RGB", (40, 40), (0, 0, 0))
    picture.paste((200, 100, 50), (10, 10, 30, 30))
    crop = np.array(crop_picture(picture, (10.0, 10.0, 30.0, 30.0)))
    assert crop.shape == (224, 224, 3)
    assert (crop == [200, 100, 50]).all()


def test_whole_image():
    assert whole_image(Image.new("RGB", (7, 5))) == (0.0, 0.0, 7.0, 5.0)

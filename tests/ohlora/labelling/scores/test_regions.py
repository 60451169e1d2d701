import numpy as np
import pytest

from ohlora.errors import OhloraError
from ohlora.labelling.scores.regions import FaceRegions
from segmentation.classes import FaceClass as C


def test_pixels_of_several_classes_are_ordered_by_map_row_and_column(draw):
    label_map, image = draw((C.UPPER_LIP, 10, 20, 1, 2), (C.LOWER_LIP, 12, 19, 1, 1), (C.NOSE, 11, 3, 1, 1))
    lips = FaceRegions(np.repeat(label_map, 2, axis=0), np.repeat(image, 2, axis=0)).pixels(C.UPPER_LIP, C.LOWER_LIP)
    assert lips.image.tolist() == [0, 0, 0, 1, 1, 1]
    assert lips.y.tolist() == [10, 10, 12] * 2 and lips.x.tolist() == [20, 21, 19] * 2


def test_row_counts(draw):
    regions = FaceRegions(*draw((C.HAIR, 10, 20, 2, 7)))
    counts = regions.row_counts(C.HAIR)
    assert counts.shape == (1, 224) and counts[0, 9:13].tolist() == [0, 7, 7, 0]


def test_brightness_histogram_of_some_rows(draw):
    label_map, image = draw((C.HAIR, 10, 20, 4, 1))
    image[0, 10:14, 20] = [[1, 2, 3], [0, 0, 0], [255, 255, 255], [9, 9, 9]]
    regions = FaceRegions(label_map, image)
    assert np.flatnonzero(regions.brightness_histogram(C.HAIR)[0]).tolist() == [0, 6, 27, 765]
    assert np.flatnonzero(regions.brightness_histogram(C.HAIR, rows=12)[0]).tolist() == [0, 6]


@pytest.mark.parametrize(
    ("label_shape", "image_shape", "words"),
    [
        ((2, 128, 128), (2, 128, 128, 3), "label maps"),
        ((2, 224, 224), (2, 224, 224), "images"),
        ((2, 224, 224), (1, 224, 224, 3), "one image per label map"),
    ],
)
def test_wrong_shapes_are_named(label_shape, image_shape, words):
    with pytest.raises(OhloraError, match=words):
        FaceRegions(np.zeros(label_shape, np.uint8), np.zeros(image_shape, np.uint8))


def test_wrong_types_and_class_ids_are_named(draw):
    label_map, image = draw()
    with pytest.raises(OhloraError, match="uint8.*got float64"):
        FaceRegions(label_map.astype(np.float64), image)
    with pytest.raises(OhloraError, match="got list"):
        FaceRegions(label_map.tolist(), image)
    label_map[0, 0, 0] = 11
    with pytest.raises(OhloraError, match="class ids 0..10.*got 11"):
        FaceRegions(label_map, image)

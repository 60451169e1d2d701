import numpy as np
import pytest

from segmentation.crops import CropFrame, widen_box
from segmentation.errors import SegmentationError


def test_same_scale_is_a_shift():
    frame = CropFrame((10.0, 20.0, 234.0, 244.0))
    assert frame.to_image([0, 0]).tolist() == [10.0, 20.0]
    assert frame.to_crop([[11, 25]]).tolist() == [[1.0, 5.0]]


def test_doubled_scale_by_hand():
    # One crop pixel covers two image pixels: the centre of the first, 0, lies between image pixels 100 and 101.
    frame = CropFrame((100.0, 0.0, 548.0, 112.0))
    assert frame.to_image([0, 0]).tolist() == [100.5, -0.25]
    assert frame.to_image([223, 223]).tolist() == [546.5, 111.25]


def test_edges_meet_edges():
    frame = CropFrame((3.0, 4.0, 50.0, 90.0))
    np.testing.assert_allclose(frame.to_image([-0.5, -0.5]), [2.5, 3.5])
    np.testing.assert_allclose(frame.to_image([223.5, 223.5]), [49.5, 89.5])


def test_round_trip():
    frame = CropFrame((3.0, 4.0, 50.0, 90.0))
    points = np.random.default_rng(0).uniform(-50, 300, (5, 68, 2))
    np.testing.assert_allclose(frame.to_crop(frame.to_image(points)), points, atol=1e-9)


@pytest.mark.parametrize("points", [3.0, [1, 2, 3], np.zeros((2, 3))])
def test_points_need_two_coordinates(points):
    with pytest.raises(SegmentationError, match=r"\(\.\.\., 2\)"):
        CropFrame((0.0, 0.0, 1.0, 1.0)).to_image(points)


@pytest.mark.parametrize("box", [(5.0, 0.0, 5.0, 9.0), (0.0, 9.0, 5.0, 3.0)])
def test_empty_boxes_are_refused(box):
    with pytest.raises(SegmentationError, match="x0 < x1"):
        CropFrame(box)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((40.0, 40.0, 60.0, 80.0), (35.0, 30.0, 65.0, 90.0)),  # 20 wide: 5 to either side; 40 high: 10
        ((10.0, 10.0, 30.0, 50.0), (5.0, 0.0, 35.0, 60.0)),
        ((90.0, 90.0, 110.0, 110.0), (85.0, 85.0, 100.0, 100.0)),  # clipped to the image
        ((40.9, 40.2, 50.9, 50.2), (38.0, 37.0, 53.0, 52.0)),  # cut to whole pixels, towards zero
        ((99.9, 99.9, 100.0, 100.0), (99.0, 99.0, 100.0, 100.0)),  # never empty
    ],
)
def test_widened_boxes_by_hand(box, expected):
    assert widen_box(box, 0.5, 100, 100) == expected

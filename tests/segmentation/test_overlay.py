import numpy as np
import pytest

from segmentation.classes import CLASS_COLORS
from segmentation.errors import SegmentationError
from segmentation.overlay import color_label_map, draw_legend, overlay_label_map


def test_each_class_gets_its_color():
    label_map = np.array([[0, 4], [8, 10]], dtype=np.uint8)
    colors = color_label_map(label_map)
    assert colors.dtype == np.uint8
    assert colors[1, 0].tolist() == CLASS_COLORS[8].tolist()
    assert colors[0, 1].tolist() == CLASS_COLORS[4].tolist()


def test_blend_by_hand():
    # Face skin is (240, 196, 160): 0.75 * 100 + 0.25 * (240, 196, 160) = (135, 124, 115). Background stays.
    image = np.full((1, 2, 3), 100, dtype=np.uint8)
    blended = overlay_label_map(image, np.array([[0, 1]], dtype=np.uint8), alpha=0.25)
    assert blended.tolist() == [[[100, 100, 100], [135, 124, 115]]]


@pytest.mark.parametrize(
    ("label_map", "message"),
    [
        (np.zeros((0, 0), np.uint8), "asked for"),
        (np.zeros((1, 2, 2), np.uint8), r"\(H, W\)"),
        (np.full((2, 2), 11, np.uint8), "class ids 0..10, got 11"),
    ],
)
def test_other_label_maps_are_refused(label_map, message):
    with pytest.raises(SegmentationError, match=message):
        color_label_map(label_map)


def test_sizes_must_agree():
    with pytest.raises(SegmentationError, match=r"expected an image of shape \(2, 2, 3\)"):
        overlay_label_map(np.zeros((3, 3, 3), np.uint8), np.zeros((2, 2), np.uint8))


def test_alpha_range():
    with pytest.raises(SegmentationError, match="alpha"):
        overlay_label_map(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint8), alpha=1.5)


def test_legend_has_a_row_for_every_class():
    legend = draw_legend(row=20)
    assert legend.height == 11 * 20
    assert legend.getpixel((10, 10 * 20 + 10)) == tuple(CLASS_COLORS[10].tolist())

import numpy as np
import torch

from segmentation.mtcnn.candidates import Candidates, crop_candidates, scale_pixels


def candidates(owner, boxes, scores):
    boxes = np.array(boxes, dtype=np.float32)
    return Candidates(np.array(owner), boxes, np.array(scores, dtype=np.float32), np.zeros_like(boxes))


def test_suppression_stays_within_an_image():
    box = (0, 0, 10, 10)
    several = candidates([0, 1, 0], [box, box, box], [0.7, 0.8, 0.9])
    assert several.suppressed(0.5).tolist() == [2, 1]


def test_join():
    part = candidates([1], [(0, 0, 1, 1)], [0.5])
    assert len(Candidates.join([]).owner) == 0
    assert Candidates.join([part, part]).owner.tolist() == [1, 1]


def test_crops_by_hand():
    image = torch.zeros(3, 10, 10)
    image[:, 2:4, 4:6] = 255.0
    # Corners 5, 3, 6, 4 are 1-based and inclusive: columns 4..5, rows 2..3. The second box lies outside.
    kept, crops = crop_candidates([image], candidates([0, 0], [(5, 3, 6, 4), (20, 20, 30, 30)], [1, 1]), 24)
    assert kept.boxes.tolist() == [[5, 3, 6, 4]]
    assert crops.shape == (1, 3, 24, 24)
    torch.testing.assert_close(crops, torch.full_like(crops, (255 - 127.5) / 128))


def test_pixel_scale():
    assert scale_pixels(torch.tensor([127.5, -0.5])).tolist() == [0.0, -1.0]

"""Geometry of boxes: suppression of overlaps, corrections, squares.

Boxes are `(N, 4)` float: x1, y1, x2, y2 in image pixels.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


def suppress(boxes: Array, scores: Array, threshold: float, *, smaller: bool = False) -> npt.NDArray[np.int64]:
    """Greedy suppression: keep the best box, drop what overlaps it by more than the threshold, go on with the rest.

    Args:
        boxes: `(N, 4)`.
        scores: `(N,)`, high = better.
        threshold: The overlap from which a box is dropped, 0..1.
        smaller: Measure the overlap against the smaller box, with inclusive corners, instead of against the union.

    Returns:
        Indices of the kept boxes, best first.
    """
    extra = 1.0 if smaller else 0.0
    areas = (boxes[:, 2] - boxes[:, 0] + extra) * (boxes[:, 3] - boxes[:, 1] + extra)
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        corner1 = np.maximum(boxes[rest, :2], boxes[best, :2])
        corner2 = np.minimum(boxes[rest, 2:], boxes[best, 2:])
        shared = np.clip(corner2 - corner1 + extra, 0, None).prod(axis=1)
        base = np.minimum(areas[rest], areas[best]) if smaller else areas[rest] + areas[best] - shared
        order = rest[shared <= threshold * base]
    return np.array(kept, dtype=np.int64)


def correct(boxes: Array, corrections: Array, *, inclusive: bool) -> Array:
    """Move each corner by its correction, in units of the box's size; inclusive sizes count both end pixels."""
    size = boxes[:, 2:] - boxes[:, :2] + (1.0 if inclusive else 0.0)
    moved: Array = boxes + corrections * np.concatenate([size, size], axis=1)
    return moved


def square(boxes: Array) -> Array:
    """Grow the shorter side about the centre, to the length of the longer one."""
    size = boxes[:, 2:] - boxes[:, :2]
    side = size.max(axis=1, keepdims=True)
    corner = boxes[:, :2] + size * 0.5 - side * 0.5
    return np.concatenate([corner, corner + side], axis=1).astype(np.float32)


def pixel_bounds(boxes: Array, width: int, height: int) -> npt.NDArray[np.int64]:
    """Clip boxes to the image as half-open bounds x1, y1, x2, y2, `(N, 4)` int.

    The boxes' corners are read as 1-based and inclusive, which is how the published networks were trained.
    """
    bounds = boxes.astype(np.int64)
    bounds[:, :2] = np.maximum(bounds[:, :2], 1) - 1
    bounds[:, 2:] = np.minimum(bounds[:, 2:], (width, height))
    return bounds

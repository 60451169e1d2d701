"""Where the classes of a batch of label maps lie.

Eyes, nose and mouth cover about one pixel in thirty, so all of their geometry runs on lists of those pixels; only the
hair and the background are counted on whole maps.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from ohlora.errors import OhloraError
from ohlora.labelling.scores.brightness import BRIGHTNESS_LEVELS
from ohlora.labelling.scores.frame import FaceFrame
from ohlora.labelling.scores.pixels import Integers, Pixels
from segmentation.classes import NUM_CLASSES, FaceClass

MAP_SIZE = 224
"""Edge of a label map in pixels; the scores count rows and pixels at this size."""


class FaceRegions:
    """A checked batch of label maps and pictures, with every region found when first asked for.

    Args:
        label_maps: (B, 224, 224) uint8, the eleven classes of `segmentation.classes`.
        images: (B, 224, 224, 3) uint8, RGB, the same crops.

    Raises:
        OhloraError: a shape, type or class id is wrong.
    """

    def __init__(self, label_maps: npt.NDArray[np.uint8], images: npt.NDArray[np.uint8]) -> None:
        self.label_maps, self.images = _checked(label_maps, images)
        self.batch = len(label_maps)
        self._regions: dict[tuple[FaceClass, ...], Pixels] = {}
        self._steady: dict[tuple[FaceClass, ...], Pixels] = {}
        self._histograms: dict[tuple[FaceClass, int], Integers] = {}

    def pixels(self, *classes: FaceClass) -> Pixels:
        """The pixels of one class or of several taken together (not for background, skin and hair: see `row_counts`)."""
        if classes not in self._regions:
            wanted = np.zeros(NUM_CLASSES, dtype=bool)
            wanted[list(classes)] = True
            everything, label = self._features
            self._regions[classes] = everything.where(wanted[label])
        return self._regions[classes]

    def steady_pixels(self, *classes: FaceClass) -> Pixels:
        """Like `pixels`, without a parser's specks elsewhere in the picture."""
        if classes not in self._steady:
            self._steady[classes] = self.pixels(*classes).without_strays()
        return self._steady[classes]

    @cached_property
    def frame(self) -> FaceFrame:
        """The frame of each face: the line between the eyes, and their distance as the unit."""
        parts = (
            FaceClass.LEFT_EYE,
            FaceClass.RIGHT_EYE,
            FaceClass.LEFT_EYEBROW,
            FaceClass.RIGHT_EYEBROW,
            FaceClass.NOSE,
        )
        return FaceFrame.from_pixels(*(self.steady_pixels(part) for part in parts))

    def row_counts(self, face_class: FaceClass) -> Integers:
        """(B, 224) number of pixels of a class in each row."""
        counts: Integers = (self.label_maps == face_class).sum(axis=2, dtype=np.int64)
        return counts

    def brightness_histogram(self, face_class: FaceClass, rows: int = MAP_SIZE) -> Integers:
        """(B, 766) number of pixels of a class, in the upper `rows` rows, at every value of R + G + B."""
        if (face_class, rows) not in self._histograms:
            mask = self.label_maps[:, :rows] == face_class
            base = np.arange(self.batch) * BRIGHTNESS_LEVELS
            key = np.repeat(base, mask.sum(axis=(1, 2))) + self._levels[:, :rows][mask]
            counts = np.bincount(key, minlength=self.batch * BRIGHTNESS_LEVELS)
            self._histograms[face_class, rows] = counts.reshape(self.batch, BRIGHTNESS_LEVELS).astype(np.int64)
        return self._histograms[face_class, rows]

    @cached_property
    def _levels(self) -> npt.NDArray[np.uint16]:
        """(B, 224, 224) R + G + B of every pixel."""
        levels = self.images[..., 0].astype(np.uint16)
        levels += self.images[..., 1]
        levels += self.images[..., 2]
        return levels

    @cached_property
    def _features(self) -> tuple[Pixels, npt.NDArray[np.uint8]]:
        """All pixels of brows, eyes, nose and mouth with their classes: one pass over the maps serves them all."""
        first, last = FaceClass.LEFT_EYEBROW, FaceClass.LOWER_LIP
        # Unsigned wrap-around turns "first <= label <= last" into one comparison.
        index = np.flatnonzero((self.label_maps - np.uint8(first)) <= last - first)
        image, place = np.divmod(index, MAP_SIZE * MAP_SIZE)
        y, x = np.divmod(place, MAP_SIZE)
        return Pixels(self.batch, image, y, x), self.label_maps.reshape(-1)[index]


def _checked(
    label_maps: npt.NDArray[np.uint8], images: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    for name, array, tail in (("label maps", label_maps, ()), ("images", images, (3,))):
        expected = (MAP_SIZE, MAP_SIZE, *tail)
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.shape[1:] != expected:
            came = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
            sizes = ", ".join(map(str, expected))
            raise OhloraError(
                f"expected {name} as a uint8 array (B, {sizes}), got {came}; parse or resize the faces first"
            )
    if len(label_maps) != len(images):
        raise OhloraError(
            f"expected one image per label map, got {len(images)} images for {len(label_maps)} label maps"
        )
    if label_maps.size and label_maps.max() >= NUM_CLASSES:
        raise OhloraError(f"expected class ids 0..{NUM_CLASSES - 1} in the label maps, got {label_maps.max()}")
    return np.ascontiguousarray(label_maps), np.ascontiguousarray(images)

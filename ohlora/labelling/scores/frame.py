"""The frame of a face: what tilt, size and place of the head do to a label map, taken out.

Version 3 of the scores measures in this frame, so that the same face reads the same when the head is tilted or the crop
is wider.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohlora.labelling.scores.pixels import Floats, Pixels, divide

MIN_EYE_PIXELS = 6
"""Fewer pixels are no eye that anything can be measured on."""
EYES_BELOW_BROWS = 0.35
"""How far the eyes lie below the brows, in eye distances; used where an eye is missing."""
OPEN_EYE = 0.05
"""Pixels of an open eye, in squared eye distances; what a smaller eye lacks makes its middle less sure."""
CLOSED_EYES_WEIGHT = 0.2
"""What the middle of all but closed eyes counts for, against the brows' 0.8. The line of lashes that is left is a pixel or
two high and a parser finds now this part of it, now that one: on generated faces whose eyes close, the nose's offset from the
eyes alone wandered by a tenth of its range."""
SEEN_BROW_PIXELS = 30
"""A brow of fewer pixels is partly behind hair, and counts less."""
NOSE_DEPTH = 1.0 / 3.0
"""How far the middle of the nose stands out from the line of the eyes, in eye distances: an average face's."""


@dataclass(frozen=True)
class FaceFrame:
    """The frames of a batch of faces; every entry of a face without one is NaN.

    Attributes:
        x: (B,) column of the middle between the eyes.
        y: (B,) row of the middle between the eyes.
        cosine: (B,) direction of the line from the left eye to the right one, along the columns.
        sine: (B,) the same, along the rows (down); positive = the head is tilted clockwise as the viewer sees it.
        unit: (B,) distance of the eyes in pixels that the face would have if it were not turned.
        turn: (B,) how far the middle of the nose lies from the middle between the eyes along their line, in eye
            distances; positive = towards the viewer's left, the person looks to their own right. The middle between the brows
            counts beside that between the eyes, the more the less open these are. NaN without a nose.
    """

    x: Floats
    y: Floats
    cosine: Floats
    sine: Floats
    unit: Floats
    turn: Floats

    @classmethod
    def from_pixels(
        cls, left_eye: Pixels, right_eye: Pixels, left_brow: Pixels, right_brow: Pixels, nose: Pixels
    ) -> FaceFrame:
        """Frames from the centres of both eyes, or of both brows where an eye is missing."""
        by_eyes = (left_eye.count >= MIN_EYE_PIXELS) & (right_eye.count >= MIN_EYE_PIXELS)
        left, right = (
            np.where(by_eyes, _centre(eye), _centre(brow))
            for eye, brow in ((left_eye, left_brow), (right_eye, right_brow))
        )
        dx, dy = right - left
        distance = np.hypot(dx, dy)
        cosine, sine = divide(dx, distance), divide(dy, distance)
        drop = np.where(by_eyes, 0.0, EYES_BELOW_BROWS * distance)
        x, y = 0.5 * (left + right) + drop * np.stack([-sine, cosine])
        open_share = np.minimum(left_eye.count, right_eye.count) / np.maximum(
            OPEN_EYE * np.nan_to_num(distance) ** 2, 1.0
        )
        eyes_weight = CLOSED_EYES_WEIGHT + (1.0 - CLOSED_EYES_WEIGHT) * np.minimum(open_share, 1.0)
        seen = np.minimum(np.minimum(left_brow.count, right_brow.count) / SEEN_BROW_PIXELS, 1.0)
        brows_weight = np.where(by_eyes, (1.0 - eyes_weight) * seen, 0.0)
        turn = _offset(nose, left, right)
        by_brows = np.where(brows_weight > 0.0, _offset(nose, _centre(left_brow), _centre(right_brow)), turn)
        turn += brows_weight / (eyes_weight + brows_weight) * (by_brows - turn)
        # The distance shrinks with the cosine of the turn, and the nose's offset is its depth times the tangent.
        lengthened = distance * np.sqrt(1.0 + np.nan_to_num(turn / NOSE_DEPTH) ** 2)
        return cls(x, y, cosine, sine, lengthened, turn)

    def along(self, pixels: Pixels) -> Floats:
        """(N,) coordinate of each pixel along the line of the eyes, towards the viewer's right, in units."""
        i = pixels.image
        return ((pixels.x - self.x[i]) * self.cosine[i] + (pixels.y - self.y[i]) * self.sine[i]) / self.unit[i]


def _offset(nose: Pixels, left: Floats, right: Floats) -> Floats:
    """(B,) how far the nose's middle lies from that of two points (2, B), along their line, in their distance; left = +."""
    line, off = right - left, _centre(nose) - 0.5 * (left + right)
    return -divide((off * line).sum(axis=0), (line**2).sum(axis=0))


def _centre(pixels: Pixels) -> Floats:
    """(2, B) mean column and row."""
    return np.stack([pixels.mean(pixels.x), pixels.mean(pixels.y)])

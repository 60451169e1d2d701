"""The head's shapes: from parameters to the outlines of face, ears, eyes, brows, nose and mouth in the picture.

The face is modelled in three dimensions, turned, nodded and projected without perspective. Head coordinates: 256 units
are the image's width; the origin is the middle between the eyes, x to the viewer's right, y down, z towards the viewer.
The head turns about a vertical axis through the skull, so that points far in front (nose, lips) move more than those at
the side: 2.5D parallax. The middle between the eyes stays pinned in the frame, as in aligned face data sets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.curves import Points, curve, mix, smoothstep
from ohlora.portraits.parameters import PortraitParameters
from ohlora.portraits.proportions import NATURAL, Proportions

# At the ends of pose, pitch and roll. Larger turns would show that outlines are those of a face from the front.
TURN_DEGREES, NOD_DEGREES, TILT_DEGREES = 27.0, 7.0, 7.0
EYE_LINE = 0.44
"""Height of the middle between the eyes in the frame, as a share of the image's height."""


def surface(x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Depth z of the face's ellipsoid at head coordinates x, y."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    # Wider than the face's halves (68.5 and 97), so that its outline has depth; beyond the ellipsoid z stays at 9.
    return 66.0 * np.sqrt(np.maximum(0.02, 1.0 - (x / 80.0) ** 2 - ((y - 5.0) / 122.0) ** 2))


@dataclass(frozen=True)
class View:
    """The turn and nod of a head, and its width."""

    turn: float
    nod: float
    width: float

    def project(
        self, x: npt.ArrayLike, y: npt.ArrayLike, lift: npt.ArrayLike = 0.0, z: npt.ArrayLike | None = None
    ) -> Points:
        """Image-plane points (N, 2) of head points; `z` defaults to the face's surface, `lift` is added to it."""
        x, y = np.atleast_1d(np.asarray(x, dtype=np.float64)), np.atleast_1d(np.asarray(y, dtype=np.float64))
        depth = (surface(x, y) if z is None else np.asarray(z, dtype=np.float64)) + np.asarray(lift, dtype=np.float64)
        across = x * self.width * math.cos(self.turn) - depth * math.sin(self.turn)
        forward = x * self.width * math.sin(self.turn) + depth * math.cos(self.turn)
        # Points 40 deep, half-way between ears and nose, keep their height.
        down = y * math.cos(self.nod) - (forward - 40.0) * math.sin(self.nod)
        return np.stack(np.broadcast_arrays(across, down), axis=-1)


@dataclass
class Head:
    """All outlines of one face, in image-plane units around the (unpinned) head centre."""

    p: PortraitParameters
    proportions: Proportions = NATURAL
    view: View = field(init=False)
    masculine: float = field(init=False)
    opening: float = field(init=False)

    def __post_init__(self) -> None:
        p, k = self.p, self.proportions
        self.masculine = 1.0 - p.gender
        self.view = View(
            math.radians(TURN_DEGREES) * p.pose, math.radians(NOD_DEGREES) * p.pitch, mix(0.95, 1.05, p.face_width)
        )
        # The lips part at 0.12, so that one random portrait in eight has its mouth closed.
        self.opening = max((p.mouth_open - 0.12) / 0.88, 0.0)
        self.grin = max(p.smile, 0.0)
        self.jaw_drop = 9.0 * self.opening
        self.eye_x = mix(30.8, 33.2, p.eye_spacing)
        self.nose_y = mix(35.0, 42.0, 0.8 * p.nose_length + 0.2 * self.masculine) * k.nose
        self.nose_half = mix(10.0, 15.5, 0.7 * p.nose_width + 0.3 * self.masculine) * k.nose
        self.nose_lift = mix(15.0, 20.0, p.nose_length) * k.nose
        self.mouth_y = self.nose_y + 20.5
        self.mouth_half = (mix(20.0, 25.5, p.mouth_width) + 4.5 * self.grin) * k.mouth
        self.chin_y = mix(89.0, 99.0, self.wider(0.6 * p.chin_length + 0.4 * self.masculine)) * k.chin
        self.centre = self.view.project([-self.eye_x, self.eye_x], [0, 0], -3).mean(axis=0)
        self._outline()
        self._eyes_and_brows()
        self._nose()
        self._mouth()

    def wider(self, share: float) -> float:
        """A share of 0..1 that the second edition takes farther from the middle, so that people differ more."""
        return share if self.p.edition <= 0.5 else 0.48 + 1.3 * (share - 0.5)

    def side_depth(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Depth of points at the head's side: the skull's silhouette on the far side, the ear's line on the near one."""
        far = np.sign(x) * -self.p.pose > 0.0
        return np.abs(x) * np.where(far, 0.30, -0.10) * abs(self.p.pose)

    def _outline(self) -> None:
        p, m = self.p, self.masculine
        jaw = mix(49.0, 60.0, self.wider(0.45 * p.jaw_width + 0.55 * m)) * self.proportions.jaw
        chin_half = mix(16.0, 29.0, self.wider(0.45 * p.jaw_width + 0.55 * m)) * self.proportions.jaw
        cheek = mix(-1.8, 1.8, p.cheeks)
        drop = self.jaw_drop
        half = np.array(
            [
                (0.0, -99.0, 10.0),
                (32.0, -93.0, 8.0),
                (54.0, -72.0, 4.0),
                (66.0, -40.0, 0.0),
                (68.5, -8.0, 0.0),
                (67.0, 20.0, 1.0),
                (jaw + 6.5 + cheek, 45.0, 5.0),
                (jaw - 5.0 + 0.5 * cheek, 66.0 + 0.5 * drop, 16.0),
                (chin_half + 6.5, self.chin_y - 10.5 + drop, 36.0),
                (0.45 * chin_half, self.chin_y - 1.0 + drop, 48.0),
                (0.0, self.chin_y + drop, 50.0),
            ]
        )
        x = np.concatenate([half[:, 0], -half[-2:0:-1, 0]])
        y = np.concatenate([half[:, 1], half[-2:0:-1, 1]])
        z = np.concatenate([half[:, 2], half[-2:0:-1, 2]])
        if p.edition > 0.5:
            # The near cheek of a turned head lies on a jaw that runs back to the ear: it does not swell.
            near = np.sign(x) * p.pose > 0.0
            x = np.where(near, x * (1.0 - 0.13 * abs(p.pose) * np.clip((y - 10.0) / 50.0, 0.0, 1.0)), x)
        sideness = np.clip(1.0 - z / 30.0, 0.0, 1.0)
        self.outline = self.view.project(x, y, z=z + sideness * self.side_depth(x))
        self.face = curve(self.outline)

    def ear(self, side: int) -> skia.Path:
        """The ear on `side` (-1 viewer's left, 1 right); it hides behind the cheek on the far side of a turned head."""
        x = side * 68.0
        base = self.view.project([x], [6.0], z=self.side_depth(np.array([x])) - 2.0)[0]
        width = max(9.5 + 10.0 * side * math.sin(self.view.turn), 2.0)
        shape = np.array(
            [(-4, -17), (0.45, -21), (0.95, -16), (1.0, -5), (0.72, 9), (0.4, 19), (0.0, 22), (-4, 17)],
            dtype=np.float64,
        )
        offset = np.where(shape[:, 0] < 0, shape[:, 0], shape[:, 0] * width)
        return curve(np.stack([base[0] + side * offset, base[1] + shape[:, 1]], axis=1))

    def _eyes_and_brows(self) -> None:
        p, m = self.p, self.masculine
        self.eye_scale = mix(0.92, 1.12, 0.75 * p.eye_size + 0.25 * p.gender) * self.proportions.eyes
        self.lid = mix(0.0, 1.12, p.eye_open**0.85)
        self.brow_y = -mix(19.0, 27.0, self.wider(0.7 * p.brow_height + 0.3 * p.gender)) - 9.0 * (
            self.proportions.eyes - 1.0
        )
        self.brow_half = 0.5 * mix(3.2, 9.2, 0.5 * p.brow_thickness + 0.5 * m)
        self.eyes = (self._eye(-1), self._eye(1))
        self.brows = (self._brow(-1), self._brow(1))

    def _eye(self, side: int) -> Points:
        """Twelve outline points: inner corner, upper lid, outer corner (index 5), and back along the lower lid."""
        p = self.p
        t = np.array([-1.0, -0.72, -0.3, 0.2, 0.66, 1.0, 0.7, 0.25, -0.2, -0.6, -0.86, -1.0])
        upper = np.array([0.10, -0.52, -0.97, -1.0, -0.62, -0.04])
        lower = np.array([0.30, 0.50, 0.52, 0.38, 0.2, 0.10])
        height = 10.4 * self.eye_scale * self.lid
        rest = 2.8 * (1.0 - min(self.lid, 1.0))
        lift = np.concatenate([upper * height, lower * height * (1.0 - 0.18 * self.grin)])
        y = lift + rest * (1.0 - t**2) + 0.9 * np.concatenate([-np.ones(6), np.ones(6)]) * (1.0 - t**2)
        slant = mix(-1.0, 3.4, 0.5 + 0.5 * p.eye_slant)
        return self.view.project(side * (self.eye_x + t * 15.2 * self.eye_scale), y - slant * t, -3.0)

    def _brow(self, side: int) -> Points:
        """Fourteen points: along the top edge from the nose outwards, back along the bottom edge."""
        p = self.p
        t = np.linspace(0.0, 1.0, 7)
        x = side * (12.5 + t * 36.0)
        y = (
            self.brow_y
            - mix(0.5, 6.0, p.brow_arch) * np.sin(np.pi * np.minimum(t * 1.02, 1.0) ** 1.25)
            + 3.5 * t**2
            - 1.5 * t
        )
        y = y - 2.0 * (p.eye_open - 0.5)
        half = self.brow_half * np.array([0.72, 1.0, 1.04, 0.96, 0.8, 0.52, 0.12])
        top, bottom = self.view.project(x, y - half, 2.0), self.view.project(x, y + half * 0.9, 2.0)
        return np.vstack([top, bottom[::-1]])

    def _nose(self) -> None:
        w, y = self.nose_half, self.nose_y
        x = np.array([4.2, 4.8, w * 0.72, w, w * 0.86, w * 0.34])
        rows = np.array([-8.0, 10.0, y - 12.0, y - 2.5, y + 3.5, y + 6.5])
        lift = np.array([-8.0, 3.0, 6.0, 2.0, 3.0, 10.0])
        left, right = self.view.project(-x, rows, lift), self.view.project(x, rows, lift)
        # The tip's parallax swings the ridge; the wing towards the viewer stays with the cheek.
        tip = self.view.project([0.0], [y], self.nose_lift)[0] - self.view.project([0.0], [y], 6.0)[0]
        swing = np.array([0.1, 0.55, 0.85, 0.8, 0.9, 1.2])[:, None] * tip
        self.nose_outline = np.vstack([left + swing, (right + swing)[::-1]])
        base = np.array([[0.35], [0.8]]) * tip
        self.nose_base = np.vstack([left[4:] + base, (right[4:] + base)[::-1]])
        self.nose_tip = self.view.project([0.0], [y - 1.5], self.nose_lift)[0]
        self.nose = curve(self.nose_outline)

    def _mouth(self) -> None:
        p = self.p
        t = np.array([-1.0, -0.7, -0.36, -0.13, 0.0, 0.13, 0.36, 0.7, 1.0])
        full = mix(0.68, 1.32, 0.7 * p.lip_fullness + 0.3 * p.gender) * self.proportions.mouth
        bend = -(np.abs(t) ** 1.8) * (p.smile * 5.0 + 0.3)
        arch = 1.0 - t**2
        self.gap = 21.0 * self.opening * self.proportions.mouth
        y0 = self.mouth_y
        # A broad smile stretches the lips thinner; an open mouth lifts the upper lip a little and drops the lower one.
        thin = 1.0 - 0.16 * self.grin - 0.12 * self.opening
        upper_top = (
            y0 + bend - thin * full * np.array([0, 3.2, 6.6, 7.4, 6.0, 7.4, 6.6, 3.2, 0]) - 0.10 * self.gap * arch
        )
        upper_bottom = y0 + bend + np.array([0, 0.3, 0.5, 1.0, 1.4, 1.0, 0.5, 0.3, 0]) - 0.14 * self.gap * arch
        lower_top = upper_bottom + self.gap * (1.0 - np.abs(t) ** 2.4)
        lower_bottom = (
            y0 + bend + 0.9 * self.gap * arch + thin * full * np.array([0, 4.0, 7.2, 8.2, 8.5, 8.2, 7.2, 4.0, 0]) + 0.3
        )
        x = t * self.mouth_half
        inner_edge = self.view.project(x, upper_bottom, 4.0)
        self.upper_lip = curve(np.vstack([self.view.project(x, upper_top, 4.0), inner_edge[1:-1][::-1]]))
        lower_edge = self.view.project(x, lower_top, 4.0)
        self.lower_lip = curve(np.vstack([lower_edge, self.view.project(x[1:-1], lower_bottom[1:-1], 4.0)[::-1]]))
        self.inner_mouth = curve(np.vstack([inner_edge, lower_edge[1:-1][::-1]]))
        self.lip_line = inner_edge
        self.corner_lift = float(bend[0])
        self.lip_rows = (upper_top, upper_bottom, lower_top, lower_bottom)
        self.lip_columns = x

    @property
    def shows_inner_mouth(self) -> bool:
        """Whether the lips are apart."""
        return self.gap > 0.6

    def smooth_gender(self, low: float, high: float) -> float:
        """How feminine, as a smooth step between two values of the gender parameter."""
        return smoothstep(self.p.gender, low, high)

"""Stubble and beards of the second edition: single hairs on cheeks, chin and upper lip, over a light shade of skin.

Hairs are many short lines of one tone in one path, so that hundreds cost one stroke and drawing styles can record them.
They count as face skin, as in LaPa.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.colours import Colours, blend
from ohlora.portraits.curves import Points, mix, smoothstep
from ohlora.portraits.head import Head
from ohlora.portraits.painter import Painter

_COUNT = 1500
_RNG = np.random.default_rng(71)
# Fixed: hairs keep their places. Columns: place across and down, length, lean, tone.
_HAIRS = _RNG.uniform(0.0, 1.0, size=(_COUNT, 5))


def growth_of_beard(head: Head) -> tuple[Points, npt.NDArray[np.float64]]:
    """Places (_COUNT, 2) in head coordinates on the lower face, and how well hair grows there, 0..1."""
    p, my, w = head.p, head.mouth_y, head.mouth_half
    x, y = 132.0 * _HAIRS[:, 0] - 66.0, 12.0 + (head.chin_y + head.jaw_drop - 12.0) * _HAIRS[:, 1]
    across = np.abs(x)
    cheek_line = np.interp(across, [0, w + 6, 42, 50, 57, 62, 66], [my - 12, my - 9, my - 6, 44, 30, 14, 10])
    below = np.clip((y - cheek_line) / 7.0, 0.0, 1.0)
    moustache = np.clip((w + 4.0 - across) / 4.0, 0.0, 1.0) * (y > head.nose_y + 10.0)
    lips = (x / (w + 2.5)) ** 2 + ((y - my - 0.5 * head.gap) / (9.5 + 0.6 * head.gap)) ** 2
    grows = np.maximum(below, moustache) * np.clip((lips - 1.0) / 0.25, 0.0, 1.0)
    middle = np.clip((w + 3.0 - across) / 6.0, 0.0, 1.0)
    # A beard is full or a goatee; hairs that were only thinned out would look like neither.
    narrow = smoothstep(p.goatee, 0.46, 0.54)
    grows = grows * (1.0 - narrow * (1.0 - middle))
    return np.stack([x, y], axis=1), grows * _inside_face(head, x, y)


def _inside_face(head: Head, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(N,) 0 outside the face's outline .. 1 a few units inside it."""
    places, half = head.view.project(x, y), len(head.outline) // 2
    right = np.interp(places[:, 1], head.outline[: half + 1, 1], head.outline[: half + 1, 0])
    left = np.interp(places[:, 1], head.outline[: half - 1 : -1, 1], head.outline[: half - 1 : -1, 0])
    edge = np.minimum(right - places[:, 0], places[:, 0] - left)
    inside: npt.NDArray[np.float64] = np.clip(edge / 3.0, 0.0, 1.0)
    return inside


def paint_stubble_hairs(painter: Painter, head: Head, colours: Colours) -> None:
    """Short hairs over a faint shade; called inside the face's clip."""
    amount = head.masculine * smoothstep(head.p.stubble, 0.2, 1.0)
    if amount < 0.02:
        return
    places, grows = growth_of_beard(head)
    shade = blend(colours.own_hair * 0.55, colours.skin * 0.55, 0.4)
    soft = places[(grows > 0.6)][::12]
    for spot in head.view.project(soft[:, 0], soft[:, 1]):
        painter.ellipse(spot, 7.5, 6.5, shade, 30 * amount, blur=4.0)
    for part, alpha in ((slice(0, None, 2), 150), (slice(1, None, 2), 95)):
        hairs = _hairs(head, places[part], grows[part], mix(1.2, 2.6, amount), _HAIRS[part])
        painter.stroke(hairs, colours.own_hair * 0.5, 0.75, alpha=alpha * amount)


def paint_beard_hairs(painter: Painter, head: Head, colours: Colours) -> None:
    """A beard of hairs in three tones over its own shade, longer towards the chin."""
    p = head.p
    places, grows = growth_of_beard(head)
    base = colours.own_hair * colours.light
    dense = mix(0.45, 1.0, p.beard)
    _paint_ground(painter, head, places[grows > 0.5], base * 0.60, 110 * dense)
    for k, tone in enumerate((0.5, 0.78, 1.08)):
        part = slice(k, None, 3)
        hairs = _hairs(head, places[part], grows[part], mix(3.0, 9.0, p.beard), _HAIRS[part])
        painter.stroke(hairs, base * tone, mix(1.0, 1.5, p.beard), alpha=235 * dense)


def _paint_ground(painter: Painter, head: Head, places: Points, colour: npt.ArrayLike, alpha: float) -> None:
    """A soft shade under the hairs."""
    for spot in head.view.project(places[::6, 0], places[::6, 1]):
        painter.ellipse(spot, 6.0, 5.5, colour, alpha, blur=2.6)


def _hairs(
    head: Head, places: Points, grows: npt.NDArray[np.float64], length: float, noise: npt.NDArray[np.float64]
) -> skia.Path:
    """One path of all hairs that grow at least as well as chance wants."""
    kept = grows > 0.15 + 0.5 * noise[:, 2]
    x, y = places[kept, 0], places[kept, 1]
    grown = length * grows[kept] * (0.6 + 0.6 * noise[kept, 2]) * (0.75 + 0.5 * np.clip((y - 60.0) / 40.0, 0.0, 1.0))
    roots = head.view.project(x, y, 1.0)
    # Down and outwards on the cheeks, aside on the upper lip.
    lip = np.clip((head.mouth_y - 3.0 - y) / 5.0, 0.0, 1.0) * (np.abs(x) < head.mouth_half + 4.0)
    lean = 0.55 * (noise[kept, 3] - 0.5) + 0.005 * x + 0.8 * lip * np.sign(x)
    tips = roots + np.stack([lean, 1.0 - 0.45 * lip], axis=1) * grown[:, None]
    path = skia.Path()
    for start, end in zip(roots.tolist(), tips.tolist(), strict=True):
        path.moveTo(*start)
        path.lineTo(*end)
    return path

"""The shapes of hair: from a head and its parameters to two curtains of locks, a fringe, the back, an afro or a bun.

A side's hair is a field of strands between an inner curve (parting, hairline, temple, beside the cheek) and an outer
one (crown, contour); a lock lies between two strands. All irregularity is fixed, so that a portrait is a smooth
function of its parameters. Coordinates are those of `ohlora.portraits.head`: y is 0 at the eyes, -99 at the top of the
skull and about 94 at the chin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skia

from ohlora.portraits.curves import Points, curve, mix, resample, smoothstep
from ohlora.portraits.head import Head

# Fixed for all portraits: locks differ from each other, and not from one picture to the next.
_RNG = np.random.default_rng(5)
_PHASE = _RNG.uniform(-1.0, 1.0, size=64)
# Share of its strand that each lock covers, so that ends are uneven.
_LENGTH = _RNG.uniform(0.945, 1.0, size=64)
TONES = (0.94, 1.07, 0.86, 1.01, 1.11, 0.90, 1.04, 0.84, 0.98)
"""Brightness of neighbouring locks, repeated."""

# Hair length in 0..1 and the y of its tips: upper ear, lower ear, jaw, the picture's lower edge (143), and beyond it,
# where more length only shows as locks that close in over the chest.
_LENGTH_STOPS = (0.0, 0.15, 0.5, 0.78, 1.0)
_TIP_STOPS = (-6.0, 16.0, 82.0, 142.0, 236.0)
# Points of a strand: the tightest curls of the longest hair have nine waves, so near three points to a wave.
STEPS = 25
LOCKS = 6
"""Locks of a side."""
FRINGE_LOCKS = 8
# The length of pinned-up hair, which lies as close as cropped hair, and the most that a rim of hair has, below the ear.
BUN_LENGTH, RIM_LENGTH = 0.06, 0.25


@dataclass(frozen=True)
class Lock:
    """One lock of hair: its outline, its middle strand (N, 2) and its brightness."""

    path: skia.Path
    middle: Points
    tone: float


@dataclass(frozen=True)
class Side:
    """One side's hair: inner and outer curve (STEPS, 2), locks in painting order and the shape under them."""

    side: int
    inner: Points
    outer: Points
    locks: tuple[Lock, ...]
    under: skia.Path


def hair_length(head: Head) -> float:
    """The true hair length of a portrait, 0..1, counting an afro's or pinned-up hair's lowest point."""
    p = head.p
    if p.afro > 0.0:
        return float(np.interp(_afro_bottom(p.afro), _TIP_STOPS, _LENGTH_STOPS))
    if p.bun > 0.0:
        return BUN_LENGTH
    return min(p.hair_length, RIM_LENGTH) if p.bald > 0.5 else p.hair_length


def _afro_bottom(afro: float) -> float:
    return mix(24.0, 64.0, afro)


class Hair:
    """All hair outlines of one head, in the head's image-plane units."""

    def __init__(self, head: Head) -> None:
        self.head = head
        p = head.p
        self.length = hair_length(head) if p.afro == 0.0 else 0.03
        self.visible = p.bald <= 0.9
        self.rim_only = p.bald > 0.5
        self.volume = mix(4.0, 16.0, p.hair_volume) * (0.35 if p.bun > 0 else 1.0)
        self.hairline = mix(-54.0, -68.0, p.hairline) - 4.0 * p.age * head.masculine
        self.parting = 30.0 * p.part
        self.curl = max(p.curl, 0.0)
        self.sides = tuple(self._side(s) for s in (-1, 1))
        self.back = self._back()
        self.fringe_strength = smoothstep(p.fringe, 0.0, 0.12)
        self.fringe = self._fringe() if p.bun == 0.0 and p.afro == 0.0 and not self.rim_only else ()
        self.afro = self._afro() if p.afro > 0.0 else None
        self.bun = self._bun() if p.bun > 0.0 else None
        self.rim_clip = self._rim_clip() if self.rim_only else None

    def true_length(self) -> float:
        """The true hair length of the portrait."""
        return hair_length(self.head)

    def _inner_curve(self, s: int, tip_y: float) -> Points:
        head, at = self.head, self.head.view.project
        over, cover = (
            smoothstep(self.length, 0.55, 1.0),
            mix(0.0, 8.0, self.head.p.hair_volume) * smoothstep(self.length, 0.1, 0.5),
        )
        lift = 13.0 * self.head.p.recede
        side = head.side_depth(np.array([s * 68.0]))[0]
        h = self.hairline
        points = [
            at(self.parting, h - 8, z=46.0)[0],
            at(mix(self.parting, s * 34.0, 0.6), h - 1 - lift, z=46.0)[0],
            at(s * 45.0, h + 11 - lift, z=34.0)[0],
            at(s * (60.5 - 0.3 * cover), -28.0, z=12.0 + side)[0],
        ]
        for f in (0.2, 0.4, 0.6, 0.8, 1.0):
            y = mix(-28.0, tip_y, f)
            fall = smoothstep(y, 30.0, 150.0)
            x = mix(
                mix(60.5, 66.5, smoothstep(y, -28.0, 4.0)) - cover * smoothstep(y, -40.0, 20.0),
                62.0 - 26.0 * over,
                fall,
            )
            points.append(at(s * x, y, z=mix(12.0, 4.0, f) + side * (1.0 - fall))[0])
        return resample(points, STEPS)

    def _outer_curve(self, s: int, tip_y: float) -> Points:
        head, at, v = self.head, self.head.view.project, self.volume
        over, short = smoothstep(self.length, 0.55, 1.0), 1.0 - smoothstep(self.length, 0.0, 0.45)
        side_v = v * (1.0 - 0.72 * short)
        side = head.side_depth(np.array([s * 68.0]))[0]
        crown = 0.5 * self.parting
        points = [
            at(crown, -98.0 - v, z=6.0)[0],
            at(mix(crown, s * 52.0, 0.5), -95.0 - 0.92 * v, z=4.0)[0],
            at(s * 55.0, -78.0 - 0.72 * v, z=0.0)[0],
            at(s * (69.0 + 0.62 * side_v), -46.0, z=0.6 * side)[0],
        ]
        # Cropped hair ends above the ear at its contour and runs into a sideburn inside.
        tip_outer = tip_y - 4.0 - 16.0 * short
        for f in (0.2, 0.4, 0.6, 0.8, 1.0):
            y = mix(-46.0, tip_outer, f)
            fall = smoothstep(y, 20.0, 150.0)
            low = mix(69.0 + 0.62 * side_v, 71.5 + side_v, smoothstep(y, -46.0, 10.0))
            x = mix(low, 74.0 + 1.25 * side_v + 20.0 * over, fall) - mix(5.0, 2.0, short) * f**4
            points.append(at(s * x, y, z=side * (1.0 - fall))[0])
        return resample(points, STEPS)

    def _strand(self, inner: Points, outer: Points, share: float, phase: float) -> Points:
        """The strand at `share` of the way from the inner to the outer curve, waved."""
        p = self.head.p
        t = np.linspace(0.0, 1.0, STEPS)
        reach = 60.0 + np.interp(self.length, _LENGTH_STOPS, _TIP_STOPS)
        amplitude = (
            (5.5 * p.hair_wave + 6.0 * self.curl) * np.minimum(1.0, 2.4 * t**1.5) * smoothstep(self.length, 0.05, 0.4)
        )
        wavelength = mix(58.0, 44.0, self.curl)
        angle = 2.0 * np.pi * t * (100.0 + reach) / wavelength + 1.2 * phase
        strand = inner * (1.0 - share) + outer * share
        return strand + np.stack([np.sin(angle) * amplitude, 0.3 * np.cos(angle) * amplitude], axis=1)

    def _side(self, s: int) -> Side:
        tip_y = float(np.interp(self.length, _LENGTH_STOPS, _TIP_STOPS))
        inner = self._inner_curve(s, tip_y)
        outer = self._outer_curve(s, tip_y)
        locks = []
        for k in range(LOCKS):
            phase = 0.5 * _PHASE[k + (8 if s > 0 else 0)] + 0.4 * k
            low, high = (self._strand(inner, outer, (k + d) / LOCKS, phase) for d in (0.0, 1.0))
            tone = TONES[(2 * k + (3 if s > 0 else 0)) % len(TONES)]
            locks.append(_lock(low, high, tone, _LENGTH[k + (16 if s > 0 else 0)], blunt=0.2))
        # The darker shape under the locks closes the gaps between them; it ends before their tips do.
        edge_in, edge_out = self._strand(inner, outer, 0.06, 0.0), self._strand(inner, outer, 0.94, 0.4 * LOCKS)
        cut = int(STEPS * 0.92)
        under = curve(np.vstack([edge_in[:cut], edge_out[:cut][::-1]]))
        return Side(s, inner, outer, tuple(locks), under)

    def _back(self) -> skia.Path:
        left, right = (
            self._strand(side.inner, side.outer, 0.84, 0.4 * LOCKS)[1 : int(STEPS * 0.92)] for side in self.sides
        )
        # Many points along the straight bottom edge keep the spline from swinging out at its corners.
        bottom = np.linspace(left[-1], right[-1], 18)[1:-1]
        return curve(np.vstack([left, bottom, right[::-1]]))

    def _fringe(self) -> tuple[Lock, ...]:
        p, at = self.head.p, self.head.view.project
        f = p.fringe
        grown = smoothstep(f, 0.0, 0.35)
        locks = []
        for k in range(FRINGE_LOCKS):
            x0, x1 = (mix(-52.0, 52.0, (k + d) / FRINGE_LOCKS) for d in (-0.08, 1.08))
            edges = []
            for x in (x0, x1):
                root = at(0.5 * x + 0.6 * self.parting, max(self.hairline - mix(9.0, 28.0, grown), -90.0), z=42.0)[0]
                side = (x / 52.0) ** 2
                y = mix(self.hairline - 7.0, -27.0 + 11.0 * side, f) + mix(10.0, 2.0, f) * side
                tip_x = x - 13.0 * p.part * f * (1.0 - 0.5 * side)
                tip = at(tip_x, y, lift=6.0)[0]
                middle = 0.45 * root + 0.55 * tip + np.array([0.1 * x, -3.0 * grown])
                edges.append(resample([root, middle, tip], STEPS))
            tone = TONES[(3 * k + 1) % len(TONES)]
            locks.append(_lock(edges[0], edges[1], tone, 1.0 - 1.6 * (1.0 - _LENGTH[32 + k]) * f, blunt=0.12))
        order = sorted(range(FRINGE_LOCKS), key=lambda k: -k if p.part < 0 else k)
        return tuple(locks[k] for k in order)

    def _afro(self) -> tuple[skia.Path, skia.Path, Points, float]:
        """Outline behind the face, the cap in front of it, the centre (2,) and the radius."""
        head, afro = self.head, self.head.p.afro
        radius = mix(80.0, 104.0, afro)
        centre = head.view.project(0.0, _afro_bottom(afro) - 0.92 * radius, z=-4.0)[0]
        angle = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
        bump = 1.0 + 0.018 * np.sin(9.0 * angle + 1.0) + 0.022 * np.sin(14.0 * angle) + 0.008 * _PHASE[:48]
        behind = np.stack(
            [centre[0] + radius * bump * np.cos(angle), centre[1] + 0.92 * radius * bump * np.sin(angle)], axis=1
        )
        h = self.hairline
        x = np.array([-68, -63, -50, -26, 0, 26, 50, 63, 68.0])
        y = np.array([-2, -26, h + 14, h + 1, h - 3, h + 1, h + 14, -26, -2.0])
        depth = np.array([0, 10, 30, 44, 48, 44, 30, 10, 0]) + head.side_depth(x) * np.array(
            [1, 0.6, 0, 0, 0, 0, 0, 0.6, 1]
        )
        line = head.view.project(x, y + 1.6 * np.sin(np.arange(9) * 2.2), z=depth)
        top = np.stack(
            [centre[0] + 0.9 * radius * np.cos(angle[24:]), centre[1] + 0.83 * radius * np.sin(angle[24:])], axis=1
        )
        return curve(behind), curve(np.vstack([line, top[::-1]])), centre[None], radius

    def _bun(self) -> tuple[npt.NDArray[np.float64], float]:
        """Centre (2,) and radius of the bun, high on one side so that the frame shows it."""
        s = 1.0 if self.head.p.part < 0 else -1.0
        radius = mix(17.0, 27.0, self.head.p.bun)
        return self.head.view.project(s * 52.0, -90.0, z=-8.0)[0], radius

    def _rim_clip(self) -> skia.Path:
        view = self.head.view
        x = np.array([-130.0, -72, -64, -40, 0, 40, 64, 72, 130, 130, 0, -130])
        y = np.array([-40.0, -42, -30, -14, -6, -14, -30, -42, -40, 300, 300, 300])
        return curve(view.project(x, y, z=np.zeros(12)))


def _lock(low: Points, high: Points, tone: float, length: float, blunt: float) -> Lock:
    """A lock between two edge strands (STEPS, 2); `length` shortens it, `blunt` keeps its tip wide (0 pointed .. 1)."""
    t = np.linspace(0.0, 1.0, STEPS)
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    narrow = 1.0 - (1.0 - blunt) * 0.92 * np.clip((t - 0.78) / 0.22, 0.0, 1.0) ** 1.5
    half = half * (1.3 * narrow)[:, None]
    left, right, centre = (_cut(edge, length) for edge in (middle - half, middle + half, middle))
    return Lock(curve(np.vstack([left[::2], right[::-2]])), centre, tone)


def _cut(strand: Points, length: float) -> Points:
    """The first `length` (0..1) of a strand, resampled to STEPS points."""
    t = np.linspace(0.0, 1.0, STEPS)
    return np.stack([np.interp(t * length, t, strand[:, axis]) for axis in (0, 1)], axis=1)

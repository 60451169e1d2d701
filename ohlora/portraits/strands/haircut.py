"""The haircut: which groups of locks a portrait's parameters ask for, and their mesh.

A kind is chosen by the first of these that is above 0: baldness, a clip all over, an afro, a bun, a ponytail, braids,
close sides; otherwise hair falls. All of them take part in the parameters that they can show: waves, volume, parting,
fringe.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import skia

from ohlora.portraits.colours import Colour
from ohlora.portraits.curves import mix, smoothstep
from ohlora.portraits.head import Head
from ohlora.portraits.strands.coils import coil_locks
from ohlora.portraits.strands.cropped import clipped_locks, cover_locks, tapered_locks
from ohlora.portraits.strands.falling import falling_locks
from ohlora.portraits.strands.flyaways import flying_locks
from ohlora.portraits.strands.fringe import fringe_locks
from ohlora.portraits.strands.gathered import (
    BRAID_KNOTS,
    TAIL_KNOT,
    braid_locks,
    bun_locks,
    bun_place,
    combed_locks,
    tail_locks,
)
from ohlora.portraits.strands.layers import HairLayers
from ohlora.portraits.strands.light import lit_colours
from ohlora.portraits.strands.locks import EARS, Locks
from ohlora.portraits.strands.ribbons import Ribbons, draw_hairs, ribbons
from ohlora.portraits.strands.scalp import Scalp, project

# As in the first edition: hair length and the height of its tips.
LENGTHS, HEIGHTS = (0.0, 0.15, 0.5, 0.78, 1.0), (-6.0, 16.0, 82.0, 142.0, 236.0)
RIM_LENGTH = 0.25


class Haircut:
    """All hair of one head.

    Attributes:
        visible: whether there is any.
        groups: its locks.
        layers: its pictures, kept for every canvas that it was drawn on.
    """

    def __init__(self, head: Head, colour: Colour) -> None:
        self.head, self.colour = head, colour
        self.visible = head.p.bald <= 0.9
        self.groups: tuple[Locks, ...] = tuple(_groups(head)) if self.visible else ()
        self.layers = HairLayers(self.draw)
        self.flying: Locks | None = self._flying() if self.visible else None

    @cached_property
    def mesh(self) -> Ribbons:
        """The locks in the image plane, in the hair's colour under the portrait's light."""
        return ribbons(
            [
                (locks, project(self.head, locks.points), lit_colours(self.head, locks, self.colour))
                for locks in self.groups
            ]
        )

    def draw(self, canvas: skia.Canvas, front: bool) -> None:
        """Draw what lies before the ears, or behind them, in head coordinates."""
        if not self.visible:
            return
        self.mesh.draw(canvas, front)
        if front and self.flying is not None:
            flat, shades = project(self.head, self.flying.points), lit_colours(self.head, self.flying, self.colour)
            draw_hairs(canvas, self.flying, flat, shades)

    def _flying(self) -> Locks | None:
        """Hairs that leave the longest group of locks; clipped and coiled hair has none."""
        kinds = [locks for locks in self.groups if not locks.whole]
        return flying_locks(kinds[0], self.head.p.frizz) if kinds else None

    def true_length(self) -> float:
        """The true hair length, 0..1, from the height of the lowest hair."""
        p = self.head.p
        close = p.bald > 0.5 or p.buzz > 0.0 or p.bun > 0.0 or p.taper > 0.0
        if not (close or p.afro > 0.0 or p.hair_slick > 0.5):
            return max(p.hair_length, 0.3) if p.ponytail > 0.0 or p.braids > 0.0 else p.hair_length
        # Hair that stands off the head or falls behind it shows beside the neck.
        behind = EARS if close else -45.0
        seen = [locks.points[(locks.points[..., 2] > behind) & (locks.half_width > 0.4)] for locks in self.groups]
        lowest = np.quantile(np.concatenate(seen)[:, 1], 0.985 if close else 0.998)
        return float(np.interp(lowest, HEIGHTS, LENGTHS))


def _groups(head: Head) -> list[Locks]:
    p, scalp = head.p, Scalp(head)
    tip_y = float(np.interp(p.hair_length, LENGTHS, HEIGHTS))
    if p.bald > 0.5:
        return [cover_locks(scalp, 0.5), clipped_locks(scalp, 7.0)]
    if p.buzz > 0.0:
        return [cover_locks(scalp, 0.9 * p.buzz), clipped_locks(scalp, mix(6.0, 3.0, p.buzz))]
    if p.afro > 0.0:
        return [cover_locks(scalp, 0.0), *coil_locks(scalp, mix(10.0, 40.0, p.afro), mix(3.6, 5.2, p.afro))]
    if p.bun > 0.0 or p.ponytail > 0.0 or p.braids > 0.0:
        return _gathered(head, scalp, tip_y)
    if p.taper > 0.0:
        return _tapered(head, scalp)
    falling = falling_locks(head, scalp, tip_y)
    return [cover_locks(scalp, 0.0, 0.75), falling, *_fringe(head, scalp)]


def _fringe(head: Head, scalp: Scalp) -> list[Locks]:
    return [fringe_locks(head, scalp)] if head.p.fringe > 0.02 and head.p.hair_slick < 0.5 else []


def _tapered(head: Head, scalp: Scalp) -> list[Locks]:
    p = head.p
    cover = cover_locks(scalp, 0.8 * p.taper)
    if p.curl > 0.35:
        rings = coil_locks(scalp, mix(8.0, 26.0, p.top_length), mix(5.4, 3.6, smoothstep(p.curl, 0.35, 1.0)), p.taper)
        return [cover, clipped_locks(scalp, 4.0), *rings]
    return [cover, tapered_locks(head, scalp)]


def _gathered(head: Head, scalp: Scalp, tip_y: float) -> list[Locks]:
    p = head.p
    cover, fringe = cover_locks(scalp, 0.0), _fringe(head, scalp)
    if p.bun > 0.0:
        place = bun_place(head)
        combed = combed_locks(head, scalp, place[None])
        return [cover, combed, bun_locks(place, mix(17.0, 27.0, p.bun)), *fringe]
    if p.braids > 0.0:
        combed = combed_locks(head, scalp, BRAID_KNOTS)
        return [cover, combed, braid_locks(max(tip_y, 84.0), p.braids), *fringe]
    combed = combed_locks(head, scalp, TAIL_KNOT)
    tail = tail_locks(head, tip_y, p.ponytail)
    return [cover, combed, tail, *fringe]

"""What one visitor has on the page: the face that is shown, and the faces that were kept.

A session belongs to one open page. Its events may overlap: a slider that is dragged asks for pictures while a click is still
under way. The page therefore sends the number of the state that its sliders show, and what was meant for an older state is
dropped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ohlora.errors import SettingsError
from ohlora.studio.faces import DECIMALS, Face

MOST_KEPT = 60
"""Faces that a visitor can keep; the thumbnails of all of them travel with every change of the gallery."""

_SAME = 0.1 * 10**-DECIMALS
_ON_ITS_WAY = 1.0  # seconds after a change of the face in which drags of the face before may still arrive
_REMEMBERED = 16


@dataclass(frozen=True)
class KeptFace:
    """A face in the gallery.

    Attributes:
        number: Counts the faces that were kept, from 1.
        face: The face.
        thumbnail: The picture as a `data:` URL.
    """

    number: int
    face: Face
    thumbnail: str


class Session:
    """One visitor's state.

    Args:
        face: The face that is shown.
        own: Where its sliders stand while nothing is moved; in the model's order.
    """

    def __init__(self, face: Face, own: Mapping[str, float]) -> None:
        self.face, self.own = face, dict(own)
        self.revision = 0
        # Numbers of pictures rise across a restart of the server, which a page may outlive.
        self.frame = time.time_ns() // 1_000_000
        self.dragged = False
        self.turn = threading.RLock()
        self.pixels: NDArray[np.uint8] | None = None
        self.kept: list[KeptFace] = []
        self.chosen: frozenset[int] = frozenset()
        self._next_number = 1
        self._stood = {0: self.stands}
        self._changed = -_ON_ITS_WAY
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Gradio hands every visitor a deep copy of the first session, and a lock cannot be copied.
        return type(self)(self.face, self.own)

    @property
    def stands(self) -> dict[str, float]:
        """Where the page's sliders stand."""
        return self.face.stands(self.own)

    def show(self, face: Face, own: Mapping[str, float]) -> None:
        """Put another face on the page, or the same one with sliders that the visitor did not drag."""
        with self._lock:
            self.face, self.own, self.dragged = face, dict(own), False
            self.revision += 1
            self._stood[self.revision] = self.stands
            self._stood.pop(self.revision - _REMEMBERED, None)
            self._changed = time.monotonic()

    def drag(self, revision: int, values: Mapping[str, float]) -> Face | None:
        """Take over sliders that the visitor drags.

        A slider counts as moved once it stands elsewhere than the page had put it. What was dragged on the face before and
        arrives right after another face was put on the page is dropped; a page that still shows an older state later than that
        has missed something, and is not left behind.

        Args:
            revision: The state that the page had when the sliders were dragged.
            values: Where all sliders stand.

        Returns:
            The face to draw, or None when nothing was moved.
        """
        with self._lock:
            if revision == self.revision:
                before = self.stands
            elif time.monotonic() - self._changed > _ON_ITS_WAY and revision in self._stood:
                before = self._stood[revision]
            else:
                return None
            moved = {name: value for name, value in values.items() if abs(value - before[name]) > _SAME}
            if not moved:
                return None
            self.face, self.dragged = self.face.moving(moved), True
            return self.face

    def drawn(self, face: Face, pixels: NDArray[np.uint8]) -> int:
        """Note a picture `(R, R, 3)` that is sent to the page; returns its number.

        What is measured later is the picture of the face that is shown, so that a late picture of another is not noted.
        """
        with self._lock:
            if face == self.face:
                self.pixels = pixels
            self.frame += 1
            return self.frame

    def keep(self, thumbnail: str) -> KeptFace:
        """Put the shown face into the gallery.

        Raises:
            SettingsError: The gallery is full, or has just this face.
        """
        with self._lock:
            if len(self.kept) >= MOST_KEPT:
                raise SettingsError(f"expected at most {MOST_KEPT} kept faces; export some and remove them first")
            for old in self.kept:
                if old.face == self.face:
                    raise SettingsError(f"this face is kept already, as number {old.number}")
            kept = KeptFace(self._next_number, self.face, thumbnail)
            self.kept.append(kept)
            self._next_number += 1
            return kept

    def choose(self, numbers: Iterable[object]) -> None:
        """Note which kept faces are ticked; what is no kept face is passed over."""
        with self._lock:
            known = {kept.number for kept in self.kept}
            self.chosen = frozenset(n for n in numbers if isinstance(n, int) and n in known)

    def chosen_faces(self) -> list[KeptFace]:
        """The faces that are ticked, or all when none is.

        Raises:
            SettingsError: The gallery is empty.
        """
        with self._lock:
            if not self.kept:
                raise SettingsError("nothing is kept yet; keep a face first")
            return [kept for kept in self.kept if kept.number in self.chosen] or list(self.kept)

    def kept_face(self, number: object) -> Face:
        """A kept face by its number.

        Raises:
            SettingsError: There is none.
        """
        with self._lock:
            for kept in self.kept:
                if kept.number == number:
                    return kept.face
        raise SettingsError("that face is no longer kept")

    def remove(self) -> int:
        """Take the ticked faces out of the gallery; returns how many.

        Raises:
            SettingsError: None is ticked.
        """
        with self._lock:
            if not self.chosen:
                raise SettingsError("tick the faces to remove first")
            count = len(self.chosen)
            self.kept = [kept for kept in self.kept if kept.number not in self.chosen]
            self.chosen = frozenset()
            return count

"""What the page's events do: from a visitor's session and what the page sends to what the page shall show."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from ohlora.errors import OhloraError, SettingsError
from ohlora.generation.seeds import MAX_SEED
from ohlora.studio import markup
from ohlora.studio.engine import NOT_MEASURED, Engine
from ohlora.studio.exports import export_faces, export_sweep
from ohlora.studio.faces import Face, spoken
from ohlora.studio.session import Session
from ohlora.studio.uploads import read_face

DICE = 1_000_000
"""The dice show seeds below this one: short enough to be typed again."""

_LIVE, _UNMOVED = "Your face", "Nothing moved"


class Handlers:
    """The page's events.

    Methods return what Gradio puts on the page: `face` is the revision, the seed, the truncation, all sliders, the picture,
    the picture of the unmoved face, and the status; every list of results ends with the status where there is one.

    Args:
        engine: Draws and measures.
        folder: Where exports are written; a folder that the server hands out files from.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def open(self, session: Session, compare: bool) -> list[Any]:
        """Fill a page that was just opened; the session comes first."""
        return [
            session,
            *self._show(
                session,
                session.face,
                compare,
                f"Seed {session.face.seed}. Drag a slider, or press Dice for somebody else.",
            ),
        ]

    def drag(self, session: Session, revision: float, *values: float) -> Any:
        """Draw the face of sliders that are being dragged; only the picture changes."""
        if revision > session.revision:
            raise gr.Error(
                "The server was restarted and has forgotten this page. Please reload it.", print_exception=False
            )
        face = session.drag(int(revision), dict(zip(session.own, values, strict=True)))
        if face is None:
            return gr.skip()
        return self._picture(session, face)

    def truncate(self, session: Session, truncation: float, compare: bool) -> list[Any]:
        """Draw with another truncation; its own control, which the visitor holds, is left alone."""
        shown = self._show(session, replace(session.face, truncation=float(truncation)), compare)
        shown[2] = gr.skip()
        return shown

    def seed(self, session: Session, seed: float | None, compare: bool) -> list[Any]:
        """Show another person; the field that the visitor types into is left alone."""
        if seed is None:
            raise SettingsError(f"expected a seed from 0 to {MAX_SEED}")
        shown = self._show(session, replace(session.face, seed=int(seed)), compare)
        shown[1] = gr.skip()
        return shown

    def step(self, session: Session, compare: bool, by: int) -> list[Any]:
        """Show the person of a neighbouring seed."""
        seed = (session.face.seed + by) % (MAX_SEED + 1)
        return self._show(session, replace(session.face, seed=seed), compare)

    def dice(self, session: Session, compare: bool) -> list[Any]:
        """Show anybody."""
        return self._show(session, replace(session.face, seed=random.randrange(DICE)), compare)

    def reset(self, session: Session, compare: bool, name: str) -> list[Any]:
        """Let one slider go back to where the face has it."""
        return self._show(
            session, session.face.resetting(name), compare, f"{spoken(name)} is back where this face has it."
        )

    def reset_all(self, session: Session, compare: bool) -> list[Any]:
        """Let all sliders go back."""
        return self._show(session, session.face.unmoved, compare, "All sliders are back where this face has them.")

    def compare(self, session: Session, compare: bool) -> Any:
        """Show or hide the unmoved face."""
        if not compare:
            return gr.update(visible=False)
        return gr.update(visible=True, value=self._unmoved(session, None))

    def restore(self, session: Session, path: str | None, compare: bool) -> list[Any]:
        """Show the face of a PNG that was dropped; the drop area, which comes first, is emptied, also of a refused one."""
        others = 6 + len(session.own)  # what `_show` returns
        if path is None:
            return [gr.skip()] * (1 + others)
        try:
            face = read_face(Path(path), self._engine.generator)
        except OhloraError as error:
            return [None, *[gr.skip()] * (others - 1), markup.problem(error)]
        return [None, *self._show(session, face, compare, f"Restored from {Path(path).name}: {face.describe()}.")]

    def keep(self, session: Session) -> list[Any]:
        """Put the shown face into the gallery."""
        pixels = session.pixels if session.pixels is not None else self._engine.draw(session.face)
        kept = session.keep(markup.thumbnail(pixels))
        return [markup.gallery(session.kept, session.chosen), _news(f"Kept as number {kept.number}.")]

    def choose(self, session: Session, event: gr.EventData) -> Any:
        """Note which kept faces are ticked."""
        session.choose(_told_by(event).get("chosen") or ())
        return _news(f"{len(session.chosen)} of {len(session.kept)} kept faces are ticked.")

    def show_kept(self, session: Session, compare: bool, event: gr.EventData) -> list[Any]:
        """Show a kept face again."""
        face = session.kept_face(_told_by(event).get("number"))
        return self._show(session, face, compare, f"Shown again: {face.describe()}.")

    def remove(self, session: Session) -> list[Any]:
        """Take the ticked faces out of the gallery."""
        count = session.remove()
        return [markup.gallery(session.kept, session.chosen), _news(f"Removed {_faces(count)}.")]

    def export(self, session: Session) -> list[Any]:
        """Make PNGs and an archive of the ticked faces, or of all."""
        faces = session.chosen_faces()
        files = export_faces(self._engine, faces, self._new_folder())
        shown = gr.update(value=[str(file) for file in files], visible=True)
        return [shown, _news(f"{_faces(len(faces)).capitalize()} ready to be downloaded.")]

    def sweep(self, session: Session, name: str, steps: float) -> list[Any]:
        """Make a GIF of one slider."""
        path = export_sweep(self._engine, session.face, name, int(steps), self._new_folder())
        text = f"{spoken(name)} from its lowest to its highest value"
        shown = gr.update(value=str(path), visible=True)
        return [markup.moving_picture(path.read_bytes(), text), shown, _news(f"The GIF of {spoken(name)} is ready.")]

    def measure(self, session: Session) -> list[Any]:
        """Measure the face that the page has been showing for a moment; the readouts, then the status."""
        nothing = [gr.skip()] * (len(session.own) + 1)
        number, face, pixels = session.frame, session.face, session.pixels
        if pixels is None:
            return nothing
        values = self._engine.measure(pixels)
        if number != session.frame:
            return nothing
        # What put the face there has told the status about it, but for a drag.
        news = _news(_told(face, values)) if session.dragged else gr.skip()
        return [*self._readouts(session, values), news]

    def _show(self, session: Session, face: Face, compare: bool, text: str | None = None) -> list[Any]:
        """Everything that depends on the face, in the order that the class tells."""
        own = self._engine.own(face)
        self._engine.generator.check(face.moved)
        session.show(face, own)
        live = self._picture(session, face)
        second = self._unmoved(session, live) if compare else gr.skip()
        news = _news(text or f"{face.describe().capitalize()}.")
        return [session.revision, face.seed, round(face.truncation, 2), *session.stands.values(), live, second, news]

    def _picture(self, session: Session, face: Face) -> str:
        pixels = self._engine.draw(face)
        return markup.picture(face, pixels, session.drawn(face, pixels), _LIVE)

    def _unmoved(self, session: Session, live: str | None) -> str:
        face = session.face.unmoved
        pixels: NDArray[np.uint8] = (
            session.pixels if face == session.face and session.pixels is not None else self._engine.draw(face)
        )
        return markup.picture(face, pixels, time.time_ns() // 1_000_000, _UNMOVED)

    def _readouts(self, session: Session, values: dict[str, float] | None) -> Sequence[str]:
        return [
            markup.readout(
                slider, None if values is None else values[name], session.own[name], name in session.face.moved
            )
            for name, slider in self._engine.sliders.items()
        ]

    def _new_folder(self) -> Path:
        # The name cannot be guessed: who knows the place of a file is who it was made for.
        return self._folder / "exports" / uuid.uuid4().hex


def _told_by(event: gr.EventData) -> dict[str, Any]:
    """What the page sent along with an event, which may be anything."""
    return event._data if isinstance(event._data, dict) else {}


def _news(text: str) -> str:
    return markup.status(text)


def _faces(count: int) -> str:
    return f"{count} face" if count == 1 else f"{count} faces"


def _told(face: Face, values: dict[str, float] | None) -> str:
    """What the status says of a face that was measured."""
    text = face.describe().capitalize()
    if values is None:
        return f"{text}. ({NOT_MEASURED.capitalize()}.)"
    found = [f"{spoken(name)} {values[name]:.2f}" for name in face.moved if values[name] == values[name]]
    return f"{text}. Measured: {', '.join(found)}." if found else f"{text}."

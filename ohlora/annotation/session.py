"""One annotator's session: from answers and undos to the state that the page shows.

The session joins the queue of open questions with the annotator's log. Answers are in the log before the queue moves
on, so that a page that was reloaded, or a server that was started again, asks on from the same face.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import pairwise
from typing import Any

from ohlora.annotation.agreement import Agreement, agreements, read_answers
from ohlora.annotation.answers import Answer, AnswerLog, Key
from ohlora.annotation.queue import QueueSettings, all_questions, open_questions
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import OhloraError

# Faces that the page loads ahead, so that the next one shows at once.
_AHEAD = 3
# Seconds; a longer gap between two answers was a break, and counts as this much.
_PAUSE = 60.0
# Answers over which the pace is averaged: a minute or so of work, recent enough to follow the annotator.
_PACE_OVER = 40


class UnknownQuestionError(OhloraError):
    """An answer to a question that is not in the session."""


class Session:
    """The questions and answers of one annotator; safe to use from several threads.

    Args:
        dataset: The faces.
        annotator: The annotator's name, which is also that of the log.
        settings: Which labels of which faces are asked for.

    Raises:
        DatasetError: When there is nothing to ask about, or the log cannot be used.
    """

    def __init__(self, dataset: FaceDataset, annotator: str, settings: QueueSettings) -> None:
        self.dataset, self.annotator, self.settings = dataset, annotator, settings
        self.labels = {label.name: label for label in settings.labels}
        asked = all_questions(dataset, settings)
        self.faces = list(dict.fromkeys(face for _, face in asked))
        """Images that may be shown; the page names them by their index."""
        self._index = {face: index for index, face in enumerate(self.faces)}
        self._asked = dict.fromkeys(asked)
        self.log = AnswerLog(dataset.labels_folder, annotator)
        self._open = deque(open_questions(asked, self.log.answers, settings.skipped))
        self._times: deque[float] = deque(maxlen=_PACE_OVER)
        self._lock = threading.Lock()
        self.changes = 0

    def answer(self, face: int, label: str, answer: Answer) -> None:
        """Record an answer; it is on the disk when this returns.

        Raises:
            UnknownQuestionError: When that label of that face is not asked for.
            DatasetError: When the answer cannot be written.
        """
        key = self._key(face, label)
        with self._lock:
            self.log.set(key, answer)
            if key in self._open:
                self._open.remove(key)
            self._times.append(time.monotonic())
            self.changes += 1

    def undo(self) -> bool:
        """Take back the last answer to what is asked for, which is then asked for again; False where there is none."""
        with self._lock:
            key = self.log.last(self._asked)
            if key is None:
                return False
            self.log.set(key, None)
            if key not in self._open:
                self._open.appendleft(key)
            if self._times:
                self._times.pop()
            self.changes += 1
            return True

    def state(self) -> dict[str, Any]:
        """The state that the page shows, as JSON values under the keys that `page.js` reads."""
        with self._lock:
            now = self._open[0] if self._open else None
            last = self.log.last(self._asked)
            ahead = dict.fromkeys(self._index[key[1]] for key, _ in zip(self._open, range(3 * _AHEAD), strict=False))
            done = len(self._asked) - len(self._open)
            pace = self._seconds_each()
            return {
                "annotator": self.annotator,
                "folder": self.dataset.folder.resolve().name,
                "now": self._question(now),
                "ahead": list(ahead)[1 : 1 + _AHEAD],
                "done": done,
                "total": len(self._asked),
                "skipped": sum(self.log.answers.get(key) == "skip" for key in self._asked),
                "per_minute": 60.0 / pace if pace else None,
                "seconds_left": pace * len(self._open) if pace else None,
                "last": self._given(last),
            }

    def agreement(self) -> list[Agreement]:
        """This annotator's agreement with every other."""
        found = agreements(read_answers(self.dataset.labels_folder))
        return [one for one in found if self.annotator in (one.first, one.second) and one.label in self.labels]

    def lines(self) -> list[str]:
        """Summarise for people what was answered and where annotators differ."""
        state = self.state()
        skipped = f", of which {state['skipped']} skipped" if state["skipped"] else ""
        lines = [f"{self.annotator} has answered {state['done']} of {state['total']} questions{skipped}"]
        lines += [one.line() for one in self.agreement()]
        return [*lines, f"answers in {self.log.path}, and in {self.dataset.folder / 'metadata.csv'}"]

    def close(self) -> None:
        """Ends the session; an answer that comes later is refused."""
        with self._lock:
            self.log.close()

    def _key(self, face: int, label: str) -> Key:
        if 0 <= face < len(self.faces) and (label, self.faces[face]) in self._asked:
            return label, self.faces[face]
        raise UnknownQuestionError(f"the label {label!r} of face {face} is not asked for; load the page again")

    def _question(self, key: Key | None) -> dict[str, Any] | None:
        if key is None:
            return None
        label = self.labels[key[0]]
        return {
            "face": self._index[key[1]],
            "name": key[1],
            "label": label.name,
            "zero": label.zero,
            "one": label.one,
        }

    def _given(self, key: Key | None) -> dict[str, str] | None:
        if key is None:
            return None
        label, answer = self.labels[key[0]], self.log.answers[key]
        word = "skipped" if answer == "skip" else (label.one if answer else label.zero)
        return {"name": key[1], "label": label.name, "answer": word}

    def _seconds_each(self) -> float | None:
        """Mean seconds per recent answer; None before the third."""
        times = list(self._times)
        gaps = [min(after - before, _PAUSE) for before, after in pairwise(times)]
        return max(sum(gaps) / len(gaps), 0.01) if len(gaps) >= 2 else None

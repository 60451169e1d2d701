"""The server, killed for real: no answer that was confirmed is lost."""

import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from ohlora.datasets.face_folder import FaceDataset
from tests.ohlora.annotation.processes import Annotate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX signals")


def test_kill_9_loses_no_answer(faces: Path, answers: Callable[..., Any]) -> None:
    server, confirmed = Annotate(faces), 0
    state = {"now": {"face": 0}}
    killer = threading.Timer(0.08, server.kill)
    try:
        for number in range(10_000):
            # Answers and their undoing, so that twelve faces last until the kill comes.
            content = {"face": state["now"]["face"], "label": "gender", "answer": 1}
            state = server.post("api/undo", {}) if number % 2 else server.post("api/answer", content)
            confirmed += 1
            if confirmed == 5:
                killer.start()
    except (OSError, HTTPException):
        pass  # the kill came between two answers, or in the middle of one
    killer.join()
    server.kill()
    assert confirmed >= 5
    # The one that was under way may be there as well.
    assert confirmed <= len(answers()) <= confirmed + 1

    half_done = len(answers()) % 2  # the last line is an answer and not its undoing
    server = Annotate(faces)
    try:
        assert server.post("api/answer", {"face": 11, "label": "gender", "answer": 0})["done"] == 1 + half_done
    finally:
        server.kill()


def test_a_restart_finds_all_answers_and_puts_them_into_the_table(faces: Path) -> None:
    server = Annotate(faces)
    for number in range(7):
        server.post("api/answer", {"face": number, "label": "gender", "answer": number % 2})
    server.kill()
    assert "label_gender" not in FaceDataset(faces).columns  # the table was not written yet; the log was
    server = Annotate(faces)
    table = FaceDataset(faces)
    assert table.text("label_gender") == ["0", "1", "0", "1", "0", "1", "0"]
    assert server.post("api/answer", {"face": 7, "label": "gender", "answer": 1})["done"] == 8
    started = time.monotonic()
    told = server.stop()
    assert time.monotonic() - started < 20
    assert "me has answered 8 of 12 questions" in told and "Traceback" not in told
    assert server.process.returncode == 0
    assert FaceDataset(faces).text("label_gender")[-1] == "1"

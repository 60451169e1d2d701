"""A few faces, and pages on them."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ohlora.annotation.access import Access
from ohlora.annotation.queue import QueueSettings
from ohlora.annotation.server import AnnotationServer
from ohlora.annotation.session import Session
from ohlora.datasets.face_folder import FaceDataset
from ohlora.labelling.label_columns import LabelName

GENDER, QUALITY = LabelName.parse("gender"), LabelName.parse("quality")


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Twelve images without a table."""
    folder = tmp_path / "faces"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        color = tuple(int(value) for value in rng.integers(0, 255, 3))
        Image.new("RGB", (64, 64), color).save(folder / f"{number:02d}.png")
    return folder


@pytest.fixture
def answers(faces: Path) -> Callable[[str], list[tuple[str, str, object]]]:
    """Reads an annotator's log as it lies on the disk: label, face and answer of every line."""

    def read(annotator: str = "me") -> list[tuple[str, str, object]]:
        text = (faces.parent / "faces.labels" / "answers" / f"{annotator}.jsonl").read_text()
        return [(line["label"], line["face"], line["answer"]) for line in map(json.loads, text.splitlines())]

    return read


class Page:
    """A server in a thread, and requests to it."""

    def __init__(self, server: AnnotationServer) -> None:
        self.server = server
        self.port = server.server_address[1]

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content of one request; a body that is no text is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if body is not None and not isinstance(body, str | bytes):
            body = json.dumps(body)
        typed = {"Content-Type": "application/json"} if method == "POST" else {}
        connection.request(method, path, body, {**typed, **(headers or {})})
        response = connection.getresponse()
        found = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return found

    def state(self) -> dict[str, Any]:
        status, _, content = self.request("GET", "/api/state")
        assert status == 200
        state: dict[str, Any] = json.loads(content)
        return state


@pytest.fixture
def open_page(faces: Path) -> Iterator[Callable[..., Page]]:
    """Opens pages on the faces, and closes them afterwards."""
    opened: list[tuple[AnnotationServer, threading.Thread]] = []

    def open_one(access: Access | None = None, annotator: str = "me", **settings: Any) -> Page:
        session = Session(FaceDataset(faces), annotator, QueueSettings(**{"labels": (GENDER,), **settings}))
        server = AnnotationServer(session, access or Access(port=0))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        opened.append((server, thread))
        return Page(server)

    yield open_one
    for server, thread in opened:
        server.shutdown()
        server.server_close()
        thread.join(10)
        server.session.close()

"""A server on this machine that answers as the Hub does, and a models' home of its own for every test."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Files by request path; `cut_first` ends the first GET after so many bytes; `ranges` keeps what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut_first: int | None = None
    ranges: list[str | None] = field(default_factory=list)
    address: str = ""

    def add(self, repository: str, path: str, content: bytes) -> None:
        self.files[f"/{repository}/resolve/main/{path}"] = content

    def take_cut(self) -> int | None:
        cut, self.cut_first = self.cut_first, None
        return cut


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            hub.ranges.append(self.headers.get("Range"))
            self.answer(with_body=True)

        def answer(self, with_body: bool) -> None:
            content = hub.files.get(self.path)
            if content is None:
                known = any(path.startswith(self.path.split("/resolve/")[0] + "/") for path in hub.files)
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound" if known else "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            asked = self.headers.get("Range")
            start = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", str(len(content) - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            if with_body:
                cut = hub.take_cut()
                self.wfile.write(content[start : None if cut is None else start + cut])
                self.close_connection = cut is not None

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(hub))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models' home, empty; the Hub's cache of the person who runs the tests is out of sight."""
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ohlora.hub.storage.try_to_load_from_cache", lambda repository, path: None)
    return tmp_path / "home"

"""The server against what a page would never send."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from ohlora.studio.engine import Engine
from ohlora.studio.gate import POLICY
from ohlora.studio.serve import Server, ServeSettings, serving_engine

API = "/gradio_api"


class Client:
    """Sends paths as they are written: what other clients tidy up is what is tested."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = f"{parts.hostname}:{parts.port}"
        self.cookie = ""

    def __call__(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            if self.cookie:
                connection.putheader("Cookie", self.cookie)
            if body is not None and "Transfer_Encoding" not in headers:
                connection.putheader("Content-Length", headers.pop("Content_Length", str(len(body))))
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            if body is not None:
                connection.send(body)
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def post(self, path: str, content: object) -> tuple[int, bytes, dict[str, str]]:
        return self(path, "POST", json.dumps(content).encode(), Content_Type="application/json")

    def upload(self, name: str, data: bytes) -> tuple[int, bytes, dict[str, str]]:
        head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        kind = "multipart/form-data; boundary=x"
        return self(f"{API}/upload", "POST", head + data + b"\r\n--x--\r\n", Content_Type=kind)


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """Whatever a test does, the page is there afterwards."""
    client = Client(server.url)
    yield client
    status, body, _ = client("/")
    assert status == 200 and b"ohlora studio" in body


def function(client: Client, name: str) -> int:
    """The number of the page's event that calls a method of the handlers."""
    config = json.loads(client("/config")[1])
    return next(entry["id"] for entry in config["dependencies"] if entry["api_name"] == name)


def test_the_page_asks_for_nothing_from_elsewhere(client: Client) -> None:
    status, _, headers = client("/")
    assert status == 200
    assert headers["content-security-policy"] == POLICY and "default-src 'self'" in POLICY
    assert "http" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"


TRICKS = [
    "/etc/passwd",
    "//etc/passwd",
    "/etc//passwd",
    "../../../../../../etc/passwd",
    "/proc/self/environ",
    "/proc/self/cwd/pyproject.toml",
    "pyproject.toml",
    "./pyproject.toml",
    str(Path(__file__)),
    "{folder}/../../etc/passwd",
    "{folder}/../../../../../../etc/passwd",
    "{folder}/exports/../../../etc/passwd",
    "{folder}",
    "{folder}/",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "https://example.org/",
    "\\..\\..\\etc\\passwd",
    "/etc/passwd\x00.png",
    "~/.bashrc",
]


@pytest.mark.parametrize(
    "route", [f"{API}/file=", f"{API}/file/", "/file=", f"{API}/proxy=", "/static/", "/assets/", "/svelte/"]
)
def test_no_file_from_elsewhere_is_handed_out(client: Client, server: Server, route: str) -> None:
    for trick in TRICKS:
        plain = trick.format(folder=server.folder)
        once = quote(plain, safe="").replace(".", "%2e")
        for name in (quote(plain, safe="/:.~"), once, quote(once, safe="")):
            status, body, _ = client(route + name)
            assert status in (400, 403, 404), name
            assert b"root:" not in body and b"[project]" not in body and b"import" not in body, name


def test_a_link_out_of_the_folder_leads_nowhere(client: Client, server: Server) -> None:
    link = server.folder / "link.png"
    link.symlink_to("/etc/passwd")
    assert client(f"{API}/file={link}")[0] == 404
    link.unlink()


def test_what_was_uploaded_is_handed_out(client: Client) -> None:
    status, body, _ = client.upload("face.png", b"something")
    assert status == 200
    (path,) = json.loads(body)
    status, body, headers = client(f"{API}/file={path}")
    assert (status, body) == (200, b"something")
    assert "script" not in headers["content-type"] and "html" not in headers["content-type"]


@pytest.mark.parametrize("name", ["../../../tmp/out.png", "/tmp/out.png", "..%2f..%2fout.png", "a" * 5000, "\x01.png"])
def test_an_upload_stays_in_the_folder(client: Client, server: Server, name: str) -> None:
    status, body, _ = client.upload(name, b"something")
    if status == 200:
        (path,) = json.loads(body)
        assert Path(path).resolve().is_relative_to(server.folder)
    else:
        assert 400 <= status < 500


def test_an_upload_has_a_largest_size(client: Client) -> None:
    assert client.upload("large.png", bytes(8 * 2**20 + 1))[0] == 413
    assert client(f"{API}/upload", "POST", b"", Content_Length=str(10**12))[0] == 413
    assert client(f"{API}/upload", "POST", b"0\r\n\r\n", Transfer_Encoding="chunked")[0] == 411


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/proxy=https://example.org/", f"{API}/component_server", f"{API}/vibe-edit", f"{API}/vibe-code", "/monitoring",
        f"{API}/process_recording", f"{API}/run-history/records", f"{API}/runs", "/docs", "/openapi.json", "/nothing",
        f"{API}/openapi.json", f"{API}/call/drag", f"{API}/stream/x", "/gradio_api/mcp/sse", "/gradio_api/deep_link",
    ],
)  # fmt: skip
def test_what_the_page_does_not_use_is_closed(client: Client, path: str) -> None:
    assert client(path)[0] == 404
    assert client.post(path, {})[0] == 404


@pytest.mark.parametrize("host", ["example.org", "evil.localhost:7860", "127.0.0.1.example.org", ""])
def test_a_foreign_name_gets_nothing(client: Client, host: str) -> None:
    assert client("/", Host=host)[0] in (400, 421)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"data": 1}', b'{"data": [], "fn_index": 999}', b"\xff" * 99]
)
def test_broken_requests_are_refused(client: Client, body: bytes) -> None:
    for path in (f"{API}/run/predict", f"{API}/queue/join"):
        assert 400 <= client(path, "POST", body, Content_Type="application/json")[0] <= 500


@pytest.mark.parametrize(
    "data",
    [
        [], [None], [None] * 4, [None, 0, "mouth", {}], [None, 0, 99, 0], [None, 0, None, None], [None, "x" * 10_000, 0.5, 0.5],
        [None, 0, 1e308, -1e308],
    ],
)  # fmt: skip
def test_sliders_that_are_none_are_refused(client: Client, data: list[Any]) -> None:
    body = {"data": data, "fn_index": function(client, "drag"), "session_hash": "broken"}
    status, answer, _ = client.post(f"{API}/run/predict", body)
    assert status in (422, 500)
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "file",
    [
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        {"path": "http://127.0.0.1:1/x.png", "meta": {"_type": "gradio.FileData"}},
        {"path": "x", "url": "http://127.0.0.1:1/x.png", "meta": {"_type": "gradio.FileData"}},
        {"path": "../../../etc/passwd", "meta": {"_type": "gradio.FileData"}},
        "/etc/passwd",
    ],
)
def test_a_file_that_was_not_uploaded_is_not_read(client: Client, file: object) -> None:
    body = {"data": [None, file, True], "fn_index": function(client, "restore"), "session_hash": "thief"}
    status, answer, _ = client.post(f"{API}/run/predict", body)
    assert status in (422, 500)
    assert b"root:" not in answer


def test_a_broken_picture_gets_a_clear_message(client: Client) -> None:
    (path,) = json.loads(client.upload("face.png", b"\x89PNG\r\n\x1a\nbroken")[1])
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = {"data": [None, file, True], "fn_index": function(client, "restore"), "session_hash": "unlucky"}
    status, answer, _ = client.post(f"{API}/run/predict", body)
    assert status == 200
    assert b"face.png is no PNG, or damaged" in answer and b"studio-problem" in answer


def test_a_password_closes_everything(engine: Engine) -> None:
    pytest.importorskip("gradio", reason="gradio is not installed; pip install 'ohlora[studio]'")
    with serving_engine(engine, ServeSettings(auth="me:secret")) as server:
        client = Client(server.url)
        assert b'"auth_required":true' in client("/")[1]
        assert client("/config")[0] == 401
        assert client.upload("face.png", b"something")[0] == 401
        assert client.post(f"{API}/run/predict", {"data": [], "fn_index": 0})[0] == 401
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert client("/login", "POST", b"username=me&password=wrong", **form)[0] == 400
        status, _, headers = client("/login", "POST", b"username=me&password=secret", **form)
        assert status == 200
        client.cookie = headers["set-cookie"].split(";")[0]
        # A browser sends both of Gradio's cookies; the one for plain HTTP comes last.
        assert client("/")[0] == 200

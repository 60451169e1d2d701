"""The page's requests, good and bad, over real connections."""

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ohlora.annotation.access import Access
from ohlora.annotation.requests import LARGEST_BODY
from ohlora.annotation.server import TableKeeper
from ohlora.datasets.face_folder import FaceDataset
from ohlora.errors import SettingsError

OpenPage = Callable[..., Any]


def test_a_page_is_labelled_by_requests(open_page: OpenPage, answers: Callable[..., Any]) -> None:
    page = open_page()
    state = page.state()
    assert state["now"] == {"face": 0, "name": "00.png", "label": "gender", "zero": "man", "one": "woman"}
    for number, answer in enumerate((1, 0, "skip")):
        status, _, content = page.request("POST", "/api/answer", {"face": number, "label": "gender", "answer": answer})
        assert status == 200 and json.loads(content)["done"] == number + 1
        assert answers()[-1] == ("gender", f"{number:02d}.png", answer)  # on the disk before the response
    status, _, content = page.request("POST", "/api/undo", {})
    assert status == 200 and json.loads(content)["now"]["name"] == "02.png"
    assert answers()[-1] == ("gender", "02.png", None)


def test_the_page_its_parts_and_the_faces(open_page: OpenPage, faces: Path) -> None:
    page = open_page()
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")):
        status, headers, content = page.request("GET", path)
        assert status == 200 and headers["Content-Type"].startswith(kind) and content
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    status, headers, content = page.request("GET", "/faces/3")
    assert (status, headers["Content-Type"], content) == (200, "image/png", (faces / "03.png").read_bytes())
    status, headers, content = page.request("HEAD", "/faces/3")
    assert status == 200 and content == b"" and int(headers["Content-Length"]) > 0


def test_nothing_on_the_page_comes_from_elsewhere(open_page: OpenPage) -> None:
    page = open_page()
    for path in ("/", "/page.css", "/page.js"):
        assert b"://" not in page.request("GET", path)[2]


@pytest.mark.parametrize(
    "path",
    [
        "/faces/12",
        "/faces/-1",
        "/faces/00",
        "/faces/1/../../secret.png",
        "/faces/../metadata.csv",
        "/faces/%2e%2e/metadata.csv",
        "/faces/..%2f..%2fsecret.png",
        "/faces/00.png",
        "/faces//etc/passwd",
        "/../../../etc/passwd",
        "/page.html/../../server.py",
        "/metadata.csv",
        "//etc/passwd",
        "/faces/1%00.png",
        "/faces/９",
        "/api/answer",
        "file:///etc/passwd",
        "http://example.org/",
        "/" + "a/" * 3000,
    ],
)
def test_paths_lead_nowhere_else(open_page: OpenPage, path: str) -> None:
    page = open_page()
    status, _, content = raw(page.port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert status == 404 and "error" in json.loads(content)
    page.state()


def test_rows_and_links_that_lead_out_are_not_sent(open_page: OpenPage, faces: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (faces / "link.png").symlink_to(tmp_path / "secret.txt")
    Image.new("RGB", (4, 4)).save(tmp_path / "private.png")
    names = ["../private.png", str(tmp_path / "private.png"), "link.png", "metadata.csv"]
    # A picture that somebody took away is not asked about.
    (faces / "metadata.csv").write_text("\n".join(["file_name", "gone.png", *names]) + "\n")
    page = open_page()
    for number, name in enumerate(names):
        status, _, content = page.request("GET", f"/faces/{number}")
        assert status == 422 and b"secret" not in content.replace(b"secret.txt", b""), name
    assert page.request("GET", "/faces/4")[0] == 200


def test_other_formats_are_converted(open_page: OpenPage, faces: Path) -> None:
    Image.new("RGB", (30, 20), "red").save(faces / "99.tif")
    Image.new("RGB", (30, 20), "red").save(faces / "98.jpg")
    page = open_page()
    assert page.request("GET", "/faces/12")[1]["Content-Type"] == "image/jpeg"
    status, headers, content = page.request("GET", "/faces/13")
    assert status == 200 and headers["Content-Type"] == "image/png" and content.startswith(b"\x89PNG")


def raw(port: int, request: bytes, wait: float = 20.0) -> tuple[int, str, bytes]:
    """Status, head and body of what comes back for bytes sent as they are."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), body


GOOD = {"face": 0, "label": "gender", "answer": 1}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 411),
        ("not json", 400),
        ("[]", 400),
        ("[" * 4000, 400),
        ("\xff\xfe", 400),
        ({}, 400),
        ({**GOOD, "answer": 2}, 400),
        ({**GOOD, "answer": True}, 400),
        ({**GOOD, "answer": None}, 400),
        ({**GOOD, "answer": 1.0}, 400),
        ({**GOOD, "face": "0"}, 400),
        ({**GOOD, "face": True}, 400),
        ({**GOOD, "label": ["gender"]}, 400),
        ({**GOOD, "face": 99}, 409),
        ({**GOOD, "label": "quality"}, 409),
        ("x" * (LARGEST_BODY + 1), 413),
    ],
)
def test_bad_answers_are_refused_and_nothing_is_kept(
    open_page: OpenPage, answers: Callable[..., Any], body: Any, status: int
) -> None:
    page = open_page()
    body = body.encode("latin-1") if isinstance(body, str) else body
    headers = {"Content-Length": ""} if body == b"" else {}
    found, _, content = page.request("POST", "/api/answer", body, headers)
    assert found == status and json.loads(content)["error"]
    assert answers() == []
    assert page.request("POST", "/api/answer", GOOD)[0] == 200
    assert len(answers()) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": "-5"}, 400),
        ({"Content-Length": "9" * 30}, 413),
    ],
)
def test_other_pages_cannot_answer(
    open_page: OpenPage, answers: Callable[..., Any], headers: dict[str, str], status: int
) -> None:
    page = open_page()
    found, _, content = page.request("POST", "/api/answer", json.dumps(GOOD), headers)
    assert found == status and json.loads(content)["error"]
    assert answers() == []
    origin = {"Origin": f"http://127.0.0.1:{page.port}", "Sec-Fetch-Site": "same-origin"}
    assert page.request("POST", "/api/answer", GOOD, origin)[0] == 200


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
        (b"DELETE /faces/1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (b"OPTIONS /api/answer HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 403),
        (b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (
            b"POST /api/undo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
            400,
        ),
    ],
)
def test_broken_requests_are_answered_and_the_server_goes_on(
    open_page: OpenPage, request_bytes: bytes, status: int
) -> None:
    page = open_page()
    found, head, body = raw(page.port, request_bytes)
    assert found == status and "connection: close" in head.lower()
    assert json.loads(body)["error"]
    assert page.state()["done"] == 0


def test_silent_connections_do_not_keep_others_out(open_page: OpenPage) -> None:
    page = open_page()
    silent = [socket.create_connection(("127.0.0.1", page.port)) for _ in range(20)]
    assert page.state()["total"] == 12
    for connection in silent:
        connection.close()
    with ThreadPoolExecutor(8) as pool:
        assert {status for status, _, _ in pool.map(lambda n: page.request("GET", f"/faces/{n % 12}"), range(40))} == {
            200
        }


def test_answers_at_once_are_all_kept(open_page: OpenPage, answers: Callable[..., Any]) -> None:
    page = open_page()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: page.request("POST", "/api/answer", {**GOOD, "face": n}), range(12)))
    assert sorted(face for _, face, _ in answers()) == [f"{n:02d}.png" for n in range(12)]
    assert page.state()["now"] is None


def test_a_password_is_asked_for(open_page: OpenPage) -> None:
    page = open_page(Access(port=0, auth="anna:secret"))
    for path in ("/", "/api/state", "/faces/0"):
        status, headers, _ = page.request("GET", path)
        assert status == 401 and headers["WWW-Authenticate"].startswith("Basic")
    assert page.request("POST", "/api/answer", GOOD, {"Authorization": "Basic YW5uYTp3cm9uZw=="})[0] == 401
    assert page.request("POST", "/api/answer", GOOD, {"Authorization": "Basic YW5uYTpzZWNyZXQ="})[0] == 200


def test_a_port_that_is_taken(open_page: OpenPage) -> None:
    page = open_page()
    with pytest.raises(SettingsError, match="choose another --port"):
        open_page(Access(port=page.port), annotator="other")


def test_answers_reach_the_table(open_page: OpenPage, faces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohlora.annotation.server._QUIET_SECONDS", 0.05)
    page = open_page()
    keeper = TableKeeper(page.server.session)
    keeper.start()
    page.request("POST", "/api/answer", GOOD)
    waiting = threading.Event()
    for _ in range(200):
        if "label_gender" in FaceDataset(faces).columns:
            break
        waiting.wait(0.05)
    assert FaceDataset(faces).rows["00.png"]["label_gender"] == "1"
    page.request("POST", "/api/answer", {**GOOD, "face": 1})
    keeper.close()
    assert FaceDataset(faces).text("label_gender") == ["1", "1"]

"""The page's requests: from HTTP on one connection to the session, each request checked before anything is done.

    GET  /  /page.css  /page.js    the page
    GET  /api/state                what is asked, what was answered, and where annotators differ
    GET  /faces/NUMBER             an image, by its number in the session
    POST /api/answer  /api/undo    an answer, or the last one taken back; both return the new state

Anything else is refused with a short JSON object that holds the reason.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib import resources
from typing import Any

from ohlora.annotation.access import Access, is_same_origin
from ohlora.annotation.answers import ANSWERS
from ohlora.annotation.faces import PictureFileError, read_face
from ohlora.annotation.session import Session, UnknownQuestionError
from ohlora.errors import OhloraError
from ohlora.version import __version__

# Bytes; an answer takes about a hundred.
LARGEST_BODY = 4096
# Seconds without a word after which a connection is closed.
_SECONDS = 30.0
_FACE = re.compile(r"/faces/(0|[1-9][0-9]{0,8})")
_FILES = {"/": ("page.html", "text/html"), "/page.css": ("page.css", "text/css")}
_FILES["/page.js"] = ("page.js", "text/javascript")
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class RefusedError(Exception):
    """A request that is refused; the browser gets a short JSON object with the reason."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Connection(BaseHTTPRequestHandler):
    """Answers a browser's requests on one connection.

    Args:
        session: What is asked and answered.
        access: Where the page is served, and to whom.
        arguments: What a server gives its handlers: the connection, the browser's address, the server.
    """

    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    disable_nagle_algorithm = True  # an answer is two small packets; the second is not to wait for the first's receipt
    server_version = f"ohlora/{__version__}"
    sys_version = ""

    def __init__(self, session: Session, access: Access, *arguments: Any) -> None:
        # Set first: the base class answers the connection's requests before its constructor returns.
        self._session, self._access = session, access
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Sends the page, its state, or a face."""
        self._handle(self._get)

    def do_HEAD(self) -> None:
        """Sends the same headers without the content."""
        self._handle(self._get)

    def do_POST(self) -> None:
        """Takes an answer, or takes one back."""
        self._handle(self._post)

    def _handle(self, respond: Callable[[], None]) -> None:
        self._responded = False
        try:
            self._check()
            respond()
        except RefusedError as refused:
            self.send_error(refused.status, explain=refused.reason)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except OhloraError as error:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=" ".join(str(error).split()))
        except Exception:
            self.close_connection = True
            if not self._responded:
                self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain="something went wrong here; see the terminal")
            raise

    def _check(self) -> None:
        if not self._access.is_for_us(self.headers.get("Host")):
            raise RefusedError(HTTPStatus.FORBIDDEN, "open this page by the address that the command showed")
        if not self._access.admits(self.headers.get("Authorization")):
            time.sleep(0.5)  # slows down who tries passwords
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "user and password, please")
        if self.command != "POST" and (self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding")):
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"expected no content with {self.command}")

    def _get(self) -> None:
        path = self.path.partition("?")[0]
        if path in _FILES:
            name, kind = _FILES[path]
            content = resources.files("ohlora.annotation").joinpath(name).read_bytes()
            return self._send(HTTPStatus.OK, content, f"{kind}; charset=utf-8")
        if path == "/api/state":
            return self._send_state(agreement=True)
        if path == "/favicon.ico":
            return self._send(HTTPStatus.NO_CONTENT, b"", "image/x-icon")
        match = _FACE.fullmatch(path)
        faces = self._session.faces
        # Faces have numbers here and no names: there is no path that could lead elsewhere.
        if match is None or int(match[1]) >= len(faces):
            raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here")
        try:
            content, kind = read_face(self._session.dataset, faces[int(match[1])])
        except PictureFileError as error:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        return self._send(HTTPStatus.OK, content, kind)

    def _post(self) -> None:
        if not is_same_origin(*(self.headers.get(name) for name in ("Host", "Origin", "Sec-Fetch-Site"))):
            raise RefusedError(HTTPStatus.FORBIDDEN, "answers are only taken from this server's own page")
        # A form of another page cannot have this type, and a script of one would have to ask first, in vain.
        if self.headers.get_content_type() != "application/json":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected application/json")
        content = self._read_json()
        if self.path == "/api/answer":
            face, label, answer = _checked_answer(content)
            try:
                self._session.answer(face, label, answer)
            except UnknownQuestionError as error:
                raise RefusedError(HTTPStatus.CONFLICT, str(error)) from error
        elif self.path == "/api/undo":
            self._session.undo()
        else:
            raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here")
        self._send_state()

    def _read_json(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not length:
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "expected a Content-Length")
        if not (length.isascii() and length.isdigit()):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "expected a number as Content-Length")
        if len(length) > 9 or int(length) > LARGEST_BODY:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"expected at most {LARGEST_BODY} bytes")
        try:
            content = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "expected JSON") from error
        if not isinstance(content, dict):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "expected a JSON object")
        return content

    def _send_state(self, agreement: bool = False) -> None:
        state = self._session.state()
        if agreement or state["now"] is None:
            state["agreement"] = [one.line() for one in self._session.agreement()]
        self._send(HTTPStatus.OK, json.dumps(state).encode("utf-8"), "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self._responded = True
        if self.request_version == "HTTP/0.9":  # also what an unreadable request counts as: give it a proper answer
            self.request_version = "HTTP/1.0"
        self.send_response(status)
        for name, value in {**_HEADERS, **(headers or {})}.items():
            self.send_header(name, value)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Sends a refusal as JSON; also those that the base class finds in a request that it cannot read."""
        status = HTTPStatus(code)
        if status == HTTPStatus.NOT_IMPLEMENTED:  # an unknown method, for the base class
            status = HTTPStatus.METHOD_NOT_ALLOWED
        # What else the request holds has not been read, and must not be taken for the next one.
        headers = {"Connection": "close"}
        self.close_connection = True
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Basic realm="ohlora", charset="UTF-8"'
        content = json.dumps({"error": explain or message or status.phrase}).encode("utf-8")
        self._send(status, content, "application/json", headers)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leaves the terminal to what matters."""

    def log_message(self, format: str, *args: Any) -> None:
        """Likewise; the server reports this program's own errors."""


def _checked_answer(content: dict[str, Any]) -> tuple[int, str, Any]:
    face, label, answer = (content.get(name) for name in ("face", "label", "answer"))
    if not isinstance(face, int) or isinstance(face, bool) or not isinstance(label, str):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "expected a face's number and a label's name")
    if isinstance(answer, bool) or not isinstance(answer, int | str) or answer not in ANSWERS:
        raise RefusedError(HTTPStatus.BAD_REQUEST, 'expected the answer 0, 1 or "skip"')
    return face, label, answer

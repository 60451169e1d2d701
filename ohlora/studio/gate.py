"""What the server answers at all.

Gradio serves far more than this page needs. The gate lets through the routes that the page uses and nothing else, so that what
a later release of Gradio adds is closed until somebody opens it here; hands out files from the studio's own folder only; and
tells browsers to load nothing from elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/gradio_api"
FILES = (f"{API}/file=", f"{API}/file/")

OPEN = re.compile(
    r"/|/(login|logout)/?|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt|/(assets|static|svelte)/[^\\]+"
    rf"|{API}/(run/predict|queue/join|queue/data|heartbeat/\w+|upload|upload_progress|cancel|reset|startup-events|app_id"
    r"|user|login_check|token|theme\.css|info)/?"
)
"""Paths that the page uses, besides `FILES`."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Gradio compiles its templates in the browser, hence the two `unsafe`s; what it may load stays on this server."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Gate:
    """Stands before Gradio's application.

    Args:
        app: The application.
        folder: The only folder whose files are handed out.
        largest_body: Bytes of a request.
        local: Whether the server listens on this machine alone. It then answers to this machine's own names only, so that a
            foreign page whose name somebody points at this machine gets nothing.
    """

    def __init__(self, app: ASGIApp, folder: Path, largest_body: int, local: bool) -> None:
        self._app, self._folder, self._largest_body, self._local = app, folder.resolve(), largest_body, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = self._refusal(scope)
            await (refusal or self._app)(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self._local and _host(headers.get("host", "")) not in _LOCAL_NAMES:
            return PlainTextResponse("this server answers to localhost only", 421)
        if not self._is_open(scope["path"]):
            return PlainTextResponse("not found", 404)
        if scope["method"] in ("POST", "PUT", "PATCH"):
            length = headers.get("content-length", "")
            if not length.isdecimal():
                return PlainTextResponse("expected a Content-Length", 411)
            if int(length) > self._largest_body:
                return PlainTextResponse(f"expected at most {self._largest_body} bytes", 413)
        return None

    def _is_open(self, path: str) -> bool:
        for prefix in FILES:
            if path.startswith(prefix):
                return self._is_own_file(path.removeprefix(prefix))
        return OPEN.fullmatch(path) is not None and ".." not in path

    def _is_own_file(self, name: str) -> bool:
        try:
            place = Path(name).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return False
        return place.is_file() and place.is_relative_to(self._folder)


def _host(value: str) -> str:
    """The name in a Host header, without the port."""
    return value.rsplit(":", 1)[0].lower() if re.search(r":\d+$", value) else value.lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sending

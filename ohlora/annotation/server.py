"""The server of the labelling page: a thread per connection, and one that keeps the dataset's table up to date."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import webbrowser
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any

from ohlora.annotation.access import Access
from ohlora.annotation.requests import Connection
from ohlora.annotation.session import Session
from ohlora.annotation.table import merge_if_free
from ohlora.errors import OhloraError, SettingsError

_CONNECTIONS = 64
_QUIET_SECONDS = 3.0
_LONGEST_WAIT = 20.0


class AnnotationServer(ThreadingHTTPServer):
    """Serves one annotator's session.

    Args:
        session: What is asked and answered.
        access: Where, and to whom.

    Raises:
        SettingsError: When the address or the port cannot be had.
    """

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, session: Session, access: Access) -> None:
        self.session, self.access = session, access
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in access.host else socket.AF_INET
        try:
            super().__init__((access.host, access.port), partial(Connection, session, access))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingsError(
                f"cannot listen on {access.host} port {access.port}: {reason}; choose another --port, or 0 for a free one"
            ) from error

    @property
    def url(self) -> str:
        """What to open in the browser."""
        host, port = self.server_address[:2]
        name = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(str(host), str(host))
        return f"http://{f'[{name}]' if ':' in name else name}:{port}/"

    def server_bind(self) -> None:
        """Binds without asking a name server for this machine's name, which can take long and is not needed."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection in its thread, or closes it where there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serves a connection and gives its place free."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error; anything else is told in one line, and the server goes on."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"while serving a browser: {type(error).__name__}: {error}", flush=True)


class TableKeeper(threading.Thread):
    """Puts answers into the dataset's table when the annotator pauses; the log is what they are safe in.

    Args:
        session: Whose changes are followed.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(daemon=True, name="table")
        self._session, self._stop_asked, self._merged = session, threading.Event(), 0

    def run(self) -> None:
        """Looks every few seconds, until `close`."""
        seen, waited = 0, 0.0
        while not self._stop_asked.wait(_QUIET_SECONDS):
            changes = self._session.changes
            waited = waited + _QUIET_SECONDS if changes != self._merged else 0.0
            if changes != self._merged and (changes == seen or waited >= _LONGEST_WAIT):
                self.merge()
                waited = 0.0
            seen = changes

    def merge(self) -> None:
        """Puts what is new into the table; what goes wrong is told and tried again later."""
        changes = self._session.changes
        try:
            merge_if_free(self._session.dataset.folder)
            self._merged = changes
        except (OhloraError, OSError) as error:
            print(f"the table could not be written: {error}", flush=True)

    def close(self) -> None:
        """Ends the thread, after a last merge."""
        self._stop_asked.set()
        self.join(timeout=60)
        self.merge()


def serve(server: AnnotationServer) -> None:
    """Serve until Ctrl-C or a request to terminate, and leave the table up to date."""
    keeper = TableKeeper(server.session)
    keeper.start()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        keeper.close()
        server.session.close()


def open_page(url: str) -> None:
    """Opens the page in the user's browser, where there is a desktop to show it on."""
    # Without one, `webbrowser` may start a browser inside the terminal, which would take it over.
    if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)

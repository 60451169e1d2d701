"""The annotation server: a thread per connection, and one that merges answers into the dataset's table.

The table is rewritten as a whole, which for large datasets takes longer than an answer may wait. It therefore follows
the logs in pauses of the annotator, and once more at the end.
"""

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

# A browser opens six at most; the rest is for a few devices, and the bound keeps a flood from taking all threads.
_CONNECTIONS = 64
# Seconds without an answer that count as a pause.
_QUIET_SECONDS = 3.0
# Seconds after which the table is brought up to date even when nobody pauses.
_LONGEST_WAIT = 20.0


class AnnotationServer(ThreadingHTTPServer):
    """Serves one annotator's session.

    Args:
        session: The questions and answers.
        access: Address, port and password.

    Raises:
        SettingsError: When the address or the port cannot be had.
    """

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, session: Session, access: Access) -> None:
        self.session = session
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
        """Serves a connection in a thread of its own, or closes it where too many are open."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serves a connection and releases its slot."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Reports an error in one line and goes on; a browser that goes away is none."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"while serving a browser: {type(error).__name__}: {error}", flush=True)


class TableKeeper(threading.Thread):
    """Merges answers into the dataset's table when the annotator pauses; until then they are safe in the log.

    Args:
        session: The session whose changes are merged.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(daemon=True, name="table")
        self._session, self._stopping, self._merged = session, threading.Event(), 0

    def run(self) -> None:
        """Checks for changes every few seconds, until `close`."""
        seen, waited = 0, 0.0
        while not self._stopping.wait(_QUIET_SECONDS):
            changes = self._session.changes
            waited = waited + _QUIET_SECONDS if changes != self._merged else 0.0
            if changes != self._merged and (changes == seen or waited >= _LONGEST_WAIT):
                self.merge()
                waited = 0.0
            seen = changes

    def merge(self) -> None:
        """Merges new answers into the table; an error is reported, and the merge tried again later."""
        changes = self._session.changes
        try:
            merge_if_free(self._session.dataset.folder)
            self._merged = changes
        except (OhloraError, OSError) as error:
            print(f"the table could not be written: {error}", flush=True)

    def close(self) -> None:
        """Ends the thread, after a last merge."""
        self._stopping.set()
        self.join(timeout=60)
        self.merge()


def serve(server: AnnotationServer) -> None:
    """Serve until Ctrl-C or SIGTERM, and leave the table up to date."""
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

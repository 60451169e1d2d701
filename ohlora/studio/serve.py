"""Starts the studio: settings that are safe unless somebody says otherwise, and the server."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ohlora.access import check_visitors, is_loopback
from ohlora.errors import SettingsError

MISSING = "the studio needs Gradio 6.31 or newer: pip install 'ohlora[studio]'"
_OLDEST = (6, 31)
FIRST_PORT, PORTS = 7860, 100

_LARGEST_BODY = 9 * 2**20  # the largest file that uploads.py takes, and its envelope
_LARGEST_UPLOAD = 8 * 2**20
_SESSIONS = 500

# Gradio reads these on its own; the studio's options say it all.
_FOREIGN_SETTINGS = (
    "GRADIO_SHARE", "GRADIO_ALLOWED_PATHS", "GRADIO_BLOCKED_PATHS", "GRADIO_ROOT_PATH", "GRADIO_MCP_SERVER",
    "GRADIO_VIBE_MODE", "GRADIO_DEBUG", "GRADIO_EXAMPLES_CACHE", "GRADIO_WATCH_DIRS", "GRADIO_NUM_WORKERS",
)  # fmt: skip


@dataclass(frozen=True)
class ServeSettings:
    """What to serve, and to whom.

    Attributes:
        model: As `FaceGenerator.from_pretrained` takes it.
        parser: As `ohlora.hub.load_parser` takes it; it measures the shown faces.
        device: As `ohlora.device.resolve_device` takes it.
        host: Where to listen.
        port: 0 for the first free one from 7860 on.
        auth: `user:password` that visitors have to give; None for everybody who reaches the host.
        no_auth: Says that a host other than this machine shall be open to everybody who reaches it.

    Raises:
        SettingsError: A value is out of range, or a host that others reach has neither `auth` nor `no_auth`.
    """

    model: str = "portraits"
    parser: str = "portraits"
    device: str = "auto"
    host: str = "127.0.0.1"
    port: int = 0
    auth: str | None = None
    no_auth: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"expected a port from 1 to 65535, got {self.port}")
        check_visitors(self.host, self.auth, self.no_auth)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password."""
        user, _, password = (self.auth or "").partition(":")
        return (user, password) if user and password else None


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        url: Where the page is.
        folder: Everything that it has written and hands out; removed when it ends.
    """

    url: str
    folder: Path


def require_gradio() -> None:
    """Import Gradio, set to keep to itself.

    Raises:
        SettingsError: It is not installed, or too old.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    for name in _FOREIGN_SETTINGS:
        os.environ.pop(name, None)
    try:
        with _no_proxies():
            import gradio
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise SettingsError(f"the studio cannot load Gradio: {error}") from error
        raise SettingsError(MISSING) from error
    except ImportError as error:
        raise SettingsError(f"the studio cannot load Gradio: {error}") from error
    if tuple(map(int, gradio.__version__.split(".")[:2])) < _OLDEST:
        raise SettingsError(f"{MISSING} (found {gradio.__version__})")


@contextmanager
def serving(settings: ServeSettings) -> Iterator[Server]:
    """Load the models and serve the page for the length of a block.

    Raises:
        OhloraError: The model or the parser cannot be had, Gradio is missing, or the port is taken.
    """
    require_gradio()
    from ohlora.studio.engine import Engine

    with (
        Engine.opened(settings.model, settings.parser, settings.device) as engine,
        serving_engine(engine, settings) as server,
    ):
        yield server


@contextmanager
def serving_engine(engine: object, settings: ServeSettings) -> Iterator[Server]:
    """Serve the page of an engine that is there already; as `serving`."""
    require_gradio()
    from starlette.middleware import Middleware

    from ohlora.studio import page
    from ohlora.studio.engine import Engine
    from ohlora.studio.gate import Gate

    assert isinstance(engine, Engine)
    engine.warm_up()
    with (
        tempfile.TemporaryDirectory(prefix="ohlora-studio-") as name,
        _environment(GRADIO_TEMP_DIR=name),
        _no_proxies(),
    ):
        folder = Path(name).resolve()
        blocks = page.Page(engine, folder).blocks.queue(max_size=64)
        gate = Middleware(Gate, folder=folder, largest_body=_LARGEST_BODY, local=settings.local)
        try:
            _, url, _ = blocks.launch(
                server_name=settings.host, server_port=settings.port or None, auth=settings.login, share=False,
                prevent_thread_lock=True, quiet=True, inbrowser=False, show_error=True, max_file_size=_LARGEST_UPLOAD,
                app_kwargs={"middleware": [gate], "docs_url": None, "redoc_url": None, "openapi_url": None},
                state_session_capacity=_SESSIONS, ssr_mode=False, pwa=False, mcp_server=False, enable_monitoring=False,
                run_history=False, footer_links=[], theme=page.theme(), css=page.style(), head=page.head(),
            )  # fmt: skip
        except OSError as error:
            raise SettingsError(_why_not(error, settings)) from error
        try:
            yield Server(url, folder)
        finally:
            blocks.close(verbose=False)


def _why_not(error: OSError, settings: ServeSettings) -> str:
    if error.errno in (None, errno.EADDRINUSE):
        return (
            f"no free port at {settings.host}{f':{settings.port}' if settings.port else ''}; choose another with --port"
        )
    return f"cannot listen at {settings.host}: {error.strerror or error}"


def _no_proxies() -> AbstractContextManager[None]:
    """Keeps Gradio from looking for the page on this machine through a proxy; the studio asks nothing of other machines."""
    return _environment(NO_PROXY="*", no_proxy="*")


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Sets variables of the environment for the length of a block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

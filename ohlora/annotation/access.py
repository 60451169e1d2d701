"""Access to the annotation page: from a request's headers to whether it is answered.

Faces may be private and answers are data, so only this machine is served unless the user names a password. A page of
another site that is open in the same browser can send requests too; `Host` and `Origin` tell them apart.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from ohlora.access import check_visitors, is_address, is_loopback

DEFAULT_PORT = 7861


@dataclass(frozen=True)
class Access:
    """Where the page is served, and to whom.

    Attributes:
        host: Address that is listened on.
        port: Port; 0 for any that is free.
        auth: `user:password` that a browser has to give; None for nobody being asked.
        no_auth: Serve other machines without asking for a password.

    Raises:
        SettingsError: When other machines could open the page and nothing was said about passwords.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    auth: str | None = None
    no_auth: bool = False

    def __post_init__(self) -> None:
        check_visitors(self.host, self.auth, self.no_auth)

    @property
    def local(self) -> bool:
        """Whether only this machine can open the page."""
        return is_loopback(self.host)

    def admits(self, authorization: str | None) -> bool:
        """Whether a request's `Authorization` header is what was asked for."""
        if self.auth is None:
            return True
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, self.auth.encode("utf-8"))

    def is_for_us(self, host: str | None) -> bool:
        """Whether a request's `Host` header names this server.

        A page from elsewhere can let its own name point to this machine; the browser then sends that name. Where a
        password is asked for, any name is right, since the browser has no password for it.
        """
        name = _host_name(host)
        if name is None:
            return False
        if name == self.host.lower() or is_loopback(name):
            return True
        return not self.local and (self.auth is not None or is_address(name))


def is_same_origin(host: str | None, origin: str | None, site: str | None) -> bool:
    """Whether a request was made by our own page, or by no page at all.

    Args:
        host: The request's `Host` header.
        origin: Its `Origin` header, which browsers send with every post.
        site: Its `Sec-Fetch-Site` header.
    """
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or (host is not None and urlsplit(origin).netloc.lower() == host.lower())


def _host_name(host: str | None) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname if host else None
    except ValueError:
        return None

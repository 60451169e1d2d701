"""Who may open a page that this machine serves: this machine alone, unless the user says otherwise."""

from __future__ import annotations

import ipaddress

from ohlora.errors import SettingsError


def check_visitors(host: str, auth: str | None, no_auth: bool) -> None:
    """Refuse to serve others without a word about passwords.

    Args:
        host: Address that is listened on.
        auth: `user:password` that visitors have to give; None for nobody being asked.
        no_auth: Whether everybody who reaches the host shall be let in.

    Raises:
        SettingsError: The three do not go together, or one is malformed.
    """
    if not host.strip():
        raise SettingsError("expected a host such as 127.0.0.1 or 0.0.0.0, got none")
    if auth is not None and no_auth:
        raise SettingsError("--auth and --no-auth contradict each other; give one of them")
    if auth is not None and not all(auth.partition(":")):
        raise SettingsError("expected --auth user:password with both parts, got something else")
    if not (is_loopback(host) or auth or no_auth):
        raise SettingsError(f"others can reach {host}: give --auth user:password, or --no-auth to let everybody in")


def is_loopback(host: str) -> bool:
    """Whether an address or name stands for this machine alone."""
    name = host.strip().strip("[]").lower()
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

import base64

import pytest

from ohlora.annotation.access import Access, is_same_origin
from ohlora.errors import SettingsError


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert Access(host).local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_other_addresses_need_a_word_about_passwords(host: str) -> None:
    with pytest.raises(SettingsError, match="--auth user:password, or --no-auth"):
        Access(host)
    assert not Access(host, auth="anna:secret").local
    assert not Access(host, no_auth=True).local


@pytest.mark.parametrize("auth", ["", "anna", ":secret", "anna:"])
def test_half_a_password_is_none(auth: str) -> None:
    with pytest.raises(SettingsError):
        Access(auth=auth)


def test_passwords() -> None:
    access = Access(auth="anna:sec:rét")
    assert access.admits(basic("anna:sec:rét"))
    for wrong in (None, "", basic("anna:sec"), basic("anna:sec:rét "), "Bearer x", "Basic ###", basic("")):
        assert not access.admits(wrong)
    assert Access().admits(None)


def test_hosts_that_are_us() -> None:
    local = Access()
    for host in ("127.0.0.1:7861", "localhost:9", "[::1]:7861", "127.0.0.1"):
        assert local.is_for_us(host)
    for host in (None, "", "evil.example:7861", "192.168.1.5:7861", "127.0.0.1.evil.example", "[::1"):
        assert not local.is_for_us(host)
    # Without a password, a name that somebody else may have pointed here is not answered, an address is.
    everybody = Access("0.0.0.0", no_auth=True)
    assert everybody.is_for_us("192.168.1.5:7861") and not everybody.is_for_us("evil.example:7861")
    assert Access("0.0.0.0", auth="a:b").is_for_us("desk.example:7861")


def test_origins() -> None:
    host = "127.0.0.1:7861"
    assert is_same_origin(host, None, None)
    assert is_same_origin(host, f"http://{host}", "same-origin")
    for origin in ("http://evil.example", "http://127.0.0.1:8000", "null", "https://127.0.0.1.evil.example:7861"):
        assert not is_same_origin(host, origin, None)
    assert not is_same_origin(host, None, "cross-site") and not is_same_origin(host, None, "same-site")

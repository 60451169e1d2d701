import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ohlora.access import is_loopback
from ohlora.errors import SettingsError
from ohlora.studio.engine import Engine
from ohlora.studio.serve import ServeSettings, require_gradio, serving_engine


def test_only_this_machine_unless_told_otherwise() -> None:
    settings = ServeSettings()
    assert settings.host == "127.0.0.1" and settings.local and settings.login is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host) and ServeSettings(host=host).local


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "localhost.example.org", "127.0.0.1.nip.io"]
)
def test_other_hosts_need_a_password_or_a_clear_word(host: str) -> None:
    with pytest.raises(SettingsError, match="--auth user:password, or --no-auth"):
        ServeSettings(host=host)
    assert ServeSettings(host=host, auth="me:secret:s").login == ("me", "secret:s")
    assert not ServeSettings(host=host, no_auth=True).local


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ServeSettings(auth="me"), "--auth user:password"),
        (lambda: ServeSettings(auth=":secret"), "--auth user:password"),
        (lambda: ServeSettings(auth="me:"), "--auth user:password"),
        (lambda: ServeSettings(auth=""), "--auth user:password"),
        (lambda: ServeSettings(auth="me:secret", no_auth=True), "contradict"),
        (lambda: ServeSettings(port=65536), "port from 1 to 65535"),
        (lambda: ServeSettings(host=" "), "expected a host"),
    ],
)
def test_settings_check_themselves(make: Callable[[], ServeSettings], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make()


def test_passwords_are_not_told() -> None:
    with pytest.raises(SettingsError) as caught:
        ServeSettings(auth="secret-without-a-colon")
    assert "secret" not in str(caught.value)


def test_without_gradio_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(SettingsError, match=r"pip install 'ohlora\[studio\]'"):
        require_gradio()


def test_a_gradio_that_cannot_be_loaded_tells_its_own_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "gradio", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "gradio.py").write_text("raise ImportError('socksio is not installed')")
    with pytest.raises(SettingsError, match="cannot load Gradio: socksio is not installed"):
        require_gradio()


def test_proxies_are_of_no_account(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gradio", reason="gradio is not installed; pip install 'ohlora[studio]'")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving_engine(engine, ServeSettings()) as server:
        assert server.url.startswith("http://127.0.0.1:")
    assert os.environ["no_proxy"] == "example.org" and "NO_PROXY" not in os.environ


def test_a_port_that_is_taken_is_told(engine: Engine) -> None:
    pytest.importorskip("gradio", reason="gradio is not installed; pip install 'ohlora[studio]'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = ServeSettings(port=taken.getsockname()[1])
        with pytest.raises(SettingsError, match="choose another with --port"), serving_engine(engine, settings):
            pass

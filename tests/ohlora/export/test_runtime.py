"""The runtime of the page: fetched once, checked, and kept."""

import gzip
import stat
from pathlib import Path

import pytest

from ohlora.errors import DownloadError, MissingModelError
from ohlora.export.runtime import VERSION, is_here, packed_name, runtime_files


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / f"onnxruntime-web-{VERSION}"


def program(folder: Path, text: str) -> None:
    """Puts a program called npm into a folder."""
    folder.mkdir()
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{text}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)


def test_programs_are_packed_and_libraries_are_not() -> None:
    assert packed_name("a.wasm") == "a.wasm.gz" and packed_name("a.mjs") == "a.mjs"


def test_a_runtime_that_is_here_is_taken(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "a.wasm.gz").write_bytes(gzip.compress(b"program"))
    assert not is_here()
    (home / "LICENSE.txt").write_text("MIT")
    assert is_here() and list(runtime_files(["a.wasm"])) == ["a.wasm.gz", "LICENSE.txt"]


def test_without_npm_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingModelError, match="expected npm, .* install Node.js"):
        runtime_files()


def test_another_archive_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", 'echo something else > "$5/onnxruntime-web.tgz"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(DownloadError, match="is not onnxruntime-web .* sha512"):
        runtime_files()
    assert not home.exists()


def test_what_npm_says_reaches_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "echo npm error code ENOTFOUND >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(DownloadError, match="npm error code ENOTFOUND"):
        runtime_files()

"""The runtime that a page draws with: onnxruntime-web, taken from the npm registry once and kept in the models' home.

npm checks what it fetches against the registry, and the package's digest is checked here again, so that a page never carries
anything but the release that it was tested with. Programs are kept compressed, because servers of static pages often send large
files as they are; the page unpacks them itself.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ohlora.errors import DownloadError, MissingModelError
from ohlora.files import write_bytes
from ohlora.hub.storage import models_home

PACKAGE = "onnxruntime-web"
VERSION = "1.30.0"
SHA512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
"""Digest of the package's archive, as the registry and lock files of npm write it."""

PROCESSOR = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
"""What draws on the processor: the library, its loader, and the program, which has vector instructions and threads."""

GRAPHICS = ("ort.jspi.min.mjs", "ort-wasm-simd-threaded.jspi.mjs", "ort-wasm-simd-threaded.jspi.wasm")
"""The same for WebGPU, which needs a browser whose programs can wait for answers (JSPI)."""

_MINUTES = 10
_DONE = "LICENSE.txt"
_LICENCE = f"""The files in this folder are {PACKAGE} {VERSION} (https://github.com/microsoft/onnxruntime).

MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def runtime_files(names: Sequence[str] = (*PROCESSOR, *GRAPHICS)) -> dict[str, bytes]:
    """The runtime's files by the names that a page fetches them by, programs compressed.

    They are fetched with npm where they are not on this machine yet.

    Raises:
        MissingModelError: npm is needed and not installed.
        DownloadError: They could not be fetched, or are not the release that was expected.
    """
    folder = _home()
    if not is_here():
        _fetch(folder)
    found = [*map(packed_name, names), _DONE]
    return {name: (folder / name).read_bytes() for name in found}


def is_here() -> bool:
    """Whether the runtime was fetched before."""
    return (_home() / _DONE).is_file()


def packed_name(name: str) -> str:
    """What a file of the package is called on the page."""
    return f"{name}.gz" if name.endswith(".wasm") else name


def _home() -> Path:
    return models_home() / f"{PACKAGE}-{VERSION}"


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise MissingModelError(
            f"expected npm, which fetches {PACKAGE} {VERSION}, the runtime of the page; install Node.js, or copy {folder} "
            "from a machine where the page was exported before"
        )
    with tempfile.TemporaryDirectory() as waiting:
        _unpack(_pack(npm, Path(waiting)), folder)


def _pack(npm: str, waiting: Path) -> Path:
    """The package's archive, in a folder."""
    command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--silent", "--pack-destination", str(waiting)]
    try:
        done = subprocess.run(command, cwd=waiting, capture_output=True, text=True, timeout=60 * _MINUTES, check=False)
    except subprocess.TimeoutExpired as error:
        raise DownloadError(f"{PACKAGE} {VERSION} did not arrive within {_MINUTES} minutes; try again") from error
    archive = next(waiting.glob("*.tgz"), None)
    if done.returncode or archive is None:
        said = next((line for line in done.stderr.splitlines() if line.strip()), f"exit code {done.returncode}")
        raise DownloadError(f"npm could not fetch {PACKAGE} {VERSION}: {said} (is there a network?)")
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    """Keep what a page needs; the file of the licence comes last and says that everything is there."""
    with archive.open("rb") as file:
        digest = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if digest != SHA512:
        raise DownloadError(f"what npm fetched is not {PACKAGE} {VERSION}: sha512 {digest} instead of {SHA512}")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:
        for name in (*PROCESSOR, *GRAPHICS):
            member = package.extractfile(f"package/dist/{name}")
            assert member is not None, "the digest says which files there are"
            write_bytes(folder / packed_name(name), _packed(name, member))
    write_bytes(folder / _DONE, _LICENCE.encode())


def _packed(name: str, file: IO[bytes]) -> bytes:
    data = file.read()
    return gzip.compress(data, mtime=0) if name.endswith(".wasm") else data

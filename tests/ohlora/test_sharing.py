"""A generator with sliders goes to a hub, and comes back from it: against a server on this machine that answers as the Hub does."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from ohlora import FaceGenerator
from ohlora.cli.main import main
from ohlora.evaluation.baselines import find_baseline
from ohlora.hub import load_generator, resolve_model
from segmentation import PortraitParser, PortraitParserConfig, save_parser
from tests.ohlora.finetuning_models import disturb, tiny_conditional

REPOSITORY = "someone/faces"
COMMIT = "89abcdef0123456789abcdef0123456789abcdef"


class Hub(BaseHTTPRequestHandler):
    """One repository; `files` is what was committed to it."""

    protocol_version = "HTTP/1.1"
    files: dict[str, bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Authorization"] == "Bearer hf_secret"
        if self.path == "/api/repos/create":
            self.reply({"url": f"http://{self.headers['Host']}/{REPOSITORY}"})
        elif self.path == f"/api/models/{REPOSITORY}/preupload/main":
            asked = json.loads(body)["files"]
            self.reply({"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked]})
        elif self.path.startswith(f"/api/models/{REPOSITORY}/commit/main"):
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            url = f"http://{self.headers['Host']}/{REPOSITORY}/commit/{COMMIT}"
            self.reply({"success": True, "commitOid": COMMIT, "commitUrl": url})
        else:
            self.reply({"valid": True, "warnings": [], "errors": []})

    def do_GET(self) -> None:
        if self.path.startswith(f"/api/models/{REPOSITORY}/tree/"):
            self.reply([{"type": "file", "path": n, "size": len(c), "oid": COMMIT} for n, c in self.files.items()])
        elif self.path.startswith(f"/api/models/{REPOSITORY}"):
            content = {"id": REPOSITORY, "sha": COMMIT, "siblings": [{"rfilename": name} for name in self.files]}
            self.reply({**content, "tags": [], "private": False, "downloads": 0, "likes": 0})
        else:
            self.send_file(with_body=True)

    def do_HEAD(self) -> None:
        self.send_file(with_body=False)

    def send_file(self, with_body: bool) -> None:
        content = self.files.get(self.path.rpartition(f"/{REPOSITORY}/resolve/")[2].partition("/")[2])
        self.send_response(404 if content is None else 200)
        content = content or b""
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def reply(self, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    handler = type("Handler", (Hub,), {"files": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield handler.files
    server.shutdown()
    server.server_close()


def test_what_is_pushed_can_be_opened_by_its_repositorys_name(files: dict[str, bytes], tmp_path: Path) -> None:
    folder = disturb(tiny_conditional()).save_pretrained(tmp_path / "model")
    mine = FaceGenerator.from_pretrained(folder, device="cpu")
    url = mine.push_to_hub(REPOSITORY, token="hf_secret")
    assert str(url).endswith(f"{REPOSITORY}/commit/{COMMIT}")
    assert {"config.json", "generator.safetensors", "sliders.safetensors", "README.md"} <= set(files)
    assert not any(name.endswith((".bin", ".pt", ".pkl")) for name in files)
    assert b"library_name: ohlora" in files["README.md"]
    theirs = FaceGenerator.from_pretrained(REPOSITORY, device="cpu", cache_dir=tmp_path / "cache")
    assert theirs.fingerprint == mine.fingerprint and theirs.name == REPOSITORY
    pictures = (np.asarray(generator.generate(seed=3, mouth=0.8)) for generator in (mine, theirs))
    np.testing.assert_array_equal(*pictures)


def test_every_command_takes_a_repository(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    network = PortraitParser(PortraitParserConfig(size=16, widths=(4, 8), gender_hidden=4))
    folder = save_parser(network, tmp_path / "model")
    disturb(tiny_conditional()).save_pretrained(folder)
    files |= {path.name: path.read_bytes() for path in folder.iterdir()}
    faces = tmp_path / "faces"
    for arguments in (
        ["synthesize", "--seeds", "0-1", "--out", tmp_path / "plain", "--model", REPOSITORY],
        ["generate", "--seeds", "0-1", "--mouth", "0.8", "--out", faces, "--model", REPOSITORY],
        ["label", faces, "--parser", REPOSITORY],
        ["models", "info", REPOSITORY],
    ):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
    assert find_baseline(REPOSITORY, tmp_path) == resolve_model(REPOSITORY)
    assert load_generator(REPOSITORY).resolution == 16  # what the base of a fine-tuning is loaded by

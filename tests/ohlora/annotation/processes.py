"""`ohlora annotate` in a process of its own, which can be killed."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any


class Annotate:
    """The command, running; `url` is where its page is."""

    def __init__(self, faces: Path, *options: object, port: int = 0) -> None:
        arguments = ["annotate", faces, "--label", "gender", "--port", port, "--no-browser", *options]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ohlora.cli.main", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + self.process.stdout.read()
        self.url, self.port = found[0], int(found[1])

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(content).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            state: dict[str, Any] = json.load(response)
        return state

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> str:
        """Asks it to stop; returns what it said since."""
        self.process.terminate()
        output, _ = self.process.communicate(timeout=30)
        return output


def wait_for(condition: Any, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)

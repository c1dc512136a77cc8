"""The app served as a process of its own, and visitors who speak to it as a page's script does, without a browser."""

from __future__ import annotations

import html
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import websocket

from project_copy import ROOT, clean_environment

OUTPUT = "application/vnd.voila.cell-output+json"
PATIENCE = 180.0  # seconds; a busy machine is slow


@dataclass(frozen=True)
class App:
    """The running app: where it is, its process, and what it has logged."""

    url: str
    process: psutil.Process
    log: Path

    def kernels(self) -> dict[str, psutil.Process]:
        """Give the kernels' processes by their ids."""
        found = {}
        for child in self.process.children():
            match = re.search(r"kernel-([\w-]{36})\.json", " ".join(child.cmdline()))
            if match:
                found[match[1]] = child
        return found

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Ask for a path as it is written, dots and all; give status and body."""
        return self.request("GET", path, **headers)

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Host": address.netloc, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    root: Path, log: Path, *options: str, profile: str = "sample", settings: Path | None = None, **environment: str
) -> Iterator[App]:
    """Serve the project in `root` on a free port until the block ends; `settings` is a folder with its voila.json."""
    port = free_port()
    ours = {"CROWDWISE_ROOT": str(root), "PYTHONPATH": str(ROOT / "lib"), "OMP_NUM_THREADS": "1"}
    values = clean_environment(**ours, **environment)
    program = ["-m", "crowdwise.app.serve"]
    if settings is not None:
        change = f"serve.HERE = __import__('pathlib').Path({str(settings)!r})"
        program = ["-c", f"from crowdwise.app import serve; {change}; raise SystemExit(serve.main())"]
    command = [sys.executable, *program, "--profile", profile, "--port", str(port), *options]
    with (
        log.open("w") as lines,
        subprocess.Popen(command, env=values, stdout=subprocess.PIPE, stderr=lines, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith(f"http://localhost:{port}/"), log.read_text()
            yield App(url, psutil.Process(process.pid), log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass
class Session:
    """One open page: its kernel, and the state of its widgets as the kernel last told it."""

    app: App
    widgets: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)  # the types of the messages that came

    def __post_init__(self) -> None:
        status, page = self.app.get(urlsplit(self.app.url).path)
        assert status == 200, page
        assert OUTPUT in page  # else a browser would have nothing to draw
        self.kernel_id = re.findall(r'"kernelId": "([\w-]+)"', html.unescape(page))[0]
        self.name = uuid.uuid4().hex
        address = self.app.url.replace("http", "ws", 1) + f"api/kernels/{self.kernel_id}/channels"
        self.socket = websocket.create_connection(f"{address}?session_id={self.name}", timeout=PATIENCE)
        self.socket.settimeout(PATIENCE)
        self.control = uuid.uuid4().hex
        self.send("comm_open", {"comm_id": self.control, "target_name": "jupyter.widget.control", "data": {}})
        self.send("comm_msg", {"comm_id": self.control, "data": {"method": "request_states"}})
        self.wait(lambda: bool(self.widgets))

    def send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": self.name, "version": "5.3"}
        metadata = {"version": "1.0.0"} if kind == "comm_open" else {}
        message = {"header": header, "parent_header": {}, "metadata": metadata, "content": content}
        self.socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))

    def read(self) -> None:
        """Take the kernel's next message, and what it says of the widgets."""
        message = json.loads(self.socket.recv())
        self.heard.append(message["header"]["msg_type"])
        content = message.get("content", {})
        data = content.get("data", {})
        if content.get("comm_id") == self.control and data.get("method") == "update_states":
            self.widgets.update({key: one["state"] for key, one in data["states"].items()})
        elif message["header"]["msg_type"] in ("comm_open", "comm_msg") and isinstance(data.get("state"), dict):
            self.widgets.setdefault(content["comm_id"], {}).update(data["state"])

    def wait(self, until: Callable[[], bool]) -> None:
        """Read what the kernel says until something holds; `AssertionError` if it does not in `PATIENCE` seconds."""
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, "the kernel does not say what was waited for"
            self.read()

    def find(self, words: str) -> str:
        """Give the id of the widget with a description."""
        (found,) = [key for key, state in self.widgets.items() if state.get("description") == words]
        return found

    def set(self, words: str, **state: Any) -> None:
        """Change a widget's state, as a user's input does."""
        key = self.find(words)
        self.widgets[key].update(state)
        self.send("comm_msg", {"comm_id": key, "data": {"method": "update", "state": state, "buffer_paths": []}})

    def press(self, words: str) -> None:
        """Press a button, and wait until it is done with it: busy, then ready again."""
        key = self.find(words)
        was_busy = False

        def done() -> bool:
            nonlocal was_busy
            state = self.widgets[key]
            was_busy = was_busy or bool(state["disabled"])
            return was_busy and not state["disabled"] and state["description"] == words

        self.send("comm_msg", {"comm_id": key, "data": {"method": "custom", "content": {"event": "click"}}})
        self.wait(done)

    def texts(self, pattern: str) -> list[str]:
        """Give what a pattern finds in the HTML of the widgets, unescaped, in the order they were made."""
        values = [str(state.get("value", "")) for state in self.widgets.values()]
        return [html.unescape(found) for value in values for found in re.findall(pattern, value)]

    def close(self) -> None:
        self.socket.close()

"""A real HTTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Served:
    """One file of the server, and how it behaves."""

    body: bytes
    etag: str | None = '"one"'
    kind: str = "application/octet-stream"
    statuses: list[int] = field(default_factory=list)  # answered first, one a request
    breaks: list[int] = field(default_factory=list)  # bytes after which the connection drops, one a request
    ranges: bool = True
    packed_on_the_way: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Web:
    """The server: `files` by path, `url` gives an address."""

    files: dict[str, Served]
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def serve(self, path: str, body: bytes, **how: object) -> Served:
        self.files[f"/{path}"] = served = Served(body, **how)  # type: ignore[arg-type]
        return served


class _Handler(BaseHTTPRequestHandler):
    files: dict[str, Served]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        served = self.files.get(self.path.partition("?")[0])
        if served is None:
            self.send_error(404)
            return
        served.asked.append({key.lower(): value for key, value in self.headers.items()})
        if served.statuses and (status := served.statuses.pop(0)) != 200:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        start = self._start(served)
        if start and start >= len(served.body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(served.body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", served.kind)
        self.send_header("Content-Length", str(len(served.body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(served.body) - 1}/{len(served.body)}")
        if served.etag:
            self.send_header("ETag", served.etag)
        if served.packed_on_the_way:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        stop = served.breaks.pop(0) if served.breaks else len(served.body)
        self.wfile.write(served.body[start:stop])
        if stop < len(served.body):
            self.connection.close()

    def _start(self, served: Served) -> int:
        wanted = self.headers.get("Range", "")
        if not wanted or not served.ranges or self.headers.get("If-Range") != served.etag:
            return 0
        return int(wanted.removeprefix("bytes=").rstrip("-"))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve files on loopback; retries pause for milliseconds."""
    monkeypatch.setattr("crowdwise.storage.attempts.PAUSE", 0.002)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    files: dict[str, Served] = {}
    handler = type("Handler", (_Handler,), {"files": files})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Web(files, server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()

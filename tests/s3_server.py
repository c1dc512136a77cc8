"""A small S3 server on loopback, and a proxy before it that can be told to misbehave."""

from __future__ import annotations

import http.client
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
HOPS = ("connection", "transfer-encoding", "content-length", "host", "date", "server")


@dataclass
class Fault:
    """What happens to the next `times` requests of a method whose path holds a text."""

    method: str
    text: str
    status: int = 0  # answered instead
    body: bytes = SLOW_DOWN
    cut_after: int = -1  # bytes of the answer's body, after which the connection drops
    hold: threading.Event | None = None  # waited for before the request goes on
    times: int = 1


@dataclass
class S3:
    """A server: where it is, what it was asked, and what goes wrong with it; `client` goes past all faults."""

    endpoint: str
    client: Any
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def make_bucket(self, name: str) -> None:
        self.client.create_bucket(Bucket=name)

    def keys(self, bucket: str) -> list[str]:
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def body(self, bucket: str, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=bucket, Key=key)["Body"].read())

    def count(self, method: str, text: str) -> int:
        return sum(m == method and text in path for m, path in self.asked)

    def await_request(self, method: str, text: str) -> None:
        until = time.monotonic() + 30
        while not self.count(method, text):
            assert time.monotonic() < until, f"no {method} of {text} came"
            time.sleep(0.01)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    s3: S3
    behind: tuple[str, int]

    def log_message(self, *_: object) -> None:
        pass

    def forward(self) -> None:
        self.s3.asked.append((self.command, self.path))
        self.s3.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = next((f for f in self.s3.faults if f.times and f.method == self.command and f.text in self.path), None)
        if fault:
            fault.times -= 1
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault and fault.hold:
            fault.hold.wait(30)
        if fault and fault.status:
            self._answer(fault.status, {}, fault.body)
            return
        connection = http.client.HTTPConnection(*self.behind)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
        headers["Host"] = f"{self.behind[0]}:{self.behind[1]}"
        connection.request(self.command, self.path, content, headers)
        answer = connection.getresponse()
        body = answer.read()
        length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOPS}
        self._answer(answer.status, kept, body, length, fault.cut_after if fault else -1)
        connection.close()

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, length: str | None = None, cut: int = -1
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut] if cut >= 0 else body)
        if 0 <= cut < len(body):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = forward


@contextmanager
def proxied(endpoint: str, client: Any) -> Iterator[S3]:
    """Put a proxy before a server."""
    host, _, port = endpoint.removeprefix("http://").partition(":")
    handler = type("Handler", (_Handler,), {"behind": (host, int(port))})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    s3 = S3(f"http://127.0.0.1:{server.server_port}", client)
    handler.s3 = s3
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield s3
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_client(endpoint: str, key_id: str, secret: str) -> Any:
    """Give a client of our own that has nothing to do with the code under test."""
    import boto3
    from botocore.config import Config

    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    keys = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
    return boto3.session.Session().client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config, **keys)


def use(monkeypatch: pytest.MonkeyPatch, endpoint: str, key_id: str, secret: str) -> None:
    """Set the environment that the code under test reads, and nothing of this machine's."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy", "crowdwise_s3"):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """Run moto's server, which takes any credentials."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def moto_client(moto: str) -> Any:
    return make_client(moto, KEY_ID, SECRET)


@pytest.fixture
def s3(moto: str, moto_client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """Give an S3 server with one empty bucket called shelf; attempts follow each other without a pause."""
    from botocore.retries import standard

    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda *_: 0.0)
    monkeypatch.setattr("crowdwise.storage.attempts.PAUSE", 0.002)
    with proxied(moto, moto_client) as server:
        use(monkeypatch, server.endpoint, KEY_ID, SECRET)
        server.make_bucket("shelf")
        yield server
        for key in server.keys("shelf"):
            moto_client.delete_object(Bucket="shelf", Key=key)
        moto_client.delete_bucket(Bucket="shelf")

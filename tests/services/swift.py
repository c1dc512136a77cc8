"""A real S3 server: OpenStack Swift with s3api, one replica on loopback, in a folder of its own.

Debian's Swift runs on the system's Python. Four processes (proxy, account, container, object) without workers, so that
ending them ends all.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from s3_server import make_client

KEY_ID, SECRET = "crowd:wise", "s3cr3t-Of-The-Bucket"
STORES = ("account", "container", "object")
PACKAGES = "swift-proxy swift-account swift-container swift-object"

HASHES = "[swift-hash]\nswift_hash_path_suffix = crowd\nswift_hash_path_prefix = wise\n"
BASE = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
workers = 0
"""
STORE = """
[pipeline:main]
pipeline = {kind}-server

[app:{kind}-server]
use = egg:swift#{kind}
"""
PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth bulk slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:tempauth]
use = egg:swift#tempauth
user_crowd_wise = {secret} .admin

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false

# tempauth wants a cache to be configured; one that nobody answers for is enough, and needs no memcached.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
error_suppression_interval = 3600
error_suppression_limit = 1

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:gatekeeper]
use = egg:swift#gatekeeper

[filter:healthcheck]
use = egg:swift#healthcheck

[filter:bulk]
use = egg:swift#bulk

[filter:slo]
use = egg:swift#slo
"""


@dataclass(frozen=True)
class Swift:
    """A running server: its address, and how to make a bucket in it."""

    endpoint: str

    def make_bucket(self, name: str, patience: float = 30.0) -> str:
        """Make a bucket; on a busy machine the server answers 503 for some seconds after it has come up."""
        client = make_client(self.endpoint, KEY_ID, SECRET)
        until = time.monotonic() + patience
        while True:
            try:
                client.create_bucket(Bucket=name)
                return name
            except ClientError as error:
                if error.response["Error"]["Code"] != "ServiceUnavailable" or time.monotonic() > until:
                    raise
                time.sleep(1.0)


def find_swift() -> dict[str, str]:
    """Give the path of each program, or skip with the reason."""
    programs = {}
    for name in ("swift-ring-builder", *(f"swift-{kind}-server" for kind in (*STORES, "proxy"))):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed: apt-get install --no-install-recommends {PACKAGES}")
        programs[name] = path
    return programs


def has_attributes(folder: Path) -> bool:
    """Say whether files here can have extended attributes, which Swift keeps objects' metadata in."""
    probe = folder / "probe"
    probe.touch()
    try:
        os.setxattr(probe, "user.swift.probe", b"1")
    except OSError:
        return False
    finally:
        probe.unlink()
    return True


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def _environment() -> dict[str, str]:
    """Give Swift the system's Python, not the environment that the tests run in."""
    ours = ("PYTHON", "VIRTUAL_ENV", "CROWDWISE_", "AWS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _write(folder: Path, programs: dict[str, str], ports: dict[str, int]) -> None:
    (folder / "swift.conf").write_text(HASHES)
    (folder / "devices" / "d1").mkdir(parents=True)
    for kind, port in ports.items():
        base = BASE.format(port=port, user=getpass.getuser(), folder=folder)
        rest = PROXY.format(secret=SECRET) if kind == "proxy" else STORE.format(kind=kind)
        (folder / f"{kind}.conf").write_text(base + rest)
    for kind in STORES:
        ring = [programs["swift-ring-builder"], str(folder / f"{kind}.builder")]
        where = ["--region", "1", "--zone", "1", "--ip", "127.0.0.1", "--port", str(ports[kind])]
        steps = (["create", "4", "1", "1"], ["add", *where, "--device", "d1", "--weight", "1"], ["rebalance"])
        for step in steps:
            subprocess.run([*ring, *step], check=True, capture_output=True, env=_environment(), timeout=60)


@contextmanager
def running_swift() -> Iterator[Swift]:
    """Run the four processes until the block ends."""
    programs = find_swift()
    folder = Path(tempfile.mkdtemp(prefix="crowdwise-swift-"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        if not has_attributes(folder):
            pytest.skip(f"files in {folder.parent} have no extended attributes, which Swift needs: set TMPDIR")
        ports = dict(zip((*STORES, "proxy"), _free_ports(4), strict=True))
        _write(folder, programs, ports)
        for kind in ports:
            with (folder / f"{kind}.log").open("wb") as log:
                command = [programs[f"swift-{kind}-server"], str(folder / f"{kind}.conf"), "-v"]
                started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=_environment()))
        _await(f"http://127.0.0.1:{ports['proxy']}/healthcheck", started, folder)
        yield Swift(f"http://127.0.0.1:{ports['proxy']}")
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await(address: str, started: list[subprocess.Popen[bytes]], folder: Path) -> None:
    until = time.monotonic() + 60
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            if any(process.poll() is not None for process in started) or time.monotonic() > until:
                said = "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in folder.glob("*.log"))
                pytest.fail(f"Swift does not start: {said}")
            time.sleep(0.1)


@pytest.fixture(scope="session")
def swift() -> Iterator[Swift]:
    """Run Swift for the whole session."""
    with running_swift() as server:
        yield server

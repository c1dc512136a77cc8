"""Real PostgreSQL and MariaDB servers on loopback, each with a data folder of its own, stopped at the end.

Tests start them without syncing to disk; benchmarks start them as they are installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql

PASSWORD = "pa55word"
ROOT_USER = os.geteuid() == 0


class AbsentError(Exception):
    """A program of a server is not installed."""


@dataclass(frozen=True)
class Server:
    """A running server: its kind, the URL of a database on it, and the process to stop it by."""

    kind: str
    url: str
    process: int

    def with_password(self, password: str) -> str:
        return self.url.replace(PASSWORD, password)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def empty(self) -> None:
        """Make the database anew."""
        if self.kind == "postgresql":
            where = {"host": "127.0.0.1", "port": self.port, "user": "crowd", "password": PASSWORD}
            with psycopg.connect(**where, dbname="postgres", autocommit=True) as session:  # type: ignore[arg-type]
                session.execute("DROP DATABASE IF EXISTS crowdwise WITH (FORCE)")
                session.execute("CREATE DATABASE crowdwise")
        else:
            self.run("DROP DATABASE IF EXISTS crowdwise")
            self.run("CREATE DATABASE crowdwise CHARACTER SET latin1")  # ours must not depend on it

    def run(self, *statements: str) -> list[tuple]:
        """Run statements in a session of their own, outside the database of the tests; give the last one's rows."""
        if self.kind == "postgresql":
            where = {"host": "127.0.0.1", "port": self.port, "user": "crowd", "password": PASSWORD}
            with psycopg.connect(**where, dbname="postgres", autocommit=True) as session:  # type: ignore[arg-type]
                for statement in statements:
                    cursor = session.execute(statement.encode())
                return cursor.fetchall() if cursor.description else []
        connection = pymysql.connect(host="127.0.0.1", port=self.port, user="crowd", password=PASSWORD)
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())


def find_program(*names: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    places = os.pathsep.join([*map(str, reversed(versions)), "/usr/sbin", os.environ.get("PATH", "")])
    for name in names:
        if found := shutil.which(name, path=places):
            return found
    raise AbsentError(f"{names[0]} is not installed: apt-get install postgresql mariadb-server")


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def own_folder(user: str) -> Iterator[Path]:
    """Give a folder directly below the system's temporary one that the server's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="crowdwise-"))
    if ROOT_USER:
        shutil.chown(folder, user, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_as(user: str, folder: Path, *command: str) -> None:
    who = {"user": user, "group": user, "extra_groups": ()} if ROOT_USER else {}
    with (folder / "said").open("ab") as said:  # no pipe: a server that goes on running would hold it open
        done = subprocess.run(command, cwd=folder, stdout=said, stderr=said, check=False, timeout=120, **who)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{command[0]} fails: {(folder / 'said').read_text()[-2000:]}")


@contextmanager
def start_postgresql(durable: bool = False) -> Iterator[Server]:
    initdb, pg_ctl = find_program("initdb"), find_program("pg_ctl")
    with own_folder("postgres") as folder:
        port, data = free_port(), folder / "data"
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        sure = ["--username=crowd", f"--pwfile={folder / 'password'}", "--auth=scram-sha-256"]
        run_as("postgres", folder, initdb, "-D", str(data), *sure, "--encoding=UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        options += "" if durable else " -c fsync=off"
        run_as("postgres", folder, pg_ctl, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        process = int((data / "postmaster.pid").read_text().split()[0])
        try:
            yield Server("postgresql", f"postgresql://crowd:{PASSWORD}@127.0.0.1:{port}/crowdwise", process)
        finally:
            with suppress(RuntimeError):  # a test may have stopped it
                run_as("postgres", folder, pg_ctl, "-D", str(data), "-m", "immediate", "stop")


@contextmanager
def start_mariadb(durable: bool = False) -> Iterator[Server]:
    install, program = find_program("mariadb-install-db"), find_program("mariadbd", "mysqld")
    with own_folder("mysql") as folder:
        port, data, wire = free_port(), folder / "data", folder / "wire"
        user = ["--user=mysql"] if ROOT_USER else []
        plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        run_as("mysql", folder, install, "--no-defaults", f"--datadir={data}", *plain)
        command = [program, "--no-defaults", f"--datadir={data}", f"--socket={wire}", f"--port={port}", *user]
        command += ["--bind-address=127.0.0.1", "--skip-log-bin", f"--pid-file={folder / 'pid'}"]
        command += [] if durable else ["--innodb-flush-log-at-trx-commit=0"]
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _grant(wire, running, folder / "log")
            yield Server("mariadb", f"mariadb://crowd:{PASSWORD}@127.0.0.1:{port}/crowdwise", running.pid)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def _grant(wire: Path, running: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            connection = pymysql.connect(unix_socket=str(wire), user="root")
            break
        except pymysql.err.OperationalError:
            if running.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"mariadbd does not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.1)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER 'crowd'@'%' IDENTIFIED BY '{PASSWORD}'")
        cursor.execute("GRANT ALL ON *.* TO 'crowd'@'%'")
        cursor.execute("DROP USER IF EXISTS ''@'localhost'")

"""Real PostgreSQL and MariaDB servers on loopback, each with a data folder of its own, stopped at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pymysql
import pytest
from swift import swift  # noqa: F401

from crowdwise.base.layout import Layout
from crowdwise.storage.tables import write_table

PASSWORD = "pa55word"
ROOT_USER = os.geteuid() == 0


@dataclass(frozen=True)
class Server:
    """A running server: its kind, and the URL of an empty database."""

    kind: str
    url: str

    def with_password(self, password: str) -> str:
        return self.url.replace(PASSWORD, password)


def absent(what: str) -> None:
    """Skip with the reason."""
    pytest.skip(f"{what} is not installed: apt-get install postgresql mariadb-server")


def find_program(*names: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    places = os.pathsep.join([*map(str, reversed(versions)), "/usr/sbin", os.environ.get("PATH", "")])
    for name in names:
        if found := shutil.which(name, path=places):
            return found
    absent(names[0])
    raise AssertionError


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
        pytest.fail(f"{command[0]} fails: {(folder / 'said').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    initdb, pg_ctl = find_program("initdb"), find_program("pg_ctl")
    with own_folder("postgres") as folder:
        port, data = free_port(), folder / "data"
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        sure = ["--username=crowd", f"--pwfile={folder / 'password'}", "--auth=scram-sha-256"]
        run_as("postgres", folder, initdb, "-D", str(data), *sure, "--encoding=UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run_as("postgres", folder, pg_ctl, "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield Server("postgresql", f"postgresql://crowd:{PASSWORD}@127.0.0.1:{port}/crowdwise")
        finally:
            run_as("postgres", folder, pg_ctl, "-D", str(data), "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    install, program = find_program("mariadb-install-db"), find_program("mariadbd", "mysqld")
    with own_folder("mysql") as folder:
        port, data, wire = free_port(), folder / "data", folder / "wire"
        user = ["--user=mysql"] if ROOT_USER else []
        plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        run_as("mysql", folder, install, "--no-defaults", f"--datadir={data}", *plain)
        command = [program, "--no-defaults", f"--datadir={data}", f"--socket={wire}", f"--port={port}", *user]
        command += ["--bind-address=127.0.0.1", "--skip-log-bin", f"--pid-file={folder / 'pid'}"]
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _grant(wire, running, folder / "log")
            yield Server("mariadb", f"mariadb://crowd:{PASSWORD}@127.0.0.1:{port}/crowdwise")
        finally:
            running.terminate()
            running.wait(60)


def _grant(wire: Path, running: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            connection = pymysql.connect(unix_socket=str(wire), user="root")
            break
        except pymysql.err.OperationalError:
            if running.poll() is not None or time.monotonic() > until:
                pytest.fail(f"mariadbd does not start: {log.read_text()[-2000:]}")
            time.sleep(0.1)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER 'crowd'@'%' IDENTIFIED BY '{PASSWORD}'")
        cursor.execute("GRANT ALL ON *.* TO 'crowd'@'%'")
        cursor.execute("DROP USER IF EXISTS ''@'localhost'")


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give each server in turn with an empty database, named by the environment variable."""
    server: Server = request.getfixturevalue(request.param)
    port = int(server.url.rpartition(":")[2].partition("/")[0])
    if server.kind == "postgresql":
        where = {"host": "127.0.0.1", "port": port, "user": "crowd", "password": PASSWORD, "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as session:  # type: ignore[arg-type]
            session.execute("DROP DATABASE IF EXISTS crowdwise WITH (FORCE)")
            session.execute("CREATE DATABASE crowdwise")
    else:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="crowd", password=PASSWORD)
        with connection, connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS crowdwise")
            cursor.execute("CREATE DATABASE crowdwise CHARACTER SET latin1")  # ours must not depend on it
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", server.url)
    return server


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Give a profile with tables of some thousand rows in a root of its own."""
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.delenv("CROWDWISE_PENDING", raising=False)
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    layout = Layout("sample")
    for system, tables in (("steam", make_steam()), ("kickstarter", make_kickstarter())):
        for name, table in tables.items():
            write_table(table, layout.table(system, name))
    return layout


def make_steam(players: int = 60, games: int = 80, each: int = 30) -> dict[str, pd.DataFrame]:
    """Give made-up Steam tables of any size, with names that quoting and character sets can trip over."""
    rng = np.random.default_rng(5)
    game = [str(10 + k) for k in range(games)]
    odd = ["Über", "100%", 'Garry\'s "Mod"', "戦国 🎲", "back\\slash\ttab", "a", "A"]
    names = [f"{odd[k % len(odd)]} {k}" for k in range(games)]
    player = [str(76561198000000000 + k) for k in range(players)]
    days = pd.array(
        [date(2000 + k % 20, 1 + k % 12, 28) if k % 3 else None for k in range(games)], pd.ArrowDtype(pa.date32())
    )
    chosen = np.concatenate([rng.permutation(games)[:each] for _ in range(players)])
    owned = pd.DataFrame(
        {
            "player_id": np.repeat(player, each),
            "game_id": np.asarray(game)[chosen],
            "minutes_total": rng.integers(0, 10_000, len(chosen)),
            "minutes_two_weeks": rng.integers(0, 100, len(chosen)),
        }
    )
    owners = owned.game_id.value_counts()
    return {
        "games": pd.DataFrame(
            {
                "game_id": game,
                "name": names,
                "genres": [["Action", name] for name in names],
                "tags": [[] if k % 2 else None for k in range(games)],
                "developer": [None if k % 2 else "Válvula" for k in range(games)],
                "publisher": [None] * games,
                "price": [np.nan if k % 5 == 0 else k / 3 for k in range(games)],
                "price_text": ["Free" if k % 5 == 0 else None for k in range(games)],
                "released_on": pd.array(days, pd.ArrowDtype(pa.date32())),
                "release_precision": "day",
                "early_access": [k % 7 == 0 for k in range(games)],
                "metascore": [np.nan] * games,
                "in_catalogue": True,
                "owners": [int(owners.get(g, 0)) for g in game],
                "players": 0,
                "twin_of": None,
                "is_game": [k % 11 != 0 for k in range(games)],
            }
        ),
        "players": pd.DataFrame(
            {
                "player_id": player,
                "user_id": [f"{'U' if k % 2 else 'u'}{k // 2}" for k in range(players)],
                "games": each,
                "games_played": each,
                "minutes_total": 3_000_000_000,
            }
        ),
        "owned": owned,
        "reviews": pd.DataFrame(
            {
                "player_id": [player[0], None],
                "user_id": ["u0", "gone"],
                "game_id": game[:2],
                "recommend": [True, False],
                "posted_on": pd.array([date(2014, 9, 8), None], pd.ArrowDtype(pa.date32())),
                "posted_precision": ["day", "none"],
            }
        ),
        "bundles": pd.DataFrame(
            {
                "bundle_id": ["1", "1"],
                "bundle_name": "Both",
                "game_id": game[:2],
                "game_name": names[:2],
                "price": [np.nan, 1 / 3],
                "final_price": 0.1,
            }
        ),
    }


def make_kickstarter() -> dict[str, pd.DataFrame]:
    """Give a small Kickstarter: keys that differ in case only, a NUL, an emoji, times to the second."""
    launched = pd.to_datetime(["2023-01-02T03:04:05Z", "2009-05-03T00:00:00Z"], utc=True)
    projects = pd.DataFrame(
        {
            "project_id": ["a", "A"],
            "name": ["A 🎲 game", "Nul\0 in a name"],
            "blurb": ["Roll 'em; \\N \t", None],
            "category": ["games/Tabletop", "games/tabletop"],
            "parent_category": "games",
            "goal_usd": [1000.1, 1e9],
            "pledged_usd": [2000.0, np.nan],
            "currency": "USD",
            "country": ["US", None],
            "state": ["successful", "failed"],
            "launched_at": launched,
            "deadline": launched + pd.Timedelta(days=30),
            "created_at": [None, launched[1]],
            "time_precision": ["second", "day"],
            "creator_id": ["7", None],
            "place_id": None,
            "staff_pick": [True, False],
            "backers_count": [12, 0],
            "seen_in": "2023-07-17",
        }
    )
    categories = pd.DataFrame({"category": projects.category, "parent_category": "games", "projects": 1})
    return {
        "projects": projects,
        "categories": categories,
        "countries": pd.DataFrame({"country": ["US"], "projects": [1]}),
    }

"""Where the database is, and what it is called in messages."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.database import address, engine, prepare, shown

VARIABLE = "SQLALCHEMY_DATABASE_URI"


@pytest.fixture
def sample(home) -> Layout:
    return Layout("sample")


def test_each_profile_has_its_own_file(sample):
    assert address(sample).database == str(sample.root / "data" / "sample" / "crowdwise.db")
    assert address(Layout("local")).database != address(sample).database


def test_a_relative_file_is_below_the_root(sample, monkeypatch):
    monkeypatch.setenv(VARIABLE, "sqlite:///some/where.db")
    assert address(sample).database == str(sample.root / "some" / "where.db")
    monkeypatch.setenv(VARIABLE, "sqlite:////tmp/where.db")
    assert address(sample).database == "/tmp/where.db"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://me:pa55@host/db", "postgresql+psycopg"),
        ("postgres://me:pa55@host/db", "postgresql+psycopg"),
        ("mysql://me:pa55@host/db", "mysql+pymysql"),
        ("mariadb://me:pa55@host/db", "mysql+pymysql"),
        ("mariadb+pymysql://me:pa55@host/db", "mysql+pymysql"),
        ("mysql+pymysql://me:pa55@host/db", "mysql+pymysql"),
    ],
)
def test_a_server_is_reached_by_the_driver_that_is_installed(sample, monkeypatch, given, driver):
    monkeypatch.setenv(VARIABLE, given)
    assert address(sample).drivername == driver
    assert engine(sample).dialect.name in ("postgresql", "mysql")
    assert "pa55" not in shown(address(sample))


@pytest.mark.parametrize("given", ["no url pa55", "oracle9://me:pa55@host/db", "mysql+nodriver://me:pa55@host/db"])
def test_a_url_that_can_not_be_used_is_a_problem_that_does_not_quote_it(sample, monkeypatch, given):
    monkeypatch.setenv(VARIABLE, given)
    with pytest.raises(Problem, match=VARIABLE) as problem:
        engine(sample)
    assert "pa55" not in str(problem.value)


@pytest.mark.parametrize("given", ["postgresql://me:pa55@127.0.0.1:9/db", "mysql://me:pa55@127.0.0.1:9/db"])
def test_a_server_that_is_not_there_is_a_problem_without_the_password(sample, monkeypatch, given):
    monkeypatch.setenv(VARIABLE, given)
    with pytest.raises(Problem, match=r"127\.0\.0\.1:9/db.*the database refuses") as problem:
        prepare(engine(sample), "sample")
    assert "pa55" not in str(problem.value)


def test_sqlite_lets_readers_read_while_one_writes_and_keeps_references(sample):
    made = engine(sample)
    prepare(made, "sample")
    with made.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) >= 10_000


def test_preparing_twice_changes_nothing(sample):
    made = engine(sample)
    prepare(made, "sample")
    prepare(made, "sample")
    with pytest.raises(Problem, match="holds profile sample, not full"):
        prepare(made, "full")

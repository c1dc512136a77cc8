"""Where the app listens, by which names it is called, and how its health is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from crowdwise.app.endpoint import HEALTH, read_base_url
from crowdwise.app.health import check
from crowdwise.app.health import main as health
from crowdwise.app.hosts import is_known, origins, read_hosts
from crowdwise.app.serve import main, read_sessions
from crowdwise.app.server import TEMPLATE
from crowdwise.base.errors import Problem
from web_server import Web, web  # noqa: F401


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("crowdwise", "/crowdwise/"),
        ("/a/b-c/", "/a/b-c/"),
        ("/~me/v1.2", "/~me/v1.2/"),
    ],
)
def test_a_base_url_has_a_slash_at_both_ends(text: str, path: str) -> None:
    assert read_base_url(text) == path


@pytest.mark.parametrize(
    "text", ["http://a.org/", "/a//b/", "/../", "/a b/", "/a?b", "/a#b", "/.git/", '/"><b>/', "/ä/"]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"CROWDWISE_BASE_URL: .* is not a path below which the app can stand\. Use "):
        read_base_url(text)


def test_host_names_are_listed_with_commas_or_blanks() -> None:
    assert read_hosts(" Games.Example.org, games.example.org  intranet ") == ("games.example.org", "intranet")
    assert read_hosts("") == ()


@pytest.mark.parametrize(
    "text",
    ["https://a.org", "a.org:80", "*.a.org", "a.org/x", "*", "-a.org", "a..org", "a_b.org", "ä.org", f"{'a' * 64}.org"],
)
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"CROWDWISE_HOSTS: .* is not a host name\. Use names alone"):
        read_hosts(text)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        *(("localhost", True), ("LOCALHOST:8866", True), ("127.0.0.1:8866", True), ("[::1]:8866", True)),
        *(("192.168.1.5:80", True), ("games.example.org", True), ("Games.Example.Org:443", True)),
        *(("evil.example", False), ("evil.example:8866", False), ("games.example.org.evil.example", False)),
        *(("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("", False), ("x@localhost", False)),
    ],
)
def test_only_addresses_and_own_names_are_answered_to(host: str, known: bool) -> None:
    assert is_known(host, {"games.example.org"}) is known


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        *(("https://games.example.org", True), ("http://games.example.org:8080", True), ("https://intranet", True)),
        *(("https://gamesxexample.org", False), ("https://games.example.org.evil.example", False)),
        *(("https://games.example.org:80@evil.example", False), ("null", False), ("ftp://intranet", False)),
    ],
)
def test_only_own_names_are_origins(origin: str, allowed: bool) -> None:
    assert bool(re.fullmatch(origins(("games.example.org", "intranet")), origin)) is allowed


@pytest.mark.parametrize("text", ["0", "-1", "many", "", "1.5", "٣"])
def test_what_is_no_number_of_sessions_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"CROWDWISE_SESSIONS: .* is not a number of sessions"):
        read_sessions(text)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("PORT", "http"), ("CROWDWISE_HOSTS", "*"), ("CROWDWISE_BASE_URL", "http://a.org")),
        ("CROWDWISE_SESSIONS", "none"),
    ],
)
def test_a_variable_that_makes_no_sense_is_one_sentence(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {variable}: '{value}' is not ")
    assert said.count("\n") == 1


def test_the_health_file_is_where_it_is_asked_for() -> None:
    assert (TEMPLATE / HEALTH.removeprefix("voila/")).read_text() == "ok\n"


@pytest.fixture
def health_of(web: Web, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:  # noqa: F811
    monkeypatch.setenv("PORT", str(web.port))
    monkeypatch.setenv("CROWDWISE_BASE_URL", "/games/")
    return health


def test_an_app_that_answers_is_well(web: Web, health_of: Callable[[], int]) -> None:  # noqa: F811
    web.serve(f"games/{HEALTH}", b"ok\n")
    assert health_of() == 0


def test_another_program_on_its_port_is_not_the_app(
    web: Web,  # noqa: F811
    health_of: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    web.serve(f"games/{HEALTH}", b"<!DOCTYPE html>")
    assert health_of() == 1
    assert "something else than the app answers" in capsys.readouterr().err


def test_an_app_that_is_not_there_is_not_well() -> None:
    with pytest.raises(Problem, match="does not answer"):
        check(1, patience=0.5)

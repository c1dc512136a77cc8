"""In a real browser: what was asked outlives a reload, a restart and a lost session, and goes away at a word."""

from __future__ import annotations

import re
import shutil
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from test_app_browser import choose_games, fits, keep, kernel_of, names, predict, served, visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "<b>A game</b> & more 🎲"


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    """A project of the test's own with the sample's models and database."""
    for folder in ("notebooks", "params"):
        shutil.copytree(sample_root / folder, tmp_path / folder)
    data = Path("data") / "sample"
    for system in ("steam", "kickstarter"):
        shutil.copytree(sample_root / data / system / "model", tmp_path / data / system / "model")
    for file in (sample_root / data).glob("crowdwise.db*"):
        shutil.copy(file, tmp_path / data)
    with create_engine(f"sqlite:///{database_of(tmp_path)}").begin() as connection:
        for table in ("recommendations_shown", "submissions", "reactions"):  # what other tests asked
            connection.execute(text(f"DELETE FROM {table}"))
    return tmp_path


def database_of(project: Path) -> Path:
    return project / "data" / "sample" / "crowdwise.db"


def count(project: Path) -> int:
    with create_engine(f"sqlite:///{database_of(project)}").connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM submissions")) or 0)


def ask_for_games(page: Any) -> list[str]:
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    return names(page)


def state_in(page: Any, before: str = "") -> str:
    """Give the state that stands in the address, once it is another than before."""
    page.wait_for_function("before => location.hash.length > 9 && location.hash !== before", arg=before)
    return str(page.evaluate("location.hash"))


def past(page: Any) -> list[str]:
    page.get_by_role("tab", name="Your history").click()
    page.locator(".cw-entry").first.wait_for()
    return [str(words) for words in page.locator(".cw-entry").all_inner_texts()]


def test_a_history_and_both_tabs_outlive_a_restart_and_can_be_deleted(
    project: Path,
    visit: Callable[..., Any],  # noqa: F811
) -> None:
    with served(project) as (url, _):
        page = visit(url)
        choose_games(page, "a", "e")
        games = ask_for_games(page)
        before = state_in(page)
        predict(page, NAME)
        state_in(page, before)
        page.wait_for_timeout(600)  # the address is written a moment after the last change
        address = urllib.parse.urlsplit(page.url)
    assert re.fullmatch(r"unit=[A-Za-z0-9_-]{22}", address.query)
    assert count(project) == 2
    with served(project) as (url, server):
        page = visit(f"{url}?{address.query}#{address.fragment}", ready=False)
        page.locator(".cw-chance-number:visible").wait_for()
        assert page.get_by_label("Name").input_value() == NAME
        page.get_by_role("tab", name="What to play next").click()
        page.locator(".cw-game:visible").nth(9).wait_for()
        assert names(page) == games
        assert len(past(page)) == 2
        assert NAME in past(page)[0]
        keep(page, "history")
        kernel_of(page, server).kill()
        page.wait_for_selector("#cw-lost:visible")
        page.get_by_role("button", name="Reload the page").click()
        page.locator(".cw-entry").nth(1).wait_for()
        page.locator(".cw-entry").nth(1).get_by_role("button", name="Open again").click()
        page.locator(".cw-game:visible").nth(9).wait_for()
        assert names(page) == games
        assert count(project) == 2
        past(page)
        page.get_by_role("button", name="Export as CSV").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download crowdwise-history.csv").click()
        lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert (len(lines), lines[0].partition(",")[0]) == (3, "made_at_utc")
        stranger = visit(url)
        stranger.get_by_role("tab", name="Your history").click()
        stranger.get_by_text("Nothing yet").wait_for()
        page.get_by_role("button", name="Delete my data").click()
        page.get_by_role("button", name="Yes, delete it for good").click()
        page.get_by_text("Deleted: 2 records.").wait_for()
        assert count(project) == 0


def test_a_database_that_goes_away_is_said_and_the_page_goes_on(
    project: Path,
    visit: Callable[..., Any],  # noqa: F811
) -> None:
    with served(project) as (url, _):
        page = visit(url, width=360)
        for file in database_of(project).parent.glob("crowdwise.db*"):
            file.unlink()
        choose_games(page, "a")
        ask_for_games(page)
        page.get_by_text("database cannot be used any more").wait_for()
        predict(page, NAME)
        assert page.get_by_text("database cannot be used any more").count() == 1
        assert len(past(page)) == 2
        assert fits(page)
        keep(page, "history-360-lost")
    assert not database_of(project).exists()


def test_a_database_that_is_read_only_is_said_and_the_page_goes_on(
    project: Path,
    visit: Callable[..., Any],  # noqa: F811
) -> None:
    uri = f"sqlite:///file:{database_of(project)}?mode=ro&uri=true"
    with served(project, SQLALCHEMY_DATABASE_URI=uri) as (url, _):
        page = visit(url)
        page.get_by_label("Pick a player").select_option(index=1)
        assert len(ask_for_games(page)) == 10
        page.get_by_text("database cannot be used any more").wait_for()
    assert count(project) == 0


def test_a_garbled_address_is_a_sentence_and_the_page_works(
    project: Path,
    visit: Callable[..., Any],  # noqa: F811
) -> None:
    with served(project) as (url, _):
        page = visit(f"{url}?unit=%3Cscript%3E#s=%3Cscript%3Ealert(1)%3C/script%3E")
        page.get_by_text("is no state of this page").wait_for()
        page.wait_for_url(re.compile(r"\?unit=[A-Za-z0-9_-]{22}$"))
        choose_games(page, "a")
        assert len(ask_for_games(page)) == 10
        before = state_in(page)
        page.get_by_role("link", name="Skip to the app").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("state => location.hash === state", arg=before)
        assert len(names(page)) == 10

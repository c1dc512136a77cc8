"""A visitor's history: in words, as a file, in the database and, where that fails, in memory."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from few_games import NASTY, FewGames
from sqlalchemy import Engine, text
from test_app_kickstarter import OneAnswer

from crowdwise.app import sources
from crowdwise.app.diary import Entry, MemoryDiary, Reaction
from crowdwise.app.history import data_uri, describe, list_entries, write_csv
from crowdwise.app.page import Page
from crowdwise.app.participation import hash_token
from crowdwise.app.retention import keep_purging, purge, read_retention, say_retention, upgrade
from crowdwise.app.sources import StoredPlayers
from crowdwise.app.stored_diary import LOST, StoredDiary, write_document
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage import diaries
from crowdwise.storage.diaries import Removed

TOKEN, OTHER = "a" * 22, "b" * 22
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
GAMES = {"way": "games", "player": "", "owned": [["10", None]], "game_id": ""}


@pytest.fixture(autouse=True)
def _rooted(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(layout.root))
    for name in ("CROWDWISE_PROFILE", "SQLALCHEMY_DATABASE_URI", "CROWDWISE_RETENTION_DAYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def database(stored: StoredPlayers) -> Engine:
    return stored.engine


@pytest.fixture
def diary(database: Engine) -> StoredDiary:
    return StoredDiary(database, TOKEN, {"steam": "v7"}, {"steam": "e"})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, recommender: FewGames, database: Engine) -> Callable[..., Page]:
    """Give a function that opens the page at an address, each time as a new session."""
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    monkeypatch.setattr(sources, "open_predictor", lambda layout: OneAnswer())

    def open_page(address: str = f"?unit={TOKEN}") -> Page:
        page = Page()
        page.load()
        page.arrived.value = f"1 {address}"
        return page

    return open_page


def address_of(page: Page) -> str:
    """Give what page.js would put into the address."""
    unit, state = re.findall(r'data-unit="(.*?)" data-state="(.*?)"', page.address.value)[0]
    return f"?unit={unit}#{state}"


def test_only_the_token_opens_what_was_written(diary: StoredDiary, database: Engine) -> None:
    entry_id = diary.submit("steam", GAMES, {"games": [NASTY]}, games=[("20", 0.5)], arm="recommended")
    diary.react("steam", "20", "own")
    (row,) = diaries.read_submissions(database, hash_token(TOKEN))
    assert (row.submission_id, row.model_version, row.experiment, row.arm) == (entry_id, "v7", "e", "recommended")
    again = StoredDiary(database, TOKEN)
    assert [entry.state for entry in again.entries("steam")] == [GAMES]
    assert again.reactions("steam") == {"20": "own"}
    stranger = StoredDiary(database, OTHER)
    assert (stranger.entries("steam"), stranger.reactions("steam"), stranger.entry(entry_id)) == ([], {}, None)
    again.open(OTHER)
    assert again.entries("steam") == []
    with database.connect() as connection:
        assert TOKEN not in str(connection.execute(text("SELECT * FROM submissions")).all())


def test_without_a_test_no_experiment_is_written(diary: StoredDiary, database: Engine) -> None:
    diary.submit("steam", GAMES, {})
    assert diaries.read_submissions(database, diary.owner)[0].experiment is None


@pytest.mark.parametrize("kind", ["stored", "memory"])
def test_the_last_reaction_stands(diary: StoredDiary, kind: str) -> None:
    used = diary if kind == "stored" else MemoryDiary()
    for item, reaction in (("1", "own"), ("2", "not for me"), ("1", "not for me"), ("2", ""), ("3", "own")):
        used.react("steam", item, reaction)
    assert used.reactions("steam") == {"1": "not for me", "3": "own"}
    assert [said.reaction for said in used.log()] == ["own", "not for me", "not for me", "", "own"]
    with pytest.raises(ValueError, match="is none of"):
        used.react("steam", "1", "love it")
    assert used.forget() == 5
    assert (used.reactions("steam"), used.log()) == ({}, [])


def test_what_json_has_no_word_for_is_written_all_the_same() -> None:
    document = {"a": float("nan"), "b": np.float32(1.5), "c": np.arange(2), "d": "NaN \0 \ud83c 🎲", "e": NOON}
    assert write_document(document).isascii()
    assert '"a": null, "b": 1.5, "c": [0, 1], "d": "NaN \\u0000 \\ud83c \\ud83c\\udfb2"' in write_document(document)


def test_a_database_that_fails_is_told_and_logged_once_and_memory_goes_on(
    diary: StoredDiary, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    diary.tell = told.append
    diary.submit("steam", GAMES, {})
    with database.begin() as connection:
        connection.execute(text("DROP TABLE reactions"))
    with caplog.at_level(logging.WARNING, logger="crowdwise.app"):
        diary.react("steam", "10", "own")
        diary.react("steam", "20", "own")
        second = diary.submit("steam", GAMES, {"n": 2})
    assert told == [LOST]
    assert caplog.text.count("no such table") == 1
    assert not diary.lasting
    assert [entry.answer for entry in diary.entries("steam")] == [{"n": 2}, {}]
    assert diary.reactions("steam") == {"10": "own", "20": "own"}
    assert diary.entry(second) is not None
    with pytest.raises(Problem):
        diary.forget()  # it must not be said that all is deleted
    assert len(diary.entries("steam")) == 2


def entry(system: str, state: dict[str, object], answer: dict[str, object]) -> Entry:
    return Entry("1", system, NOON, state, answer)


@pytest.mark.parametrize(
    ("made", "asked", "answered"),
    [
        (entry("steam", {"way": "player", "player": "7"}, {"games": []}), "Games for player 7", "no games"),
        (entry("steam", GAMES, {"games": ["A", "B"]}), "Games for an owner of 1 game", "A, B"),
        (entry("steam", {"way": "games", "owned": "packed"}, {}), "Games for an owner of many games", "no games"),
        (entry("steam", {"way": "alike"}, {"title": "Games like X", "games": list("ABCDE")}), "Games like X", None),
        (entry("steam", {}, {"games": [{"name": "A"}, ["9", "B"]]}), "Games", "A, B"),
        (
            entry("kickstarter", {"name": "N", "goal": 5e3, "currency": "USD"}, {"probability": 0.37}),
            "N, USD 5,000",
            None,
        ),
        (entry("kickstarter", {"name": "x" * 300}, {"probability": 0.3, "shown": False}), "x" * 89 + "…", "noted"),
        (entry("kickstarter", {}, {}), "A project", "noted"),
    ],
)
def test_a_submission_is_told_in_words(made: Entry, asked: str, answered: str | None) -> None:
    line = describe(made)
    assert (line.asked, line.when) == (asked, "2 January 2026, 12:00 UTC")
    assert answered is None or line.answered == answered


def test_the_file_holds_everything_and_no_formula() -> None:
    evil = '=HYPERLINK("http://x")\n,"'
    entries = [
        entry("kickstarter", {"name": evil}, {"probability": 0.5}),
        entry("steam", GAMES, {"games": ["@SUM(1)"]}),
    ]
    reactions = [Reaction("steam", "-10", "own", NOON), Reaction("steam", "20", "", NOON)]
    uri = data_uri(write_csv(entries, reactions))
    body = base64.b64decode(uri.partition("base64,")[2])
    assert body.startswith(b"\xef\xbb\xbfmade_at_utc,")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [row["kind"] for row in rows] == ["submission", "submission", "reaction", "reaction"]
    assert rows[0]["asked"] == f"'{evil}"
    assert (rows[1]["answered"], rows[2]["asked"], rows[3]["answered"]) == ("'@SUM(1)", "'-10", "taken back")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_the_page_lists_opens_again_exports_and_deletes(opened: Callable[..., Page], database: Engine) -> None:
    page = opened()
    page.steam.pick.value = "765"
    page.steam.go.click()
    page.kickstarter.fields["name"].value = NASTY
    page.kickstarter.go.click()
    page.tabs.selected_index = 2
    shown = "".join(row.children[0].value for row in page.history.list.children)
    assert "Games for player 765" in shown
    assert "<script>" not in shown
    again = opened()
    again.tabs.selected_index = 2
    assert len(again.history.list.children) == 2
    again.history.list.children[0].children[1].click()
    assert again.tabs.selected_index == 1
    assert again.kickstarter.fields["name"].value == NASTY
    assert "37" in again.kickstarter.chance.value
    assert diaries.count_rows(database, hash_token(TOKEN)).submissions == 2  # opened again, not asked again
    again.tabs.selected_index = 2
    again.history.export.click()
    assert 'download="crowdwise-history.csv"' in again.history.link.value
    again.history.delete.click()
    assert again.history.confirm.layout.display == ""
    again.history.keep.click()
    assert diaries.count_rows(database, hash_token(TOKEN)).submissions == 2
    again.history.sure.click()
    assert "Deleted: 2 records." in again.history.notice.value
    assert "Nothing yet" in again.history.list.children[0].value
    assert diaries.count_rows(database, hash_token(TOKEN)) == Removed()
    page.history.list.children[0].children[1].click()
    assert page.history.notice.value == "" or "this entry is gone" in page.history.notice.value


def test_a_reload_brings_back_both_tabs_and_the_open_one(opened: Callable[..., Page], database: Engine) -> None:
    page = opened()
    assert address_of(page) == f"?unit={TOKEN}#"
    page.steam.way.value = "games"
    page.steam.add("60")
    page.kickstarter.fields["name"].value = "戦国 🎲"
    page.tabs.selected_index = 1
    again = opened(address_of(page))
    assert again.steam.model.get() == page.steam.model.get()
    assert again.kickstarter.fields["name"].value == "戦国 🎲"
    assert again.tabs.selected_index == 1
    assert "Ten games for you" in again.steam.title.value
    assert address_of(again) == address_of(page)
    assert diaries.count_rows(database, hash_token(TOKEN)) == Removed()


def test_a_long_state_comes_back_from_the_diary(opened: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crowdwise.app.address.LONGEST", 60)
    page = opened()
    page.steam.way.value = "games"
    page.steam.add("60")
    page.steam.go.click()
    for address in (address_of(page), address_of(opened(address_of(page)))):
        assert len(address) < 100
        assert opened(address).steam.model.owned == {"60": None}
    page.steam.tune(page.steam.model.filters, 0.4)
    assert opened(address_of(page)).steam.model.damping == 0.4
    stranger = opened(address_of(page).replace(TOKEN, OTHER))
    assert stranger.steam.model.owned == {}


@pytest.mark.parametrize("address", ["#s=nonsense", "#s=" + "A" * 300_000, "?unit=1;2#s=💥", "#rendered_cells", "?#"])
def test_a_garbled_address_leaves_the_page_whole(opened: Callable[..., Page], address: str) -> None:
    page = opened(address)
    assert not page.steam.go.disabled
    assert address_of(page).endswith("#")
    page.steam.pick.value = "765"
    page.steam.go.click()
    assert "Ten games for player 765" in page.steam.title.value


def test_with_a_retention_of_nothing_nothing_is_written(
    opened, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROWDWISE_RETENTION_DAYS", "0")
    page = opened()
    page.steam.pick.value = "765"
    page.steam.go.click()
    page.tabs.selected_index = 2
    assert len(page.history.list.children) == 1
    assert "Nothing of what you ask is stored" in page.history.about.value
    assert diaries.count_rows(database, hash_token(TOKEN)) == Removed()
    assert 'data-unit=""' in page.address.value


def test_a_page_whose_database_goes_away_says_so_and_answers(
    opened: Callable[..., Page], layout: Layout, database: Engine
) -> None:
    page = opened()
    for path in layout.database.parent.glob("crowdwise.db*"):
        path.unlink()
    page.kickstarter.fields["name"].value = "A game"
    page.kickstarter.go.click()
    page.kickstarter.go.click()
    assert "37" in page.kickstarter.chance.value
    assert page.banner.value.count("cannot be used any more") == 1
    assert not layout.database.exists()


@pytest.mark.parametrize(("text", "days"), [("", 365), ("0", 0), (" 7 ", 7), ("36500", 36_500)])
def test_a_retention_is_read(monkeypatch: pytest.MonkeyPatch, text: str, days: int) -> None:
    monkeypatch.setenv("CROWDWISE_RETENTION_DAYS", text)
    assert read_retention() == days


@pytest.mark.parametrize("text", ["-1", "1.5", "year", "36501", "٣", "9" * 400])
def test_a_retention_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CROWDWISE_RETENTION_DAYS", text)
    with pytest.raises(Problem, match=r"CROWDWISE_RETENTION_DAYS: .* is no number of days\. Use a whole number"):
        read_retention()


def test_a_purge_keeps_to_the_days(layout: Layout, diary: StoredDiary) -> None:
    diary.submit("steam", GAMES, {}, games=[("10", 1.0)])
    assert purge(layout, 1) == Removed()
    assert purge(layout, 0) == Removed(1, 1, 0)
    assert "for 1 day;" in say_retention(1)


def test_a_purge_that_cant_be_is_logged_and_makes_no_database(layout: Layout, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="crowdwise.app"):
        assert purge(layout, 1) is None
        upgrade(layout)
    assert caplog.text.count("the database is not made yet") == 2
    assert not Path(layout.database).exists()


def test_the_server_adds_the_tables_and_purges_at_its_start(layout: Layout, database: Engine) -> None:
    from tornado.ioloop import IOLoop

    with database.begin() as connection:
        for table in ("recommendations_shown", "reactions", "submissions"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("UPDATE meta SET value = '4' WHERE key = 'schema'"))
    upgrade(layout)
    diary = StoredDiary(database, TOKEN)
    diary.submit("steam", GAMES, {})
    assert diary.lasting

    async def run() -> None:
        keep_purging(layout, 0)
        for _ in range(200):
            await asyncio.sleep(0.05)
            if not list_entries(diary):
                return

    IOLoop(make_current=False).run_sync(run)
    assert list_entries(diary) == []

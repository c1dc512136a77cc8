"""The app while an experiment runs: both arms, no experiment, and a log that can't be written."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from few_games import NASTY, FewGames
from sqlalchemy import Engine, select, text
from test_app_kickstarter import OneAnswer

from crowdwise.app import sources
from crowdwise.app.kickstarter_model import KickstarterModel
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.app.page import Page
from crowdwise.app.participation import Participation, hash_token, read_token
from crowdwise.app.popular import most_owned
from crowdwise.app.sources import StoredPlayers, open_participation
from crowdwise.app.steam_model import SteamModel
from crowdwise.app.steam_view import SteamView
from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import end_experiment, start_experiment
from crowdwise.storage.schema import assignments, exposures
from experiment_logs import LOGGED_PLAN

NAME, TOKEN = "recommendations-2026", "a" * 22
CONTROL, TREATMENT = "popular", "recommended"


@pytest.fixture(autouse=True)
def _rooted(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(layout.root))
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)


@pytest.fixture
def database(stored: StoredPlayers) -> Engine:
    return stored.engine


def token_in(arm: str) -> str:
    """Give a token that the plan's hash sends to an arm."""
    for number in range(1000):
        token = f"{number:022d}"
        if assign_by_plan([hash_token(token)], read_plan(LOGGED_PLAN)).iloc[0] == arm:
            return token
    raise AssertionError


@pytest.fixture
def join(layout: Layout, database: Engine) -> Iterator[Callable[[str, str], Participation]]:
    """Give a function that starts the experiment in a system and takes part in it in an arm."""
    joined = []

    def take_part(system: str, arm: str) -> Participation:
        start_experiment(database, read_plan(LOGGED_PLAN), system)
        layout.model(system).mkdir(parents=True)
        (layout.model(system) / "card.json").write_text(json.dumps({"version": "v7"}))
        found = open_participation(layout, system, token_in(arm))
        assert found is not None
        joined.append(found)
        return found

    yield take_part
    for one in joined:
        one.engine.dispose()


def noted(database: Engine) -> list[dict[str, Any]]:
    with database.connect() as connection:
        return [dict(row) for row in connection.execute(select(exposures)).mappings()]


def names(model: SteamModel) -> list[str]:
    return [shown.game.name for shown in model.answer().games]


def in_games(model: SteamModel) -> SteamModel:
    model.way = "games"
    model.own("60")
    return model


@pytest.mark.parametrize(
    ("arm", "wanted", "reasons"),
    [
        (CONTROL, ["Portal 2", "Garry's Mod", "Portal", NASTY, "Café Düsseldorf"], 0),
        (TREATMENT, ["Portal", "Portal 2", "Garry's Mod", NASTY, "Café Düsseldorf"], 5),
    ],
)
def test_each_arm_sees_its_games_and_both_are_noted(
    recommender: FewGames, database: Engine, join: Any, arm: str, wanted: list[str], reasons: int
) -> None:
    model = in_games(SteamModel(recommender, None, join("steam", arm)))  # type: ignore[arg-type]
    answer = model.answer()
    assert [shown.game.name for shown in answer.games] == wanted
    assert sum(bool(shown.reasons) for shown in answer.games) == reasons
    assert (answer.title, answer.lead) == ("Ten games for you", "For an owner of 1 game: Terraria.")
    (row,) = noted(database)
    assert (row["unit"], row["arm"], row["model_version"]) == (hash_token(token_in(arm)), arm, "v7")
    shown = json.loads(row["shown"])
    assert shown["recommended"] == ["10", "20", "30", "40", "50"]
    assert [recommender.games.set_index("game_id").name[key] for key in shown["games"]] == wanted
    model.answer()
    assert len(noted(database)) == 2


def test_a_known_player_is_the_unit(recommender: FewGames, stored: StoredPlayers, join: Any) -> None:
    model = SteamModel(recommender, stored, join("steam", CONTROL))  # type: ignore[arg-type]
    model.player = "user0"  # who is 765
    answer = model.answer()
    assert answer.title == "Ten games for player 765"
    assert answer.lead.startswith("Owns 5 games, 40 h in all.")
    assert [row["unit"] for row in noted(stored.engine)] == ["765"]


def test_games_like_one_are_the_same_for_all_and_not_noted(recommender: FewGames, database: Engine, join: Any) -> None:
    model = SteamModel(recommender, None, join("steam", CONTROL))  # type: ignore[arg-type]
    model.way, model.game_id = "alike", "10"
    assert len(model.answer().games) == 5
    assert noted(database) == []


def test_the_most_owned_leave_out_what_is_owned_its_twin_and_what_is_no_game() -> None:
    rows = [
        {"game_id": "1", "owners": 5, "twin_of": float("nan"), "is_game": True},
        {"game_id": "2", "owners": 9, "twin_of": "3", "is_game": True},
        {"game_id": "3", "owners": 9, "twin_of": None, "is_game": True},
        {"game_id": "4", "owners": 99, "twin_of": None, "is_game": False},
        {"game_id": "5", "owners": 7, "twin_of": None, "is_game": True},
        {"game_id": "6", "owners": None, "twin_of": None, "is_game": True},
    ]
    assert most_owned(rows, ["5"]) == ["3", "1", "6"]
    assert most_owned(rows, ["2"]) == ["5", "1", "6"]
    assert most_owned(rows, ["2"], n=1) == ["5"]


def test_the_control_is_shown_no_chance_and_the_draft_is_noted(database: Engine, join: Any) -> None:
    model = KickstarterModel(OneAnswer(), date(2024, 3, 5), participation=join("kickstarter", CONTROL))  # type: ignore
    view = KickstarterView()
    view.ready(model)
    view.fields["name"].value = "A <b>game"
    view.go.click()
    assert "Your draft is noted." in view.chance.value
    assert "37" not in view.chance.value
    assert (view.drivers.value, view.notes.value, view.notice.value) == ("", "", "")
    shown = json.loads(noted(database)[0]["shown"])
    assert (shown["shown"], shown["probability"], shown["draft"]["name"]) == (False, 0.368, "A <b>game")


def test_the_treatment_is_shown_its_chance(database: Engine, join: Any) -> None:
    model = KickstarterModel(OneAnswer(), date(2024, 3, 5), participation=join("kickstarter", TREATMENT))  # type: ignore
    model.change("name", "A game")
    outlook = model.answer()
    assert outlook is not None
    assert outlook.prediction.probability == 0.368
    assert json.loads(noted(database)[0]["shown"])["shown"] is True


def test_a_draft_that_cant_be_is_told_in_both_arms_and_nobody_is_assigned(database: Engine, join: Any) -> None:
    model = KickstarterModel(OneAnswer(), date(2024, 3, 5), participation=join("kickstarter", CONTROL))  # type: ignore
    with pytest.raises(Problem, match="it is empty"):
        model.answer()
    with database.connect() as connection:
        assert connection.execute(select(assignments)).all() == []


@pytest.mark.parametrize("table", ["assignments", "exposures"])
def test_a_log_that_cant_be_written_leaves_the_app_as_it_is_without_a_test(
    recommender: FewGames, database: Engine, join: Any, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    model = in_games(SteamModel(recommender, None, join("steam", CONTROL)))  # type: ignore[arg-type]
    with database.begin() as connection:
        refuse = f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        connection.execute(text(refuse))
    with caplog.at_level("WARNING", logger="crowdwise.app"):
        assert names(model)[0] == "Portal"
    assert "takes no more part in experiment recommendations-2026" in caplog.text
    with database.begin() as connection:
        connection.execute(text("DROP TRIGGER no"))
    assert names(model)[0] == "Portal"
    assert noted(database) == []


def test_an_experiment_that_ends_leaves_open_pages_as_they_are_without_one(
    recommender: FewGames, database: Engine, join: Any
) -> None:
    model = in_games(SteamModel(recommender, None, join("steam", CONTROL)))  # type: ignore[arg-type]
    assert names(model)[0] == "Portal 2"
    end_experiment(database, NAME)
    assert names(model)[0] == "Portal"
    assert len(noted(database)) == 1


def test_a_database_that_is_gone_does_not_stop_the_tab(
    recommender: FewGames, layout: Layout, join: Any, database: Engine
) -> None:
    view = SteamView()
    participation = join("steam", CONTROL)
    view.ready(in_games(SteamModel(recommender, None, participation)))  # type: ignore[arg-type]
    participation.engine.dispose()
    database.dispose()
    for path in layout.database.parent.glob("crowdwise.db*"):
        path.unlink()
    layout.database.mkdir()
    view.recommend()
    assert view.notice.value == ""
    assert "Portal" in view.cards[0].face.value


@pytest.mark.parametrize("system", ["steam", "kickstarter"])
def test_a_page_says_that_a_test_runs_and_brings_its_token(
    monkeypatch: pytest.MonkeyPatch, recommender: FewGames, database: Engine, system: str
) -> None:
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    monkeypatch.setattr(sources, "open_predictor", lambda layout: OneAnswer())
    start_experiment(database, read_plan(LOGGED_PLAN), system)
    page = Page()
    page.load()
    page.arrive(f"?unit={TOKEN}&x=1")
    assert f'data-unit="{TOKEN}"' in page.address.value
    assert "A test is running" in page.test.value
    joined = {name: getattr(page, name).model.participation for name in ("steam", "kickstarter")}
    assert {name for name, found in joined.items() if found} == {system}
    assert joined[system].token == TOKEN


def test_without_an_experiment_nothing_is_said_or_noted(
    monkeypatch: pytest.MonkeyPatch, recommender: FewGames, database: Engine
) -> None:
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    start_experiment(database, read_plan(LOGGED_PLAN), "steam")
    end_experiment(database, NAME)
    page = Page()
    page.load()
    assert page.test.value == ""
    page.steam.pick.value = "765"
    page.steam.go.click()
    assert "Ten games for player 765" in page.steam.title.value
    assert noted(database) == []


def test_a_plan_that_was_tampered_with_leaves_the_app_without_a_test(
    monkeypatch: pytest.MonkeyPatch, recommender: FewGames, database: Engine
) -> None:
    monkeypatch.setattr(sources, "open_recommender", lambda layout: recommender)
    start_experiment(database, read_plan(LOGGED_PLAN), "steam")
    with database.begin() as connection:
        connection.execute(text("UPDATE experiments SET plan = 'nonsense'"))
    page = Page()
    page.load()
    assert (page.test.value, page.steam.go.disabled) == ("", False)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "unit=",
        "unit=76561198000000001",
        "unit=<script>alert(1)</script>",
        f"unit={TOKEN}&unit={TOKEN}",
        f"unit={TOKEN}x",
        f"unit={'é' * 22}",
        "&".join(["a=1"] * 100),
        "unit=" + "a" * 100_000,
        f"unit={TOKEN}%0A",
    ],
)
def test_a_token_that_is_none_of_ours_is_replaced(query: str) -> None:
    first, second = read_token(query), read_token(query)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first)
    assert first not in (second, TOKEN)


def test_a_token_of_ours_is_kept() -> None:
    token = secrets.token_urlsafe(16)
    assert read_token(f"a=1&unit={token}") == token

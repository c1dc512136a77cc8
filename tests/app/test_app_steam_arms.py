"""What a visitor chooses and says holds in both arms of an experiment alike; damping is in neither."""

from __future__ import annotations

from typing import Any

import pytest
from few_games import FewGames
from sqlalchemy import Engine
from test_app_experiment import CONTROL, TREATMENT, _rooted, database, in_games, join, noted  # noqa: F401

from crowdwise.app.diary import MemoryDiary
from crowdwise.app.filters import Filters
from crowdwise.app.popular import most_owned
from crowdwise.app.steam_model import SteamModel
from crowdwise.app.steam_view import SteamView


@pytest.mark.parametrize(("arm", "wanted"), [(CONTROL, ["20", "40"]), (TREATMENT, ["20", "40"])])
def test_filters_and_what_was_said_hold_in_both_arms(
    recommender: FewGames,
    database: Engine,  # noqa: F811
    join: Any,  # noqa: F811
    arm: str,
    wanted: list[str],
) -> None:
    diary = MemoryDiary()
    model = in_games(SteamModel(recommender, None, join("steam", arm), diary=diary))  # type: ignore[arg-type]
    model.filters = Filters(most_price=10.0)
    model.react("10", "not for me")
    answer = model.answer()
    assert [one.game.game_id for one in answer.games] == wanted
    assert "Only 2 games known here that you don't own are at most $10.00." in answer.remarks
    assert len(noted(database)) == 1
    assert len(diary.entries("steam")) == 1
    model.react("20", "own")
    assert [one.game.game_id for one in model.answer().games] == ["40"]


@pytest.mark.parametrize("arm", [CONTROL, TREATMENT])
def test_damping_is_neither_offered_nor_used(
    recommender: FewGames,
    database: Engine,  # noqa: F811
    join: Any,  # noqa: F811
    arm: str,
) -> None:
    model = in_games(SteamModel(recommender, None, join("steam", arm)))  # type: ignore[arg-type]
    model.damping = 0.8
    view = SteamView()
    view.ready(model)
    view.go.click()
    assert recommender.dampings == [0.0]
    assert view.tuning.damped.layout.display == "none"
    assert view.tuning.widget.layout.display == ""


def test_the_most_owned_are_chosen_among_some_without_the_denied() -> None:
    rows = [{"game_id": str(k), "owners": 10 - k} for k in range(6)]
    assert most_owned(rows, ["0"], deny=["1"], among=["0", "1", "3", "4"]) == ["3", "4"]
    twins = [{"game_id": "a", "owners": 1, "twin_of": "0"}, *rows]
    assert most_owned(twins, ["a"], n=1, among=["0", "2"]) == ["2"]

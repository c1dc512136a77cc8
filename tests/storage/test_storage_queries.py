"""What the app asks the database is answered from what was ingested."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.storage.database import engine
from crowdwise.storage.ingest import ingest
from crowdwise.storage.queries import (
    OwnedGame,
    find_player,
    player_library,
    read_reference,
    search_games,
    some_players,
)
from crowdwise.storage.schema import categories, projects

FIRST, SECOND, THIRD = "76561198000000001", "76561198000000002", "76561198000000003"


@pytest.fixture
def database(layout: Layout):
    ingest(layout, "steam")
    ingest(layout, "kickstarter")
    made = engine(layout)
    yield made
    made.dispose()


def found(database, words: str, n: int = 10) -> list[str]:
    return [game.game_id for game in search_games(database, words, n)]


def test_a_library_comes_with_names_the_most_played_first(database):
    assert player_library(database, FIRST) == [
        OwnedGame("30", 'Garry\'s "Mod"', 700, 0),
        OwnedGame("10", "Über Game", 5, 9),
        OwnedGame("20", "100% Orange_Juice", 0, 0),
    ]


def test_an_empty_library_is_empty_and_an_unknown_player_a_problem(database):
    assert player_library(database, THIRD) == []
    for stranger in ("1", "' OR 1=1 --"):
        with pytest.raises(Problem, match="no player has the id"):
            player_library(database, stranger)


def test_a_player_is_found_by_id_before_by_another_players_name(database):
    assert find_player(database, "0123") == FIRST
    assert find_player(database, FIRST) == FIRST
    assert find_player(database, "Ann") == THIRD
    assert find_player(database, "ann") is None


def test_players_to_pick_are_drawn_by_the_seed_and_have_enough_games(database):
    drawn = some_players(database, 5, seed=1, at_least=1)
    assert [(player.player_id, player.games) for player in drawn] == [(FIRST, 3), (SECOND, 1)]
    assert [player.player_id for player in some_players(database, seed=1, at_least=2)] == [FIRST]
    singles = {some_players(database, 1, seed=seed, at_least=0)[0].player_id for seed in range(30)}
    assert singles == {FIRST, SECOND, THIRD}
    assert some_players(database, 1, seed=4, at_least=0) == some_players(database, 1, seed=4, at_least=0)


def test_names_are_searched_in_any_case_and_script(database):
    assert found(database, "ÜBER") == ["10"]
    assert found(database, "戦") == ["50"]
    assert found(database, " garry's ") == ["30"]


def test_what_begins_with_the_words_comes_before_what_holds_them(database):
    assert found(database, "orange") == ["60", "20"]
    assert found(database, "orange", n=1) == ["60"]


def test_wildcards_are_only_letters(database):
    assert found(database, "%") == ["20"]
    assert found(database, "_") == ["20"]
    assert found(database, "\\") == ["50"]
    assert found(database, "") == found(database, "  ") == []


def test_what_is_no_game_and_twins_are_not_found(database):
    assert found(database, "soundtrack") == []
    assert found(database, "twin") == []


def test_what_a_project_can_be_filed_under_is_read(database):
    found = read_reference(database)
    assert list(found.categories.items()) == [("food/cookbooks", "food"), ("games/tabletop games", "games")]
    assert found.countries == ("DE", "US")


def test_a_database_without_categories_is_a_problem(database):
    with database.begin() as connection:
        connection.execute(delete(projects))
        connection.execute(delete(categories))
    with pytest.raises(Problem, match=r"holds no categories.*make ingest"):
        read_reference(database)


def test_a_database_without_tables_is_a_problem(home):
    layout = Layout("sample")
    with pytest.raises(Problem, match="unable to open database file"):
        player_library(engine(layout), FIRST)
    layout.database.parent.mkdir(parents=True)
    with pytest.raises(Problem, match="no such table"):
        player_library(engine(layout), FIRST)

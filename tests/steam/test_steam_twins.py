"""Twins: games that stand in the same libraries."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.steam.twins import find_twins


def owned(libraries, minutes=1):
    rows = [(f"p{k}", game, minutes) for k, library in enumerate(libraries) for game in library]
    return pd.DataFrame(rows, columns=["player_id", "game_id", "minutes_total"])


def test_a_game_and_its_beta_are_twins_and_the_better_known_stands_for_both():
    table = owned([["550", "223530"]] * 19 + [["550"]] + [["10"]] * 20)
    twins = find_twins(table, share=0.9, min_owners=5)
    assert twins[["game_id", "twin_of", "owners"]].to_numpy().tolist() == [["223530", "550", 19]]
    assert twins["shared"].tolist() == [pytest.approx(0.95)]


def test_of_equal_owners_the_more_played_then_the_smaller_id_is_better_known():
    libraries = [["9", "10"]] * 10
    assert find_twins(owned(libraries), min_owners=5)["twin_of"].tolist() == ["9"]
    table = owned(libraries)
    table.loc[(table["game_id"] == "9") & (table["player_id"] == "p0"), "minutes_total"] = 0
    assert find_twins(table, min_owners=5)["twin_of"].tolist() == ["10"]


def test_a_free_extra_with_more_owners_is_the_twin_of_the_game_it_goes_with():
    table = owned([["220", "340"]] * 19 + [["340"]])
    table.loc[(table["game_id"] == "340") & (table.index % 3 == 0), "minutes_total"] = 0
    assert find_twins(table, min_owners=5)[["game_id", "twin_of"]].to_numpy().tolist() == [["340", "220"]]


def test_few_owners_say_little():
    table = owned([["1", "2"]] * 19)
    assert len(find_twins(table, min_owners=20)) == 0
    assert len(find_twins(table, min_owners=19)) == 1


def test_no_games_have_no_twins():
    assert len(find_twins(owned([]), min_owners=1)) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(1, 8).map(str)), max_size=14), st.floats(0.3, 1.0))
def test_a_twin_points_to_a_game_that_is_no_twin_and_shares_its_owners(libraries, share):
    twins = find_twins(owned(libraries), share=share, min_owners=2)
    owners = {game: {k for k, library in enumerate(libraries) if game in library} for game in map(str, range(1, 9))}
    assert not set(twins["twin_of"]) & set(twins["game_id"])
    for game, better in twins[["game_id", "twin_of"]].to_numpy():
        both, either = owners[game] & owners[better], owners[game] | owners[better]
        assert len(both) >= share * len(either)
        assert len(owners[better]) >= len(owners[game])

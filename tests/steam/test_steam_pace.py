"""What players own and play is counted a row a player, those with nothing among them."""

from __future__ import annotations

import pandas as pd

from crowdwise.steam.pace import measure_players


def test_paid_games_and_hours_are_counted_a_player():
    games = pd.DataFrame({"game_id": ["1", "2", "3"], "is_game": [True, True, False], "price": [9.99, 0.0, 5.0]})
    players = pd.DataFrame({"player_id": ["b", "a", "c"]})
    owned = pd.DataFrame(
        [("a", "1", 30, 150), ("a", "2", 30, 30), ("a", "3", 0, 60), ("b", "1", 90, 60), ("a", "9", 0, 0)],
        columns=["player_id", "game_id", "minutes_two_weeks", "minutes_total"],
    )
    each = measure_players(games, players, owned)
    assert each.index.tolist() == ["b", "a", "c"]
    assert each["paid_games"].tolist() == [1, 1, 0]
    assert each["hours"].tolist() == [1.5, 1.0, 0.0]
    assert each["hours_before"].tolist() == [0.0, 3.0, 0.0]

"""What players own and play, a row a player: the baselines of an experiment."""

from __future__ import annotations

import pandas as pd


def measure_players(games: pd.DataFrame, players: pd.DataFrame, owned: pd.DataFrame) -> pd.DataFrame:
    """Give each player's paid games, and hours in the last two weeks and before.

    Returns
    -------
    DataFrame
        Indexed by ``player_id``, in the order of `players`: ``paid_games``, owned games that cost something;
        ``hours``, in the last two weeks; ``hours_before``, all others (0 where a flaw makes them negative).
    """
    paid = owned["game_id"].isin(games.loc[games["is_game"] & (games["price"] > 0), "game_id"])
    minutes = owned.groupby("player_id")[["minutes_two_weeks", "minutes_total"]].sum()
    each = pd.DataFrame(
        {
            "paid_games": owned[paid].groupby("player_id").size(),
            "hours": minutes["minutes_two_weeks"] / 60,
            "hours_before": (minutes["minutes_total"] - minutes["minutes_two_weeks"]).clip(lower=0) / 60,
        }
    )
    return each.reindex(players["player_id"]).fillna(0.0).astype({"paid_games": "int64"})

"""Who reviews: the players who do beside those who don't, and how many reviews each has written."""

from __future__ import annotations

import pandas as pd

from crowdwise.base.statistics import Estimate, proportion_interval

TIMES = {
    "not at all": "without playing",
    "up to 1 h": "in the first hour",
    "1-5 h": "after 1-5 h",
    "5-20 h": "after 5-20 h",
    "20-100 h": "after 20-100 h",
    "over 100 h": "after 100 h",
}
EDGES = [-1, 0, 60, 300, 1200, 6000, float("inf")]  # minutes


def by_time(minutes: pd.Series) -> pd.Series:
    """Give the class of `TIMES` that minutes played belong to."""
    return pd.cut(minutes, EDGES, labels=list(TIMES))


def count_reviews(players: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Give the players with games, and how many `reviews` each has written; who is no player counts nowhere."""
    written = reviews["player_id"].value_counts()
    some = players[players["games"] > 0]
    return some.assign(reviews=some["player_id"].map(written).fillna(0).astype(int).to_numpy())


def count_reviewed(owned: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Give, for each time played, how many owned copies there are, and how many of them their owner reviewed."""
    pairs = reviews[["player_id", "game_id"]].dropna().drop_duplicates().merge(owned, on=["player_id", "game_id"])
    copies = by_time(owned["minutes_total"]).value_counts().reindex(list(TIMES))
    reviewed = by_time(pairs["minutes_total"]).value_counts().reindex(list(TIMES))
    return pd.DataFrame({"copies": copies, "reviewed": reviewed}).fillna(0).astype(int)


def compare_reviewers(counted: pd.DataFrame) -> pd.DataFrame:
    """Give players who review beside those who don't: medians of what they own and play, and the reviews they wrote.

    Parameters
    ----------
    counted : DataFrame
        As `count_reviews` gives it.
    """
    rows = []
    for words, part in (
        ("who review", counted[counted["reviews"] > 0]),
        ("who don't", counted[counted["reviews"] == 0]),
    ):
        if len(part) == 0:
            continue
        played = part["games_played"] / part["games"]
        rows.append(
            {
                "players": words,
                "number": len(part),
                "median games": part["games"].median(),
                "share played": f"{played.median():.0%}",
                "median hours": round(part["minutes_total"].median() / 60),
                "median reviews": part["reviews"].median(),
                "mean": round(part["reviews"].mean(), 2),
                "most": part["reviews"].max(),
            }
        )
    return pd.DataFrame(rows)


def measures(counted: pd.DataFrame, *, level: float) -> dict[str, Estimate | float]:
    """Give what is measured of the reviewers, by the metric's name.

    Parameters
    ----------
    counted : DataFrame
        As `count_reviews` gives it.
    """
    writers = counted.loc[counted["reviews"] > 0, "reviews"]
    found: dict[str, Estimate | float] = {}
    if len(counted):
        found["reviewing_players"] = proportion_interval(len(writers), len(counted), level=level)
    if len(writers):
        found["reviews_per_reviewer"] = float(writers.mean())
    return found

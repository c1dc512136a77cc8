"""What is owned against what is played, game by game, each number with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import Estimate, proportion_interval

ENOUGH = 10  # players, for a median that says something


def measure_played(games: pd.DataFrame, owned: pd.DataFrame, *, level: float, min_owners: int = 20) -> pd.DataFrame:
    """Give each game with at least `min_owners` the share of its owners who ever played it, and for how long.

    Parameters
    ----------
    games : DataFrame
        ``game_id, name, owners, players, price, is_game, twin_of``; twins and apps beside games are left out.
    owned : DataFrame
        ``game_id, minutes_total``: one row a player and game.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        ``name, owners, players, price, share, low, high, hours, hours_low, hours_high``, most owned first. `share` has
        Wilson's interval; `hours` is the median of those who played, with the interval that `median_interval` gives.
    """
    able = games[games["is_game"] & games["twin_of"].isna() & (games["owners"] >= max(1, min_owners))]
    table = able.sort_values(["owners", "game_id"], ascending=[False, True]).set_index("game_id")
    table = table[["name", "owners", "players", "price"]]
    counts = zip(table["players"].tolist(), table["owners"].tolist(), strict=True)
    shares = [proportion_interval(players, owners, level=level) for players, owners in counts]
    table = table.assign(share=[s.value for s in shares], low=[s.low for s in shares], high=[s.high for s in shares])
    some = owned[owned["game_id"].isin(table.index) & (owned["minutes_total"] > 0)]
    parts = some.groupby("game_id", observed=True)["minutes_total"]
    hours = {game: median_interval(part.to_numpy() / 60, level=level) for game, part in parts}
    for column, part in (("hours", "value"), ("hours_low", "low"), ("hours_high", "high")):
        table[column] = [getattr(hours[game], part) if game in hours else np.nan for game in table.index]
    return table.reset_index(drop=True)


def median_interval(values: np.ndarray, *, level: float) -> Estimate:
    """Give a median with its distribution-free interval: two order statistics (Thompson 1936).

    Below six values at 0.95 no two of them are sure enough, and the interval is all there is.
    """
    x = np.sort(np.asarray(values, dtype=float))
    n = len(x)
    if n == 0:
        raise ValueError("a median needs a value")
    below = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    first = max(0, below - 1)
    return Estimate(float(np.median(x)), float(x[first]), float(x[n - 1 - first]), level, n)


def list_bought_not_played(played: pd.DataFrame, *, most: int = 10, known: float = 0.1) -> pd.DataFrame:
    """Give, of the most owned games (a share of `known`), those that the smallest share of owners ever played.

    They are ranked by the interval's upper end, so that few owners do not make a game extreme.
    """
    return played.head(max(1, round(known * len(played)))).nsmallest(most, "high")


def list_long_played(played: pd.DataFrame, *, most: int = 10, known: float = 0.5) -> pd.DataFrame:
    """Give, of the less owned games (all but a share of `known`), those that are played longest, by the lower end.

    A median of fewer than `ENOUGH` players is left out.
    """
    rest = played.tail(len(played) - round(known * len(played)))
    return rest[rest["players"] >= ENOUGH].nlargest(most, "hours_low")


def tabulate_played(rows: pd.DataFrame) -> pd.DataFrame:
    """Give such games as a table to read."""
    shares = [f"{s:.0%} ({a:.0%} to {b:.0%})" for s, a, b in rows[["share", "low", "high"]].to_numpy()]
    hours = [f"{h:.1f} ({a:.1f} to {b:.1f})" for h, a, b in rows[["hours", "hours_low", "hours_high"]].to_numpy()]
    return pd.DataFrame(
        {
            "game": rows["name"].to_numpy(),
            "owners": rows["owners"].to_numpy(),
            "ever played": shares,
            "median hours where played": hours,
            "price, USD": rows["price"].to_numpy(),
        }
    )

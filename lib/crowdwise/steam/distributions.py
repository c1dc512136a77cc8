"""How skewed the measured quantities are, which transformation makes them usable, and twins as pairs to read."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse, stats

CLEAR = 1.0  # a skewness above it makes a mean misleading


def suggest_transformations(quantities: dict[str, pd.Series]) -> pd.DataFrame:
    """Give each quantity's quantiles and skewness (Fisher and Pearson's), as it is and as log(1 + x), and what follows.

    Parameters
    ----------
    quantities : dict of Series
        Non-negative numbers, by name; missing ones are left out.

    Returns
    -------
    DataFrame
        ``quantity, n, zeros, median, mean, p99, max, skewness, skewness of log(1 + x), so``. Where zeros are a
        fact of their own, the logarithm's skewness is that of the rest.
    """
    rows = []
    for name, series in quantities.items():
        x = series.dropna().to_numpy(dtype=float)
        raw, logged = float(stats.skew(x)), float(stats.skew(np.log1p(x)))
        zeros = float((x == 0).mean())
        if abs(raw) <= CLEAR or abs(raw) <= abs(logged):
            so = "as it is"
        elif zeros > 0.2:
            so = "zero or not, and log of the rest"
            logged = float(stats.skew(np.log1p(x[x > 0])))
        else:
            so = "log"
        quantiles = (float(np.median(x)), float(x.mean()), float(np.quantile(x, 0.99)), float(x.max()))
        rows.append((name, len(x), zeros, *quantiles, raw, logged, so))
    columns = ["quantity", "n", "zeros", "median", "mean", "p99", "max", "skewness", "skewness of log(1 + x)", "so"]
    return pd.DataFrame(rows, columns=pd.Index(columns))


def measured(games: pd.DataFrame, players: pd.DataFrame, owned: pd.DataFrame) -> dict[str, pd.Series]:
    """Give the quantities that the tables measure, by name: of players with games, owned games and listed games."""
    libraries = players[players["games"] > 0]
    return {
        "games a player owns": libraries["games"],
        "share of a library never played": 1 - libraries["games_played"] / libraries["games"],
        "minutes, owned game": owned["minutes_total"],
        "minutes in two weeks, owned game": owned["minutes_two_weeks"],
        "owners, owned game": games.loc[games["owners"] > 0, "owners"],
        "price, listed game": games["price"],
        "metascore, listed game": games["metascore"],
    }


def correlate_price(games: pd.DataFrame, owned: pd.DataFrame) -> tuple[float, int]:
    """Give the rank correlation of a game's price and its median minutes where played, and of how many games."""
    played = owned[owned["minutes_total"] > 0].groupby("game_id")["minutes_total"].median()
    paired = games.set_index("game_id")["price"].to_frame().join(played.rename("minutes"), how="inner").dropna()
    return float(stats.spearmanr(paired["price"], paired["minutes"])[0]), len(paired)


def describe_twins(games: pd.DataFrame, owned: pd.DataFrame, *, most: int = 15) -> pd.DataFrame:
    """Give the most owned twins beside the better known games, how many own both, and how many played each.

    Returns
    -------
    DataFrame
        ``game, twin, owners, twin_owners, shared, played, twin_played``; `shared` is the Jaccard index.
    """
    known = games.set_index("game_id")
    twins = known[known["twin_of"].notna()].nlargest(most, "owners")
    wanted = [*twins.index, *twins["twin_of"]]
    some = owned[owned["game_id"].isin(wanted)]
    player, _ = pd.factorize(some["player_id"])
    game = pd.Index(sorted(set(wanted)))
    ones = np.ones(len(some))
    has = sparse.csc_matrix((ones, (player, game.get_indexer(some["game_id"]))))
    both = (has.T @ has).toarray()
    mine, theirs = game.get_indexer(twins.index), game.get_indexer(twins["twin_of"])
    better = known.loc[twins["twin_of"]]
    return pd.DataFrame(
        {
            "game": better["name"].to_numpy(),
            "twin": twins["name"].to_numpy(),
            "owners": better["owners"].to_numpy(),
            "twin_owners": twins["owners"].to_numpy(),
            "shared": both[mine, theirs] / (both[mine, mine] + both[theirs, theirs] - both[mine, theirs]),
            "played": (better["players"] / better["owners"]).to_numpy(),
            "twin_played": (twins["players"] / twins["owners"]).to_numpy(),
        }
    )


def gini(counts: pd.Series) -> float:
    """Give the Gini coefficient of non-negative counts: 0 when all are equal, near 1 when one has all (Gini 1912)."""
    x = np.sort(counts.to_numpy(dtype=float))
    n = len(x)
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * x.sum()))

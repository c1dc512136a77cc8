"""What games are made of, as the catalogue says: genres, tags, developers and prices, as matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse


def build_contents(
    games: pd.DataFrame, game_ids: np.ndarray, columns: Sequence[str], *, fewest: int = 3
) -> tuple[sparse.csr_matrix, list[str]]:
    """Give which game has which genre or tag.

    Parameters
    ----------
    games : DataFrame
        The table of games.
    game_ids : ndarray of str, shape (games,)
    columns : sequence of str
        Of ``genres, tags``.
    fewest : int
        What fewer games have is left out.

    Returns
    -------
    contents : csr_matrix of float32, shape (games, words)
        1 where the game has the word. A game the catalogue does not know has none.
    words : list of str
        In alphabetical order.
    """
    known = games.set_index("game_id").loc[game_ids]
    pairs = {
        (row, str(word))
        for column in columns
        for row, words in enumerate(known[column])
        if hasattr(words, "__len__") and not isinstance(words, str)
        for word in words
    }
    counts = pd.Series([word for _, word in pairs], dtype=object).value_counts()
    words = sorted(counts.index[counts >= fewest])
    place = {word: k for k, word in enumerate(words)}
    kept = sorted((row, place[word]) for row, word in pairs if word in place)
    rows, columns_ = np.array(kept, dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(len(kept), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns_)), shape=(len(game_ids), len(words))), words


def build_features(games: pd.DataFrame, game_ids: np.ndarray, *, fewest: int = 3) -> sparse.csr_matrix:
    """Give each game's genres, tags, developer and price band, all as words that the game has or has not.

    A price band is a doubling of the price; free games are a band of their own, unknown prices are in none.

    Parameters
    ----------
    games : DataFrame
        The table of games.
    game_ids : ndarray of str, shape (games,)
    fewest : int
        What fewer games have is left out.

    Returns
    -------
    csr_matrix of float32, shape (games, features)
    """
    price = games["price"]
    band = np.floor(np.log2(1.0 + price.fillna(0.0))).astype(int)
    priced = [[f"price band {b}"] if p > 0 else ["free"] if p == 0 else [] for p, b in zip(price, band, strict=True)]
    made = [[f"by {name}"] if isinstance(name, str) else [] for name in games["developer"]]
    table = games[["game_id", "genres", "tags"]].copy()
    table["price"] = pd.Series(priced, index=games.index, dtype=object)
    table["developer"] = pd.Series(made, index=games.index, dtype=object)
    return build_contents(table, game_ids, ["genres", "tags", "price", "developer"], fewest=fewest)[0]

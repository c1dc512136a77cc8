"""From the chosen model to the saved one: fitted on whole libraries, with the games' names beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.steam.content_map import place_new_games
from crowdwise.steam.interactions import Interactions, build_interactions
from crowdwise.steam.models import Blend
from crowdwise.steam.recommender import COLUMNS, Recommender

__all__ = ["build_interactions", "build_recommender", "describe_card", "draw_example"]


def build_recommender(blend: Blend, whole: Interactions, games: pd.DataFrame) -> Recommender:
    """Fit `blend` on whole libraries, nothing held out, and give what serves recommendations from it.

    Games of the catalogue that nobody owns are placed by their genres and tags; see `place_new_games`.

    Parameters
    ----------
    blend : Blend
        Its settings are used; what it has learnt before is forgotten.
    whole : Interactions
    games : DataFrame
        The table of games.
    """
    scoring = blend.fit(whole).scoring(whole.owned)
    new, vectors, biases = place_new_games(games, whole.game_ids, scoring.fold)
    ids = np.concatenate([whole.game_ids, new])
    table = games.set_index("game_id", drop=False).loc[ids, list(COLUMNS)]
    return Recommender(table.reset_index(drop=True), scoring.extended(vectors, biases))


def draw_example(owned: pd.DataFrame, games: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw a player with a library of middling size: their games with ``name``, most played first."""
    counts = owned["player_id"].value_counts()
    middle = counts[counts.between(counts.quantile(0.4), counts.quantile(0.6))].index.sort_values()
    mine = owned[owned["player_id"] == generator(seed, "example").choice(middle)]
    return mine.merge(games[["game_id", "name"]], on="game_id").sort_values("minutes_total", ascending=False)


def describe_card(card: Mapping[str, Any]) -> pd.DataFrame:
    """Give a saved model's card as a table to read: a row an entry, ``the card says``, with the settings as text."""
    said = {name: value for name, value in card.items() if name != "arrays"}
    settings = "; ".join(f"{name} {_told(value)}" for name, value in card.get("settings", {}).items())
    return pd.Series({**said, "settings": settings}, name="the card says").to_frame()


def _told(value: Any) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value)

"""From the chosen model to the saved one: fitted on whole libraries, with the games' names beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.steam.interactions import Interactions
from crowdwise.steam.models import Warp
from crowdwise.steam.recommender import COLUMNS, Recommender
from crowdwise.steam.scoring import Scoring


def build_recommender(warp: Warp, whole: Interactions, games: pd.DataFrame) -> Recommender:
    """Fit `warp` on whole libraries, nothing held out, and give what serves recommendations from it.

    Parameters
    ----------
    warp : Warp
        Its settings are used; what it has learnt before is forgotten.
    whole : Interactions
    games : DataFrame
        The table of games.
    """
    fold = warp.fit(whole).fold_in(whole)
    known = games.set_index("game_id", drop=False).loc[whole.game_ids, list(COLUMNS)]
    weights = sparse.csr_matrix((len(known), len(known)), dtype=np.float32)
    scoring = Scoring.measured(weights, fold, 1.0, whole.owned)
    return Recommender(known.reset_index(drop=True), scoring)


def describe_card(card: Mapping[str, Any]) -> pd.DataFrame:
    """Give a saved model's card as a table to read: a row an entry, ``the card says``, with the settings as text."""
    settings = ", ".join(f"{name} {value}" for name, value in card.get("settings", {}).items())
    said = {name: value for name, value in card.items() if name != "arrays"}
    return pd.Series({**said, "settings": settings}, name="the card says").to_frame()

"""How models are tried: what they learn from, what is to be found, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive
from crowdwise.steam.contents import build_features
from crowdwise.steam.interactions import Interactions, build_interactions, choose_players, eligible, hold_out
from crowdwise.steam.measures import Ranked, Slice, per_player, rank
from crowdwise.steam.models import Model

HEADLINE = "played"
SLICES = {
    "played": "held-out games that were played, among all games",
    "owned": "all held-out games, among all games",
    "played, games only": "the first without twins and apps that are no games, neither to be found nor ranked",
    "owned, games only": "the second without these",
}


@dataclass(frozen=True)
class Trial:
    """A split of all libraries, and the players on either side of tuning and testing.

    Attributes
    ----------
    whole, train, test : Interactions
    proper : ndarray of bool, shape (games,)
        Whether it is a game and no twin of a better known one.
    tuning : ndarray of bool, shape (players,)
        Whose held-out games settings may be chosen by. The others' are tested on, and nothing is chosen by them.
    """

    whole: Interactions
    train: Interactions
    test: Interactions
    proper: np.ndarray
    tuning: np.ndarray

    @classmethod
    def draw(
        cls,
        owned: pd.DataFrame,
        games: pd.DataFrame,
        *,
        share: float,
        seed: int,
        split: int = 0,
        tuning_share: float = 0.5,
        min_games: int = 10,
        min_owners: int = 5,
    ) -> Trial:
        """Split the ownerships of the table `owned`.

        Parameters
        ----------
        share : float
            Of all ownerships, how many are held out.
        split : int
            Which of several holdouts of one seed; who is tuned and tested on is the same in all.
        tuning_share : float
            Of the players.
        min_games, min_owners : int
            Players with fewer games, and then games with fewer owners, are left out.
        """
        whole = build_interactions(eligible(owned, min_games=min_games, min_owners=min_owners))
        whole = replace(whole, features=build_features(games, whole.game_ids))
        train, test = hold_out(whole, share=share, seed=derive(seed, "split", split))
        tuning = choose_players(whole.player_ids, share=tuning_share, seed=seed, use="tuning")
        return cls(whole, train, test, is_proper(games, whole.game_ids), tuning)

    def describe(self) -> pd.DataFrame:
        """Give who is tuned and tested on as a table to read: ``players, owned games shown, held out, games``."""
        sides = {"all": np.ones(len(self.tuning), dtype=bool), "for tuning": self.tuning, "tested": ~self.tuning}
        rows = [
            (int(side.sum()), self.train.owned[side].nnz, self.test.owned[side].nnz, self.whole.shape[1])
            for side in sides.values()
        ]
        columns = pd.Index(["players", "owned games shown", "held out", "games"])
        return pd.DataFrame(rows, index=pd.Index(list(sides)), columns=columns)

    @property
    def slices(self) -> dict[str, Slice]:
        """What is to be found in each of `SLICES`, and among what."""
        every = np.ones(self.whole.shape[1], dtype=bool)
        played, owned = self.test.signal("played"), self.test.owned
        return {
            "played": Slice(played, every),
            "owned": Slice(owned, every),
            "played, games only": Slice(played, self.proper),
            "owned, games only": Slice(owned, self.proper),
        }

    def measure(self, model: Model) -> dict[str, Ranked]:
        """Rank for the players that are tested on, with a fitted model."""
        return rank(model.scores, self.train, self.slices, players=np.flatnonzero(~self.tuning))

    def validate(self, model: Model) -> pd.DataFrame:
        """Measure a fitted model on held-out played games of the tuning players: a row a player, a column a metric."""
        wanted = {HEADLINE: self.slices[HEADLINE]}
        return per_player(rank(model.scores, self.train, wanted, players=np.flatnonzero(self.tuning))[HEADLINE])

    def measure_newcomers(self, build: Callable[[], Model], *, share: float, seed: int) -> pd.DataFrame:
        """Measure a model on players it has not learnt from (strong generalisation, Marlin 2004).

        A `share` of the tested players is taken out of what it learns from, and each is then given to it as the list
        of their training games.

        Returns
        -------
        DataFrame
            On held-out played games: a row a player, a column a metric.
        """
        drawn = choose_players(self.whole.player_ids, share=share, seed=seed, use="newcomers") & ~self.tuning
        model = build().fit(self.train.take(np.flatnonzero(~drawn)))
        wanted = {HEADLINE: self.slices[HEADLINE]}
        return per_player(rank(model.scores, self.train, wanted, players=np.flatnonzero(drawn))[HEADLINE])


def draw_trials(
    owned: pd.DataFrame, games: pd.DataFrame, protocol: Mapping[str, Any], *, seed: int, splits: int | None = None
) -> list[Trial]:
    """Draw the holdouts of a protocol, as ``params/`` states it: ``holdouts, share, tuning, min_games, min_owners``.

    Parameters
    ----------
    splits : int, optional
        Draw only the first few.
    """
    rules = {name: protocol[name] for name in ("share", "min_games", "min_owners")}
    count = int(protocol["holdouts"]) if splits is None else splits
    return [
        Trial.draw(owned, games, seed=seed, split=split, tuning_share=protocol["tuning"], **rules)
        for split in range(count)
    ]


def is_proper(games: pd.DataFrame, game_ids: np.ndarray) -> np.ndarray:
    """Say of each id whether it is a game and no twin of a better known one."""
    known = games.set_index("game_id").loc[game_ids]
    return (known["is_game"] & known["twin_of"].isna()).to_numpy(dtype=bool)

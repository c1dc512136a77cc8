"""What to play next, and why: the saved model that the app and the database are served from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.steam import model_folder
from crowdwise.steam.scoring import Scoring, damp

COLUMNS = ("game_id", "name", "genres", "price", "owners", "players", "twin_of", "is_game")
REASONS = 3


@dataclass(frozen=True)
class Reason:
    """An owned game that speaks for a recommendation, and its `share` of all that owned games add to the score.

    What owned twins of the game add is part of its share.
    """

    game_id: str
    name: str
    share: float


@dataclass(frozen=True)
class Recommendation:
    """A game to play next. The score orders games for one player; it is no probability."""

    game_id: str
    name: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Similar:
    """A game like another: `score` is the cosine of their vectors."""

    game_id: str
    name: str
    score: float


@dataclass(frozen=True)
class Recommender:
    """Ranks games for any list of owned games.

    Attributes
    ----------
    games : DataFrame
        ``game_id, name, genres, price, owners, players, twin_of, is_game``: one row a game, best known first.
    scoring : Scoring
        What gives every game a score for a library; games in the order of `games`.
    card : dict
        ``name, version, trained_on, deploy`` and what else was said when it was saved.
    """

    games: pd.DataFrame
    scoring: Scoring
    card: dict[str, Any] = field(default_factory=dict)
    _place: dict[str, int] = field(init=False, repr=False, compare=False)
    _twin_of: np.ndarray = field(init=False, repr=False, compare=False)
    _proper: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        place = {game: k for k, game in enumerate(self.games["game_id"])}
        twin_of = [place.get(twin, -1) if isinstance(twin, str) else -1 for twin in self.games["twin_of"]]
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_twin_of", np.array(twin_of))
        object.__setattr__(self, "_proper", self.games["is_game"].to_numpy(dtype=bool) & (np.array(twin_of) < 0))

    def recommend(
        self,
        owned: Mapping[str, float],
        *,
        n: int = 10,
        every: bool = False,
        deny: Collection[str] = (),
        damping: float = 0.0,
    ) -> list[Recommendation]:
        """Give the `n` best games the player does not own, best first, each with up to three reasons.

        Ids that are not known are left out of account (`notes` says which). With no known game at all, the best known
        games come, without reasons. An owned game stands for its twins too. Apps that are no games count in the score,
        but are not told as reasons.

        Parameters
        ----------
        owned : mapping of str to float
            ``game_id`` to minutes played. The minutes don't change the ranking: this model is of owning.
        n : int
        every : bool
            Whether twins, and apps that are no games, may be recommended as well.
        deny : collection of str
            Games that are not to be recommended.
        damping : float
            How much well-known games are pushed down; see `damp`.

        Raises
        ------
        ValueError
            If `n` is negative.
        Problem
            If an id is not text, or minutes are not a number of at least 0.
        """
        if n < 0:
            raise ValueError(f"n is a number of games, not {n}")
        check_library(owned)
        known = self._known(owned)
        allowed = np.ones(len(self.games), dtype=bool) if every else self._proper.copy()
        allowed[known] = False
        allowed[[self._place[game] for game in deny if game in self._place]] = False
        if not every:
            allowed[self._twin_of[known][self._twin_of[known] >= 0]] = False
        scores = damp(self._scores(known)[None], self.games["owners"].to_numpy(), damping)[0]
        candidates = np.flatnonzero(allowed)
        best = candidates[np.argsort(-scores[candidates], kind="stable")][:n]
        return [
            Recommendation(*self._named(game), float(scores[game]), self._reasons(game, known))
            for game in best.tolist()
        ]

    def similar(self, game_id: str, n: int = 10) -> list[Similar]:
        """Give the `n` games whose vectors point most nearly the same way, without twins and what is no game.

        Raises
        ------
        Problem
            If the game is not known.
        """
        game = self._place.get(game_id)
        if game is None:
            raise Problem(f"{game_id!r} is no game that this model knows", where="game_id", remedy="Choose another")
        vectors = self.scoring.fold.vectors
        lengths = np.linalg.norm(vectors, axis=1)
        cosine = (vectors @ vectors[game]) / np.maximum(lengths * lengths[game], 1e-12)
        allowed = self._proper & (self._twin_of != game)
        allowed[[game, *([self._twin_of[game]] if self._twin_of[game] >= 0 else [])]] = False
        candidates = np.flatnonzero(allowed)
        best = candidates[np.argsort(-cosine[candidates], kind="stable")][:n]
        return [Similar(*self._named(other), float(cosine[other])) for other in best.tolist()]

    def notes(self, owned: Mapping[str, float]) -> tuple[str, ...]:
        """Say what about a library the recommendations don't take into account."""
        unknown = [game for game in owned if game not in self._place]
        notes = []
        if unknown:
            named = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
            notes.append(f"{len(unknown)} of {len(owned)} games are not known here and were left out: {named}.")
        if len(unknown) == len(owned):
            notes.append("Without any known game, these are the games that most players own.")
        return tuple(notes)

    def _known(self, owned: Mapping[str, float]) -> np.ndarray:
        return np.array(sorted(self._place[game] for game in owned if game in self._place), dtype=np.int64)

    def _scores(self, known: np.ndarray) -> np.ndarray:
        if len(known) == 0:
            return np.log1p(self.games["owners"].to_numpy(dtype=np.float32))
        ones = np.ones(len(known), dtype=np.float32)
        library = sparse.csr_matrix((ones, known, [0, len(known)]), shape=(1, len(self.games)))
        return self.scoring.scores(library)[0]

    def _named(self, game: int) -> tuple[str, str]:
        return str(self.games["game_id"].iloc[game]), str(self.games["name"].iloc[game])

    def _reasons(self, game: int, known: np.ndarray) -> tuple[Reason, ...]:
        if len(known) == 0:
            return ()
        added = self.scoring.contributions(game, known)
        total = float(added[added > 0].sum())
        is_game = self.games["is_game"].to_numpy(dtype=bool)
        twin = self._twin_of[known]
        told = np.where(np.isin(twin, known) & is_game[twin], twin, known)
        parts = np.bincount(np.searchsorted(known, told), weights=added, minlength=len(known))
        best = [k for k in np.argsort(-parts, kind="stable") if parts[k] > 0 and is_game[known[k]]][:REASONS]
        return tuple(Reason(*self._named(int(known[k])), float(parts[k]) / total) for k in best)

    def save(self, folder: Path, *, card: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, Any]:
        """Write the model as a folder that is whole or not there, and give its card.

        Parameters
        ----------
        card : mapping
            ``trained_on``, ``deploy`` and what else should be known of it; name, form and version are added.
        metrics : mapping
            The metrics file's document, kept beside the model.
        """
        return model_folder.save(folder, self.games[list(COLUMNS)], self.scoring, card=card, metrics=metrics)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """Load a saved model; its arrays are mapped from their files, not read.

        Raises
        ------
        Problem
            If there is no model in the folder, or another kind of one, or its parts don't fit together.
        """
        return cls(*model_folder.load(folder, COLUMNS))


def check_library(owned: Mapping[str, float]) -> None:
    """See that a library has ids of text and minutes of at least 0.

    Raises
    ------
    Problem
        If not. A number as an id is refused, since a float has lost the last digits of a long one.
    """
    for game, minutes in owned.items():
        if not isinstance(game, str):
            remedy = "Give ids as text, as in '620'"
            raise Problem(f"{game!r} is no game's id: it is not text", where="the library", remedy=remedy)
        if not minutes >= 0:
            remedy = "Give minutes of at least 0"
            raise Problem(f"{minutes!r} is no number of minutes of game {game}", where="the library", remedy=remedy)

"""What to play next, and why: the saved model that the app and the database are served from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from crowdwise.base.errors import Problem
from crowdwise.steam.fold_in import FoldIn
from crowdwise.steam.model_folder import COLUMNS, Parts, read_parts, write_parts
from crowdwise.steam.owning import Owned, read_owned
from crowdwise.steam.recommendation import Reason, Recommendation, Similar
from crowdwise.steam.scoring import Scoring, standard_fame
from crowdwise.steam.similar import Likeness, fold_series

__all__ = ["COLUMNS", "Reason", "Recommendation", "Recommender", "Similar"]

REASONS = 3
CONSIDERED = 20  # candidates for each similar game that is shown: the rest may fold into series


@dataclass(frozen=True)
class Recommender:
    """Ranks games for any list of owned games.

    Attributes
    ----------
    games : DataFrame
        ``game_id, name, genres, price, owners, players, twin_of, is_game``: one row a game, best known first. Games
        without owners stand last; they come only when asked for by ``new=True``.
    scoring : Scoring
        Of the same games, in this order.
    card : dict
        ``name, version, trained_on, deploy`` and what else was said when it was saved.

    Raises
    ------
    ValueError
        If the games are not those of the scoring, a game stands twice, or one that is owned after one that is not.
    """

    games: pd.DataFrame
    scoring: Scoring
    card: dict[str, Any] = field(default_factory=dict)
    place: dict[str, int] = field(init=False, repr=False, compare=False)
    twin_of: np.ndarray = field(init=False, repr=False, compare=False)
    shown: np.ndarray = field(init=False, repr=False, compare=False)
    is_new: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        place = {game: k for k, game in enumerate(self.games["game_id"])}
        is_new = self.games["owners"].to_numpy() <= 0
        if not len(place) == len(self.games) == self.scoring.games:
            raise ValueError(f"{len(self.games)} rows with {len(place)} games are not the {self.scoring.games} scored")
        if (is_new[:-1] & ~is_new[1:]).any():
            raise ValueError("games that nobody owns stand after those that somebody owns")
        twin_of = [place.get(twin, -1) if isinstance(twin, str) else -1 for twin in self.games["twin_of"]]
        object.__setattr__(self, "place", place)
        object.__setattr__(self, "twin_of", np.array(twin_of, dtype=np.int64))
        object.__setattr__(self, "shown", self.games["is_game"].to_numpy(dtype=bool) & (self.twin_of < 0))
        object.__setattr__(self, "is_new", is_new)

    @property
    def fold(self) -> FoldIn:
        """The fold-in part of the scoring."""
        return self.scoring.fold

    def recommend(
        self,
        owned: Owned,
        *,
        n: int = 10,
        every: bool = False,
        deny: Collection[str] = (),
        among: Collection[str] | None = None,
        damping: float = 0.0,
        new: bool = False,
    ) -> list[Recommendation]:
        """Give the `n` best games the player does not own, best first, each with up to three reasons.

        Ids that are not known are left out of account (`notes` says which). With no known game at all, the best known
        games come, without reasons. An owned game stands for its twins too. Apps that are no games count in the score,
        but are not told as reasons. If fewer than `n` games are left, all of them come.

        Parameters
        ----------
        owned : mapping of str to float, or iterable of str
            ``game_id`` to minutes played, or game ids, of which repeated ones count once. The minutes don't change the
            ranking: this model is of owning. A whole number is taken as its digits.
        n : int
        every : bool
            Whether twins, and apps that are no games, may be recommended as well.
        deny : collection of str
            Games not to recommend; those that are not known are none either.
        among : collection of str, optional
            Games to choose from, as a price or a genre leaves them; all of them when left out.
        damping : float
            How much being owned by many counts against a game: 0 not at all, 1 strongly, 2 hardly leaves a known one.
            It takes `damping` times the
            scores' typical spread off the score for each standard deviation of log owners.
        new : bool
            Rank the games that nobody owns yet, and only them, by their features.

        Raises
        ------
        ValueError
            If `n` is negative or `damping` is not a number from 0 on.
        Problem
            If an id is neither text nor a whole number, or minutes are no minutes.
        """
        if n < 0:
            raise ValueError(f"n is a number of games, not {n}")
        if not 0 <= damping < np.inf:
            raise ValueError(f"damping is a number from 0 on, not {damping}")
        known = self.known(read_owned(owned))
        allowed = (self.is_new if new else ~self.is_new) & (True if every else self.shown)
        allowed &= self._open(deny, among)
        allowed[known] = False
        if not every:
            allowed[self.twin_of[known][self.twin_of[known] >= 0]] = False
        scores = self.scores(known, damping=damping, new=new)
        best = best_first(scores, allowed, n)
        added = self.scoring.contributions(best, known)
        return [
            Recommendation(*self._named(game), float(scores[game]), self._reasons(terms, known))
            for game, terms in zip(best.tolist(), added, strict=True)
        ]

    def similar(
        self, game_id: str, n: int = 10, *, deny: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Similar]:
        """Give the `n` games most alike to one, a series standing once, without twins and what is no game.

        Other editions of the game are left out. Of each series (the game's own too) the most alike stands for the rest
        of it among the nearest games, which `Similar.also` names. Games that nobody owns are left out; `deny` and
        `among` are as in `recommend`, and of a series only what they leave can stand for it.

        Raises
        ------
        Problem
            If the game is not known.
        """
        game = self.place.get(game_id)
        if game is None:
            raise Problem(f"{game_id!r} is no game that this model knows", where="game_id", remedy="Choose another")
        if n < 0:
            raise ValueError(f"n is a number of games, not {n}")
        likeness = self._likeness.to(game)
        allowed = self.shown & ~self.is_new & (self.twin_of != game) & self._open(deny, among)
        allowed[[game, *([self.twin_of[game]] if self.twin_of[game] >= 0 else [])]] = False
        wanted, most = CONSIDERED * n, int(allowed.sum())
        while True:
            nearest = best_first(likeness, allowed, wanted)
            folded = fold_series(self._named(game)[1], [self._named(k)[1] for k in nearest.tolist()], n)
            if len(folded) >= n or wanted >= most:
                break
            wanted *= 2
        return [
            Similar(*self._named(k), float(likeness[k]), also) for k, also in ((int(nearest[p]), a) for p, a in folded)
        ]

    def notes(self, owned: Owned) -> tuple[str, ...]:
        """Say what about a library the recommendations don't take into account."""
        given = read_owned(owned)
        unknown = [game for game in given if game not in self.place]
        notes = []
        if unknown:
            named = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
            notes.append(f"{len(unknown)} of {len(given)} games are not known here and were left out: {named}.")
        if len(unknown) == len(given):
            notes.append("Without any known game, these are the games that most players own.")
        return tuple(notes)

    def known(self, game_ids: Collection[str]) -> np.ndarray:
        """Give the places of those games that are known, in order (int64)."""
        return np.array(sorted({self.place[game] for game in game_ids if game in self.place}), dtype=np.int64)

    def _open(self, deny: Collection[str], among: Collection[str] | None) -> np.ndarray:
        """Tell which games are to choose from (bool, shape (games,))."""
        left = np.ones(len(self.games), dtype=bool)
        if among is not None:
            chosen = among if isinstance(among, Set) else set(read_owned(among))
            left = np.fromiter((game in chosen for game in self.place), dtype=bool, count=len(self.games))
        left[self.known(read_owned(deny))] = False
        return left

    def scores(self, known: np.ndarray, *, damping: float = 0.0, new: bool = False) -> np.ndarray:
        """Give every game's score for a library of known games; without any, the log of its owners.

        New games have none: for an empty library they score what they would for an average one.
        """
        if len(known):
            ones = np.ones(len(known), dtype=np.float32)
            library = sparse.csr_matrix((ones, known, [0, len(known)]), shape=(1, len(self.games)))
            scores = self.scoring.scores(library)[0]
        elif new:
            scores = self.scoring.base(slice(None), 1)
        else:
            return np.log1p(self.games["owners"].to_numpy(dtype=np.float32))
        return scores - self.damper(damping) if damping else scores

    def damper(self, damping: float) -> np.ndarray:
        """Give what damping takes off each game's score (float32, shape (games,))."""
        return np.float32(damping * self.scoring.spread) * self._fame

    @cached_property
    def _fame(self) -> np.ndarray:
        """The log of owners, standardised over the games that are recommended."""
        return standard_fame(self.games["owners"].to_numpy(), self.shown & ~self.is_new)

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self.scoring, self.games["owners"].to_numpy())

    def _named(self, game: int) -> tuple[str, str]:
        return str(self.games["game_id"].iloc[game]), str(self.games["name"].iloc[game])

    def _reasons(self, added: np.ndarray, known: np.ndarray) -> tuple[Reason, ...]:
        if len(known) == 0:
            return ()
        total = float(added[added > 0].sum())
        is_game = self.games["is_game"].to_numpy(dtype=bool)
        twin, owned = self.twin_of[known], np.zeros(len(self.games) + 1, dtype=bool)
        owned[known] = True  # the place beside all games, -1, is nobody's twin
        told = np.where(owned[twin] & is_game[twin], twin, known)
        parts = np.bincount(np.searchsorted(known, told), weights=added, minlength=len(known))
        parts[~is_game[known]] = 0
        best: list[tuple[int, float]] = []
        for _ in range(min(REASONS, len(known))):
            k = int(parts.argmax())
            if parts[k] <= 0:
                break
            best.append((k, float(parts[k]) / total))
            parts[k] = 0
        return tuple(Reason(*self._named(int(known[k])), share) for k, share in best)

    def save(self, folder: Path, *, card: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, Any]:
        """Write the model as a folder that is whole or not there, and give its card.

        Parameters
        ----------
        card : mapping
            ``trained_on``, ``deploy`` and what else should be known of it; name, form, version and hashes are added.
        metrics : mapping
            The metrics file's document, kept beside the model.
        """
        return write_parts(Parts(self.games, self.scoring, dict(card)), folder, metrics)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """Load a saved model; arrays are mapped from their files.

        Raises
        ------
        Problem
            If there is no model in the folder, or another kind or version of one, or its parts don't fit together.
        """
        return read_parts(folder, lambda parts: cls(parts.games, parts.scoring, parts.card))


def best_first(scores: np.ndarray, allowed: np.ndarray, n: int) -> np.ndarray:
    """Give the places of the `n` highest scores that are allowed, best first, the first of equals first."""
    candidates = np.flatnonzero(allowed)
    if n < len(candidates):
        among = scores[candidates]
        candidates = candidates[among >= np.partition(among, len(among) - max(n, 1))[len(among) - max(n, 1)]]
    return candidates[np.argsort(-scores[candidates], kind="stable")][:n]

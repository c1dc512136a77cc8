"""All models on one holdout, side by side, each number with its interval."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.interactions import Interactions, build_interactions, draw_newcomers, hold_out
from crowdwise.steam.models import FoldedWarp, Model, Warp
from crowdwise.steam.ranking import METRICS, Ranked, rank

log = logging.getLogger("crowdwise.steam")

SLICES = {
    "all": "every held-out game",
    "played": "held-out games that were played",
    "games only": "held-out games that are games and no twins; only such are ranked",
}
NEWCOMERS = "new players"


@dataclass(frozen=True)
class Trial:
    """A split of all libraries, and what is to be found in the part held out.

    Attributes
    ----------
    whole, train, test : Interactions
    proper : ndarray of bool, shape (games,)
        Whether it is a game and no twin of a better known one.
    """

    whole: Interactions
    train: Interactions
    test: Interactions
    proper: np.ndarray

    @classmethod
    def draw(cls, owned: pd.DataFrame, games: pd.DataFrame, *, share: float, seed: int) -> Trial:
        """Split the libraries of the table `owned`; see `hold_out`."""
        whole = build_interactions(owned)
        train, test = hold_out(whole, share=share, seed=seed)
        return cls(whole, train, test, is_proper(games, whole.game_ids))

    def measure(self, model: Model) -> dict[str, Ranked]:
        """Measure a fitted model on each of `SLICES`."""
        every = np.ones(self.whole.shape[1], dtype=bool)
        played = self.test.keep(self.test.minutes.data > 0).owned
        targets = {"all": self.test.owned, "played": played, "games only": self.test.owned}
        return rank(model, self.train, targets, {"all": every, "played": every, "games only": self.proper})

    def measure_newcomers(self, warp: Warp, *, share: float, seed: int) -> Ranked:
        """Measure folding in on players the model has not learnt from.

        A `share` of the players is taken out of the training whole; a model like `warp` learns from the others, and
        is given each newcomer's training games only as a list to fold in.
        """
        mine = draw_newcomers(self.train, share=share, seed=seed)
        others = self.train.keep(~mine)
        fresh = Warp(warp.components, warp.epochs, warp.learning_rate, warp.item_alpha, warp.seed).fit(others)
        folded = FoldedWarp(fresh, libraries=self.train).fit(others)
        held = self.test.keep(draw_newcomers(self.test, share=share, seed=seed)).owned
        every = np.ones(self.whole.shape[1], dtype=bool)
        return rank(folded, self.train, {NEWCOMERS: held}, {NEWCOMERS: every})[NEWCOMERS]


@dataclass(frozen=True)
class Score:
    """One measured number: which metric, of which model, on which slice."""

    metric: str
    model: str
    slice: str
    estimate: Estimate | float


@dataclass
class Evaluation:
    """What each model scored.

    Attributes
    ----------
    ranked : dict of dict of Ranked
        By model, then by slice.
    """

    ranked: dict[str, dict[str, Ranked]]
    seed: int
    level: float

    @classmethod
    def run(cls, models: Sequence[Model], trial: Trial, *, seed: int, level: float) -> Evaluation:
        """Fit each model, in their order, on the trial's training part and measure it."""
        ranked = {}
        for model in models:
            log.info("%s: fitting and ranking", model.name)
            ranked[model.name] = trial.measure(model.fit(trial.train))
        return cls(ranked, seed, level)

    def estimate(self, metric: str, model: str, slice: str = "all") -> Estimate:
        """Give the mean over players of a metric, with its bootstrap interval."""
        return mean_interval(self.ranked[model][slice].players[metric], seed=self.seed, level=self.level)

    def difference(self, metric: str, model: str, other: str, slice: str = "all") -> Estimate:
        """Give the mean over players of `model` less `other`, paired by player, with its bootstrap interval."""
        paired = self.ranked[model][slice].players[metric] - self.ranked[other][slice].players[metric]
        return mean_interval(paired, seed=self.seed, level=self.level)

    def best(self, metric: str, slice: str = "all") -> list[str]:
        """Give the model with the highest mean, then those whose paired difference from it may be 0."""
        order = sorted(self.ranked, key=lambda model: -self.ranked[model][slice].players[metric].mean())
        return [order[0], *(m for m in order[1:] if self.difference(metric, order[0], m, slice).low <= 0)]

    def scores(self) -> Iterator[Score]:
        """Give every number: of each model and slice, the metrics over players and the coverage."""
        for model, slices in self.ranked.items():
            for slice_, ranked in slices.items():
                for metric in METRICS:
                    yield Score(metric, model, slice_, self.estimate(metric, model, slice_))
                yield Score("coverage_at_10", model, slice_, ranked.coverage)


def tabulate(scores: Sequence[Score], slice: str = "all") -> pd.DataFrame:
    """Give a table to read: a row a model, a column a metric, ``value [low, high]``."""
    rows: dict[str, dict[str, str]] = {}
    for score in scores:
        if score.slice == slice:
            rows.setdefault(score.model, {})[score.metric] = _words(score.estimate)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model").reset_index()


def tabulate_differences(model: str, differences: Sequence[tuple[str, str, Estimate]]) -> pd.DataFrame:
    """Give paired differences as a table to read: ``metric, mean paired difference, mean, low, high``.

    Parameters
    ----------
    model : str
        The model that others are taken from.
    differences : sequence of (metric, other model, difference)
    """
    rows = [(metric, f"{model} less {other}", d.value, d.low, d.high) for metric, other, d in differences]
    return pd.DataFrame(rows, columns=pd.Index(["metric", "mean paired difference", "mean", "low", "high"])).round(4)


def is_proper(games: pd.DataFrame, game_ids: np.ndarray) -> np.ndarray:
    """Say of each id whether it is a game and no twin of a better known one."""
    known = games.set_index("game_id").loc[game_ids]
    return (known["is_game"] & known["twin_of"].isna()).to_numpy(dtype=bool)


def _words(estimate: Estimate | float) -> str:
    if isinstance(estimate, Estimate):
        return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"{estimate:.3f}"

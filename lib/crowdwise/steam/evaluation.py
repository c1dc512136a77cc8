"""All models on the same holdouts, side by side, each number with its interval."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crowdwise.base.comparison import compare_with, mean_over_seeds
from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate, mean_interval
from crowdwise.steam.measures import METRICS, Ranked, measure_exposure, per_player
from crowdwise.steam.models import Model
from crowdwise.steam.trial import HEADLINE, SLICES, Trial

log = logging.getLogger("crowdwise.steam")

MORE = ("map_at_10", "rbp", "hit_rate_at_10", "coverage_at_10", "gini")
SHOWN = ("auc", "ndcg_at_10", "precision_at_10", "recall_at_10")


@dataclass(frozen=True)
class Score:
    """One measured number: which metric, of which model, on which slice."""

    metric: str
    model: str
    slice: str
    estimate: Estimate


@dataclass
class Evaluation:
    """What each model scored, each player's values being their mean over the holdouts.

    Attributes
    ----------
    players : dict of dict of DataFrame
        By model, then by slice: a row a player, a column a metric.
    lists : dict of dict of Ranked
        By model, then by slice: the first holdout's lists.
    sizes : dict of int
        Bytes of each model, in the first holdout.
    first : Trial
        The first holdout.
    """

    players: dict[str, dict[str, pd.DataFrame]]
    lists: dict[str, dict[str, Ranked]]
    sizes: dict[str, int]
    first: Trial
    seed: int
    level: float
    _estimates: dict[tuple[str, str, str], Estimate] = field(default_factory=dict, repr=False)

    @classmethod
    def run(
        cls, build: Callable[[Trial], Iterator[Model]], trials: Sequence[Trial], *, seed: int, level: float
    ) -> Evaluation:
        """Measure fitted models on each trial.

        Parameters
        ----------
        build : callable
            Gives the models, each fitted on the trial's training part, one after the other.
        """
        frames: dict[str, dict[str, list[pd.DataFrame]]] = {}
        lists: dict[str, dict[str, Ranked]] = {}
        sizes: dict[str, int] = {}
        for number, trial in enumerate(trials):
            for model in build(trial):
                ranked = trial.measure(model)
                log.info("holdout %d of %d: %s is measured", number + 1, len(trials), model.name)
                for slice_, one in ranked.items():
                    frames.setdefault(model.name, {}).setdefault(slice_, []).append(per_player(one))
                if number == 0:
                    lists[model.name], sizes[model.name] = ranked, model.size
        players = {m: {s: mean_over_seeds(all_) for s, all_ in slices.items()} for m, slices in frames.items()}
        return cls(players, lists, sizes, trials[0], seed, level)

    @property
    def models(self) -> list[str]:
        """The models, in the order they were measured in."""
        return list(self.players)

    def estimate(self, metric: str, model: str, slice: str = HEADLINE) -> Estimate:
        """Give the mean over players of a metric, with its bootstrap interval."""
        key = (metric, model, slice)
        if key not in self._estimates:
            values = self.players[model][slice][metric]
            self._estimates[key] = mean_interval(values, seed=self.seed, level=self.level)
        return self._estimates[key]

    def difference(self, metric: str, model: str, other: str, slice: str = HEADLINE) -> Estimate:
        """Give the mean over players of `model` less `other`, paired by player, with its bootstrap interval."""
        mine, theirs = (self.players[name][slice][metric] for name in (model, other))
        return mean_interval(mine - theirs.loc[mine.index], seed=self.seed, level=self.level)

    def ratio(self, metric: str, model: str, other: str, slice: str = HEADLINE) -> Estimate:
        """Give the mean of `model` as a multiple of that of `other`, with a bootstrap interval over paired players."""
        mine = self.players[model][slice][metric]
        theirs = self.players[other][slice][metric].loc[mine.index].to_numpy()
        return ratio_interval(mine.to_numpy(), theirs, seed=self.seed, level=self.level)

    def ratios(self, model: str, others: Sequence[str]) -> dict[tuple[str, str], Estimate]:
        """Give the NDCG@10 of a model as a multiple of that of others: by (other, slice)."""
        return {
            (other, slice_): self.ratio("ndcg_at_10", model, other, slice_) for other in others for slice_ in SLICES
        }

    def compare(self, model: str, metric: str = "ndcg_at_10", slice: str = HEADLINE) -> pd.DataFrame:
        """Compare every other model with one, paired by player, with Holm's correction; see `compare_with`."""
        values = {name: self.players[name][slice][metric] for name in self.models}
        return compare_with(model, values, seed=self.seed, level=self.level)

    def best(self, metric: str, slice: str = HEADLINE) -> list[str]:
        """Give the model with the highest mean, then those whose paired difference from it may be 0."""
        order = sorted(self.models, key=lambda model: -self.players[model][slice][metric].mean())
        return [order[0], *(m for m in order[1:] if self.difference(metric, order[0], m, slice).low <= 0)]

    def scores(self) -> Iterator[Score]:
        """Give every number: of each model and slice, the metrics over players, coverage and Gini of exposure."""
        for model, slices in self.players.items():
            for slice_ in slices:
                for metric in METRICS:
                    yield Score(metric, model, slice_, self.estimate(metric, model, slice_))
                candidates = self.first.slices[slice_].candidates
                games = self.lists[model][slice_].games
                exposure = measure_exposure(games, candidates, seed=self.seed, level=self.level)
                yield Score("coverage_at_10", model, slice_, exposure.coverage)
                yield Score("gini", model, slice_, exposure.gini)


def tabulate(scores: Sequence[Score], slice: str = HEADLINE, metrics: Sequence[str] = SHOWN) -> pd.DataFrame:
    """Give a table to read: a row a model, a column a metric, ``value [low, high]``."""
    rows: dict[str, dict[str, str]] = {}
    for score in scores:
        if score.slice == slice and score.metric in metrics:
            rows.setdefault(score.model, {})[score.metric] = _words(score.estimate)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    return table[[metric for metric in metrics if metric in table]].reset_index()


def tabulate_all(scores: Sequence[Score]) -> pd.DataFrame:
    """Give AUC and NDCG@10 on each of `SLICES` as one table to read: a row a model."""
    parts = []
    for slice_ in SLICES:
        part = tabulate(scores, slice_, ("auc", "ndcg_at_10")).set_index("model")
        part.columns = pd.MultiIndex.from_product([[slice_], ["AUC", "NDCG@10"]])
        parts.append(part)
    return pd.concat(parts, axis=1)


def tabulate_comparison(compared: pd.DataFrame) -> pd.DataFrame:
    """Give the table of `Evaluation.compare` to read: a row a model, p-values below 0.0001 told as such."""
    told = compared.set_index("model").round(4)
    for name in ("p_value", "p_holm"):
        told[name] = ["< 0.0001" if p < 1e-4 else f"{p:.4f}" for p in compared[name]]
    return told


def tabulate_newcomers(evaluation: Evaluation, model: str, newcomers: pd.DataFrame) -> pd.DataFrame:
    """Give the means over the same players, learnt from and never seen, as a table to read.

    Parameters
    ----------
    newcomers : DataFrame
        What `Trial.measure_newcomers` gave on the first holdout.
    """
    seen = per_player(evaluation.lists[model][HEADLINE]).loc[newcomers.index]
    ratio = newcomers.mean() / seen.mean()
    means = {"learnt from": seen.mean(), "never seen": newcomers.mean(), "ratio": ratio}
    return pd.DataFrame(means).T.round(3).assign(players=len(newcomers))


def tabulate_ratios(ratios: Mapping[tuple[str, str], Estimate]) -> pd.DataFrame:
    """Give ratios as a table to read: ``against, to be found, times, low, high``."""
    rows = [(other, name, r.value, r.low, r.high) for (other, name), r in ratios.items()]
    return pd.DataFrame(rows, columns=pd.Index(["against", "to be found", "times", "low", "high"])).round(3)


def ratio_interval(values: np.ndarray, others: np.ndarray, *, seed: int, level: float) -> Estimate:
    """Give the ratio of two means over the same units, with its percentile bootstrap interval (Efron 1979)."""
    rng = generator(seed, "bootstrap", "ratio")
    drawn = np.empty(2000)
    for k in range(len(drawn)):
        some = rng.integers(0, len(values), len(values))
        drawn[k] = values[some].mean() / others[some].mean()
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(values.mean() / others.mean()), float(low), float(high), level, len(values))


def _words(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"

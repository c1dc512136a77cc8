"""From the crawl's success rate to another: which projects a probability speaks of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import Estimate, proportion_interval
from crowdwise.kickstarter.calibration import log_odds, logistic
from crowdwise.kickstarter.history import SHRINK


@dataclass(frozen=True)
class ReferenceRate:
    """The success rate of the projects that a probability shall speak of, and who says so.

    Raises
    ------
    Problem
        If the rate is not between 0 and 1, or no source is given.
    """

    rate: float
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            remedy = "Write a share such as 0.41"
            raise Problem(f"{self.rate} is not between 0 and 1", where="parameter reference_rate", remedy=remedy)
        if not self.source.strip():
            raise Problem("no source is given", where="parameter reference_source", remedy="Say who counted the rate")


def shift_prior(
    probability: np.ndarray, training_rate: float | np.ndarray, reference_rate: float | np.ndarray
) -> np.ndarray:
    """Give the probabilities among projects that succeed at another rate than those learnt from.

    The log-odds move by the difference of the rates' log-odds (Elkan 2001; Saerens, Latinne & Decaestecker 2002). It is
    right if successes look alike in both, and failures too: only their shares differ. Where the crawl left out
    failures of some categories alone, that is not so, and a rate a category is needed (`reference_by_category`). The
    rate is given from outside; Saerens' estimate of it from the projects judged is not used.

    Parameters
    ----------
    probability : ndarray, shape (n,)
    training_rate, reference_rate : float, or ndarray of shape (n,)
        Success rates of the projects learnt from, and of those to speak of; between 0 and 1.

    Raises
    ------
    ValueError
        If a rate is not between 0 and 1.
    """
    old, new = np.asarray(training_rate, float), np.asarray(reference_rate, float)
    for rate in (old, new):
        if not ((rate > 0) & (rate < 1)).all():
            raise ValueError("a rate must lie between 0 and 1")
    return logistic(log_odds(np.asarray(probability, float)) + (log_odds(new) - log_odds(old)))


def latest_rate(
    projects: pd.DataFrame, outcome: np.ndarray, cut: pd.Timestamp, *, months: int = 12, level: float = 0.95
) -> Estimate:
    """Give the success rate of the projects that ended in the months before a cut: all that is known on its day.

    Raises
    ------
    ValueError
        If none ended then.
    """
    ended = projects["deadline"]
    rows = ((ended < cut) & (ended >= cut - pd.DateOffset(months=months))).to_numpy()
    if not rows.any():
        raise ValueError(f"no project ended in the {months} months before {cut:%Y-%m-%d}")
    return proportion_interval(int(outcome[rows].sum()), int(rows.sum()), level=level)


def level_shift(outcome: np.ndarray, probability: np.ndarray) -> float:
    """Give the move of log-odds after which the mean probability is the share of successes.

    Calibration in the large (Steyerberg et al. 2004). Fitted on an earlier year's judged projects
    it can be carried to the next one's.

    Raises
    ------
    ValueError
        If only one outcome occurs.
    """
    y, told = np.asarray(outcome, float), log_odds(np.asarray(probability, float))
    if y.min() == y.max():
        raise ValueError("a level needs both outcomes")
    low, high = -40.0, 40.0
    for _ in range(80):  # by halving: the mean rises with the shift, and no step can overshoot
        middle = (low + high) / 2
        low, high = (middle, high) if logistic(told + middle).mean() < y.mean() else (low, middle)
    return (low + high) / 2


def reference_by_category(
    learnt: pd.DataFrame, outcome: np.ndarray, judged: pd.DataFrame, reference: pd.DataFrame, overall: ReferenceRate
) -> tuple[np.ndarray, np.ndarray]:
    """Give each judged project's training rate and reference rate by its category, to shift by.

    Its cell is its sub-category if the reference names it, else its parent if that is named, else all the rest, which
    the overall rate stands for. A cell's training rate is shrunk towards all projects' as if 20 of them were its own:
    a listing caught without a failure has a finite one, too.

    Parameters
    ----------
    learnt, judged : DataFrame
        With ``category`` and ``parent_category``.
    outcome : ndarray of bool
        Of the projects learnt from.
    reference : DataFrame
        ``category, rate`` as `crowdwise.kickstarter.reference.read_reference` gives; rates of 0 and 1 are moved in by
        half a percent.
    """
    rates = dict(zip(reference["category"], reference["rate"].clip(0.005, 0.995), strict=True))
    cells = [_cell(projects, rates) for projects in (learnt, judged)]
    whole = float(np.mean(outcome))
    grouped = pd.Series(np.asarray(outcome, float)).groupby(cells[0].to_numpy())
    training = (grouped.sum() + SHRINK * whole) / (grouped.size() + SHRINK)
    old = cells[1].map(training).fillna(whole).to_numpy(float)
    new = cells[1].map({**rates, "": overall.rate}).to_numpy(float)
    return old, new


def _cell(projects: pd.DataFrame, rates: dict[str, float]) -> pd.Series:
    own, parent = projects["category"], projects["parent_category"]
    return own.where(own.isin(rates), parent.where(parent.isin(rates), "")).reset_index(drop=True)


def weights_at(outcome: np.ndarray, rate: float) -> np.ndarray:
    """Give weights, mean 1, that make the share of successes `rate`: judged projects as if drawn at that rate.

    They use the outcomes of the projects judged, to say which population a score speaks of; no probability depends on
    them.
    """
    y = np.asarray(outcome, dtype=bool)
    share = y.mean()
    return np.where(y, rate / share, (1 - rate) / (1 - share))


def state_population(reference: ReferenceRate, training_rate: float, projects: int) -> str:
    """Say which projects a shifted probability speaks of, and which one as learnt."""
    learnt = f"of the {projects:,} that the crawl caught, of which {training_rate:.0%} did"
    return (
        f"A probability speaks of projects of which {reference.rate:.0%} succeed ({reference.source}). "
        f"As learnt, before the shift, it spoke {learnt}. "
        "The shift takes successes to look alike in both, and failures too."
    )

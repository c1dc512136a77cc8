"""Words that go with success among projects of one sub-category and year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import holm
from crowdwise.kickstarter.stratified import strata_of
from crowdwise.kickstarter.text import WordCounts, texts_of

PRIOR, RAREST = 500.0, 30


def overlap_weights(outcome: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Give each project the share of its stratum that ended the other way (Li, Morgan and Zaslavsky 2018).

    So weighted, successes and failures hold every stratum in equal numbers; a stratum whose projects all ended alike
    weighs nothing.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    strata : ndarray of int, shape (n,)
    """
    n = np.bincount(strata)
    won = np.bincount(strata, weights=outcome.astype(float), minlength=len(n))
    share = (won / np.maximum(n, 1))[strata]
    return np.where(outcome, 1 - share, share)


def log_odds(
    with_success: np.ndarray, with_failure: np.ndarray, overall: np.ndarray, *, prior: float = PRIOR
) -> tuple[np.ndarray, np.ndarray]:
    """Give words' log-odds ratios with an informative Dirichlet prior, and their standard errors.

    Monroe, Colaresi and Quinn (2008), equations 16, 18 and 20: the prior is the words' shares of all texts, as if
    `prior` words of such text had been seen on either side. Rare words are drawn to no difference.

    Parameters
    ----------
    with_success, with_failure : ndarray, shape (words,)
        How much of each word stands on either side.
    overall : ndarray, shape (words,)
        How often each stands in all texts.
    """
    a = prior * overall / overall.sum()
    first, second = with_success + a, with_failure + a
    delta = np.log(first / (first.sum() - first)) - np.log(second / (second.sum() - second))
    return delta, np.sqrt(1 / first + 1 / second)


def telling_words(
    decided: pd.DataFrame, *, prior: float = PRIOR, rarest: int = RAREST, level: float = 0.95
) -> pd.DataFrame:
    """Give the words of names and blurbs by how they go with success within sub-category and year.

    A project counts a word once, however often it says it, with its overlap weight. No weight is above one, so the
    standard errors are rather too large.

    Parameters
    ----------
    rarest : int
        In how many projects a word must stand.

    Returns
    -------
    DataFrame
        ``word, projects, log_odds, low, high, p_holm``, from the word most with success to the word most with failure
        by their z-scores.
    """
    counted = WordCounts.of(texts_of(decided))
    said = counted.counts.copy()
    said.data[:] = 1.0
    projects = np.asarray(said.sum(axis=0)).ravel()
    kept = np.flatnonzero(projects >= rarest)
    outcome = decided["success"].to_numpy(dtype=bool)
    weights = overlap_weights(outcome, strata_of(decided))
    said = said[:, kept]
    won, lost = (np.asarray(said[rows].T @ weights[rows]).ravel() for rows in (outcome, ~outcome))
    delta, error = log_odds(won, lost, projects[kept], prior=prior)
    half = stats.norm.ppf((1 + level) / 2) * error
    table = pd.DataFrame(
        {
            "word": [counted.words[k] for k in kept],
            "projects": projects[kept].astype(int),
            "log_odds": delta,
            "low": delta - half,
            "high": delta + half,
            "p_holm": holm(2 * stats.norm.sf(np.abs(delta / error))),
        }
    )
    return table.iloc[np.argsort(-delta / error, kind="stable")].reset_index(drop=True)


def shown_words(words: pd.DataFrame, *, most: int = 12, alpha: float = 0.05) -> pd.DataFrame:
    """Give up to `most` words of either side that chance does not explain, as `telling_words` orders them."""
    sure = words[words["p_holm"] < alpha]
    more, less = sure[sure["log_odds"] > 0].head(most), sure[sure["log_odds"] < 0].tail(most)
    return pd.concat([more, less], ignore_index=True)

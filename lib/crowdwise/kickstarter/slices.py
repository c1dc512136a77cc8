"""For whom a model holds: discrimination and calibration in parts of the projects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.base.statistics import Estimate, auc_interval, proportion_interval
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, Score
from crowdwise.kickstarter.evaluation import CHOSEN
from crowdwise.kickstarter.exploration import cut_at, cut_evenly

FEWEST = 30  # of either outcome, below which a slice is marked as small
COUNTRIES = 8
CREATORS = ("no earlier project seen", "one earlier", "two or more earlier", "creator not known")


def slice_projects(projects: pd.DataFrame, features: pd.DataFrame, countries: int = COUNTRIES) -> pd.DataFrame:
    """Give each project's part by five views: ``category, country, goal, creator, year``, as ordered categories.

    Parameters
    ----------
    projects : DataFrame
        With ``parent_category, country, goal_usd, creator_id, launched_at``.
    features : DataFrame
        Of the same projects, with ``earlier_projects``.
    countries : int
        How many countries stand alone, the most frequent; the rest are ``other countries``.
    """
    country = projects["country"].fillna("unknown")
    frequent = list(country.value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable").index)
    named = frequent[:countries]
    order = [*named, "other countries"] if len(frequent) > countries else named
    earlier = cut_at(features["earlier_projects"], [0, 1, 2], CREATORS[:3]).astype("str")
    earlier = earlier.where(projects["creator_id"].notna().to_numpy(), CREATORS[3])
    parents = projects["parent_category"]
    year = projects["launched_at"].dt.year.astype("str")
    return pd.DataFrame(
        {
            "category": pd.Categorical(parents, sorted(parents.unique()), ordered=True),
            "country": pd.Categorical(country.where(country.isin(named), "other countries"), order, ordered=True),
            "goal": cut_evenly(projects["goal_usd"], 5),
            "creator": pd.Categorical(earlier, CREATORS, ordered=True).remove_unused_categories(),
            "year": pd.Categorical(year, sorted(year.unique()), ordered=True),
        },
        index=projects.index,
    )


def score_slices(
    outcome: np.ndarray, probability: np.ndarray, slices: pd.DataFrame, *, level: float = 0.95, fewest: int = FEWEST
) -> pd.DataFrame:
    """Give each slice's scores, a row a slice.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
        Given to projects not seen; rows that are NaN take no part.
    slices : DataFrame of categories, n rows
        A column a view, as `slice_projects` gives.
    fewest : int
        Of either outcome; slices with fewer are marked as small.

    Returns
    -------
    DataFrame
        ``by, slice, projects, successes, small, auc, auc_low, auc_high, predicted, observed, gap, gap_low, gap_high``.
        The AUC is that of DeLong et al. (1988), NaN where one outcome is all there is. `gap` is observed less predicted
        share; its interval is that of the observed share (Wilson 1927) less the mean prediction, which is wide
        rather than narrow where probabilities differ within the slice.
    """
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    judged, rows = np.isfinite(p), []
    for by in slices:
        cells = slices[by]
        for name in cells.cat.categories:
            chosen = judged & (cells == name).to_numpy()
            n, won = int(chosen.sum()), int(y[chosen].sum())
            if n == 0:
                continue
            scores = (np.nan,) * 3
            if 0 < won < n:
                auc = auc_interval(y[chosen], p[chosen], level=level)
                scores = (auc.value, auc.low, auc.high)
            told, e = float(p[chosen].mean()), proportion_interval(won, n, level=level)
            gaps = (e.value - told, e.low - told, e.high - told)
            rows.append((by, str(name), n, won, min(won, n - won) < fewest, *scores, told, e.value, *gaps))
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = (
    *("by", "slice", "projects", "successes", "small", "auc", "auc_low", "auc_high"),
    *("predicted", "observed", "gap", "gap_low", "gap_high"),
)


def extreme_slices(table: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Give the slices of the lowest and the highest AUC, and the one observed furthest from predicted.

    Small slices, whose extremes would only tell of chance, must have been left out.
    """
    auc, gap = table["auc"].to_numpy(float), np.abs(table["gap"].to_numpy(float))
    return table.iloc[int(auc.argmin())], table.iloc[int(auc.argmax())], table.iloc[int(gap.argmax())]


def slice_metrics(table: pd.DataFrame, *, level: float = 0.95) -> list[Score]:
    """Give the cross-validated AUC of the slices that are not small, as scores to report."""
    scores, large = [], table[~table["small"]]
    numbers = large[["auc", "auc_low", "auc_high", "projects"]].to_numpy(float)
    for by, name, (value, low, high, n) in zip(large["by"], large["slice"], numbers, strict=True):
        auc = Estimate(float(value), float(low), float(high), level, int(n))
        scores.append(Score("auc", CHOSEN, CROSS_VALIDATION, f"{by}: {name}", auc))
    return scores

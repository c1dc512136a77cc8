"""For whom a model holds: discrimination and calibration in parts of the projects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.statistics import Estimate, auc_interval, proportion_interval
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, WITHIN, Score
from crowdwise.kickstarter.evaluation import CHOSEN
from crowdwise.kickstarter.exploration import cut_at, cut_evenly
from crowdwise.kickstarter.scores import auc_within

FEWEST = 30  # of either outcome, below which a slice is marked as small
COUNTRIES, CELLS = 8, 10  # shown alone; that hold both outcomes, for an AUC within them
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
    outcome: np.ndarray,
    probability: np.ndarray,
    slices: pd.DataFrame,
    cells: np.ndarray,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 500,
    fewest: int = FEWEST,
) -> pd.DataFrame:
    """Give each slice's scores, a row a slice.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
        Given to projects not seen; rows that are NaN take no part.
    slices : DataFrame of categories, n rows
        A column a view, as `slice_projects` gives.
    cells : ndarray, shape (n,)
        Each project's sub-category and year of launch.
    fewest : int
        Of either outcome; slices with fewer are marked as small.

    Returns
    -------
    DataFrame
        ``by, slice, projects, successes, small, auc, auc_low, auc_high, within, within_low, within_high, predicted,
        observed, gap, gap_low, gap_high``. The AUC is that of DeLong et al. (1988), NaN where one outcome is all there
        is; `within` is that among pairs of one cell (see `auc_within`), NaN where fewer than ten cells hold both
        outcomes. `gap` is observed less predicted share; its interval is that of the observed share (Wilson 1927) less
        the mean prediction, which is wide rather than narrow where probabilities differ within the slice.
    """
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    judged, rows = np.isfinite(p), []
    settings: dict[str, Any] = {"seed": seed, "level": level, "resamples": resamples}
    for by in slices:
        for name in slices[by].cat.categories:
            chosen = judged & (slices[by] == name).to_numpy()
            n, won = int(chosen.sum()), int(y[chosen].sum())
            if n == 0:
                continue
            scores: tuple[float, ...] = (np.nan,) * 6
            if 0 < won < n:
                auc = auc_interval(y[chosen], p[chosen], level=level)
                scores = (auc.value, auc.low, auc.high, *_within(y[chosen], p[chosen], cells[chosen], **settings))
            told, e = float(p[chosen].mean()), proportion_interval(won, n, level=level)
            gaps = (e.value - told, e.low - told, e.high - told)
            rows.append((by, str(name), n, won, min(won, n - won) < fewest, *scores, told, e.value, *gaps))
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = (
    *("by", "slice", "projects", "successes", "small", "auc", "auc_low", "auc_high"),
    *("within", "within_low", "within_high"),
    *("predicted", "observed", "gap", "gap_low", "gap_high"),
)


def _within(outcome: np.ndarray, probability: np.ndarray, cells: np.ndarray, **settings: Any) -> tuple[float, ...]:
    mixed = pd.Series(outcome).groupby(cells).nunique() == 2
    if mixed.sum() < CELLS:
        return (np.nan,) * 3
    auc = auc_within(outcome, probability, cells, **settings)
    return auc.value, auc.low, auc.high


def extreme_slices(table: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Give the slices of the lowest and the highest AUC within cells, and the one observed furthest from predicted.

    Small slices, whose extremes would only tell of chance, must have been left out. Where no slice has an AUC within
    cells, the first two are those of the plain AUC.
    """
    auc = table["auc" if table["within"].isna().all() else "within"].to_numpy(float)
    gap = np.abs(table["gap"].to_numpy(float))
    return table.iloc[int(np.nanargmin(auc))], table.iloc[int(np.nanargmax(auc))], table.iloc[int(gap.argmax())]


def slice_metrics(table: pd.DataFrame, model: str = CHOSEN, *, level: float = 0.95) -> list[Score]:
    """Give the cross-validated AUC of the slices that are not small, plain and within cells, as scores to report."""
    scores, large = [], table[~table["small"]]
    for name, ending in (("auc", ""), ("within", f", {WITHIN}")):
        known = large[large[name].notna()]
        numbers = known[[name, f"{name}_low", f"{name}_high", "projects"]].to_numpy(float)
        for by, part, (value, low, high, n) in zip(known["by"], known["slice"], numbers, strict=True):
            auc = Estimate(float(value), float(low), float(high), level, int(n))
            scores.append(Score("auc", model, CROSS_VALIDATION, f"{by}: {part}{ending}", auc))
    return scores

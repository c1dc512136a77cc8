"""How far a month's projects lie from those learnt from: the population stability index and its companions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.statistics import holm, proportion_interval
from crowdwise.kickstarter.distance import LARGE, MODERATE, rate_difference, rate_p_value, stability_index
from crowdwise.kickstarter.features import UNITS, UNKNOWN, build_features
from crowdwise.kickstarter.history import RECORD

BINS = 10
RARE = 0.01  # values rarer than this on both sides are taken together
NUMBERS = ("goal_log", "duration_days", "prelaunch_log", "name_length", "blurb_length")
CATEGORIES = ("parent_category", "category", "country", "currency")
OUTCOME = "outcome"


def compare_features(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Compare the features of two sets of projects, largest drift first.

    Numbers are binned at the deciles of `then` (a value that is not known has a bin of its own), categories by their
    values. The time of launch takes no part: a later month is later.

    Parameters
    ----------
    then, now : DataFrame
        Decided projects, with the projects table's columns.

    Returns
    -------
    DataFrame
        ``feature, unit, psi, by_chance, verdict, ks, median_then, median_now, bins``. `by_chance` is the index to
        expect of two samples of this size when nothing drifts (Yurdakul 2018), `ks` the Kolmogorov-Smirnov distance;
        it and the medians are of known numbers.
    """
    old, new = (_features(projects) for projects in (then, now))
    rows = []
    for name in (*NUMBERS, *CATEGORIES, OUTCOME):
        numeric = name in NUMBERS
        a, b = _bin_numbers(old[name], new[name]) if numeric else _bin_values(old[name], new[name])
        psi = stability_index(b, a)
        chance = (len(a) - 1) * (1 / max(len(then), 1) + 1 / max(len(now), 1))
        row = {"feature": name, "unit": UNITS.get(name, ""), "psi": psi, "by_chance": chance, "verdict": grade(psi)}
        rows.append(row | {"bins": len(a)} | (_distance(old[name], new[name]) if numeric else {}))
    columns = ["feature", "unit", "psi", "by_chance", "verdict", "ks", "median_then", "median_now", "bins"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    return table.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)


def grade(psi: float) -> str:
    """Give the usual word for an index: ``stable`` below 0.1, ``moderate`` to 0.25, ``large`` above."""
    return "stable" if psi < MODERATE else "moderate" if psi <= LARGE else "large"


def compare_success(then: pd.DataFrame, now: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Compare success rates and shares of projects, over all and by parent category.

    Returns
    -------
    DataFrame
        ``parent_category`` (``all`` first), then for `then` and `now` each ``projects, share, rate, low, high`` (score
        intervals, Wilson 1927), ``difference`` of the rates with ``difference_low, difference_high`` (Newcombe 1998),
        and ``p_holm`` of a chi-squared test, corrected by Holm (1979) for all rows. Rates are None where there is no
        project.
    """
    names = sorted({*then["parent_category"], *now["parent_category"]})
    rows, p_values = [], []
    for name in ["all", *names]:
        row: dict[str, object] = {"parent_category": name}
        counts = []
        for side, table in (("then", then), ("now", now)):
            part = table if name == "all" else table[table["parent_category"] == name]
            n, won = len(part), int(part["outcome"].sum())
            counts.append((won, n))
            row |= {f"projects_{side}": n, f"share_{side}": n / max(len(table), 1)}
            rate = proportion_interval(won, n, level=level) if n else None
            parts = (rate.value, rate.low, rate.high) if rate else (None, None, None)
            row |= dict(zip((f"rate_{side}", f"low_{side}", f"high_{side}"), parts, strict=True))
        before, after = counts
        if before[1] and after[1]:
            found = rate_difference(after, before, level)
            row |= dict(zip(("difference", "difference_low", "difference_high"), found, strict=True))
            p_values.append(rate_p_value(after, before))
            row["p_holm"] = len(p_values) - 1
        rows.append(row)
    sides = [f"{name}_{side}" for side in ("then", "now") for name in ("projects", "share", "rate", "low", "high")]
    columns = ["parent_category", *sides, "difference", "difference_low", "difference_high", "p_holm"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    if p_values:
        corrected = holm(p_values)
        table["p_holm"] = [corrected[int(k)] if pd.notna(k) else None for k in table["p_holm"]]
    return table


def _distance(then: pd.Series, now: pd.Series) -> dict[str, float]:
    then, now = then.dropna(), now.dropna()
    if then.empty or now.empty:
        return {}
    distance = float(stats.ks_2samp(then, now).statistic)
    return {"ks": distance, "median_then": float(then.median()), "median_now": float(now.median())}


def _features(projects: pd.DataFrame) -> pd.DataFrame:
    nothing = pd.DataFrame(0.0, index=projects.index, columns=pd.Index(RECORD))
    table = build_features(projects, nothing, (*NUMBERS, *CATEGORIES))
    return table.assign(**{OUTCOME: projects["state"].astype("str").to_numpy(dtype=object)})


def _bin_numbers(then: pd.Series, now: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    known = then.dropna().to_numpy(float)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.empty(0)
    counts = []
    for values in (then.to_numpy(float), now.to_numpy(float)):
        missing = np.isnan(values)
        bins = np.searchsorted(edges, values[~missing], side="left")
        counts.append(np.r_[np.bincount(bins, minlength=len(edges) + 1), missing.sum()])
    used = (counts[0] + counts[1]) > 0
    return counts[0][used], counts[1][used]


def _bin_values(then: pd.Series, now: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    a, b = (values.fillna(UNKNOWN).value_counts() for values in (then, now))
    names = sorted({*a.index, *b.index})
    old, new = (counts.reindex(names, fill_value=0).to_numpy(float) for counts in (a, b))
    rare = (old < RARE * max(len(then), 1)) & (new < RARE * max(len(now), 1))
    if rare.any():
        old, new = (np.r_[counts[~rare], counts[rare].sum()] for counts in (old, new))
    return old, new

"""What had happened before a launch: to its creator's earlier projects, and in its category.

Everything here counts projects whose deadline (or launch, for goals) lies strictly before the launch in question, so no
later project can change it, and a live one is nobody's past. Sums are of whole numbers, hence exact: taking a later
project away does not even change a last digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

RECORD = ("earlier_projects", "earlier_successes")
CATEGORY_PAST = ("category_finished", "category_rate", "category_recent", "category_goal")
RECENT = 30
SHRINK = 20  # projects that a category's parent, and a parent's all, count as
_EXACT = 1_000_000  # a log goal is summed in millionths
_SECONDS = 34  # bits that hold any time until 2514


def earlier_record(projects: pd.DataFrame, among: np.ndarray | None = None) -> pd.DataFrame:
    """Give each project's ``earlier_projects`` and ``earlier_successes``, on the same index.

    Only projects of the same creator whose deadline lies strictly before the launch count. A project whose creator is
    not known has none.

    Parameters
    ----------
    projects : DataFrame
        With ``creator_id, launched_at, deadline, state``.
    among : ndarray of bool, shape (projects,), optional
        The projects whose outcomes may be counted, as in cross-validation only those that are learnt from; all by
        default.

    Returns
    -------
    DataFrame of float64
    """
    creators = projects["creator_id"]
    known = creators.notna().to_numpy()
    past = _Past.of(creators.where(creators.notna(), ""), projects["launched_at"])
    counted = known & _finished(projects) & (True if among is None else among)
    n, won = past.before(projects["deadline"], counted, (projects["state"] == "successful").to_numpy())
    return pd.DataFrame({"earlier_projects": n * known, "earlier_successes": won * known}, projects.index, dtype=float)


def category_past(projects: pd.DataFrame, among: np.ndarray | None = None, *, recent: int = RECENT) -> pd.DataFrame:
    """Give what had been seen of each project's category before its launch, on the same index.

    A category's rate and mean are shrunk towards its parent's as if 20 of the parent's projects were its own, and the
    parent's towards all (empirical Bayes with a set weight; Efron and Morris 1975). They read the crawl: where it
    caught successes only, the rate says so.

    Parameters
    ----------
    projects : DataFrame
        With ``category, parent_category, launched_at, deadline, outcome, goal_usd``.
    among : ndarray of bool, shape (projects,), optional
        As in `earlier_record`; goals of all projects count in any case.
    recent : int
        How many of the last projects the recent rate looks back on.

    Returns
    -------
    DataFrame of float64
        ``category_finished``: projects of the category that had an outcome. ``category_rate``: the share that
        had succeeded; ``category_recent``: that of the `recent` ones that had ended last, counted with one success and
        one failure more. ``category_goal``: mean log10 of the goals in US dollars of those launched before. The rate
        and the mean goal are NaN before anything at all.
    """
    success = projects["outcome"].fillna(False).to_numpy(dtype=bool)
    counted = projects["outcome"].notna().to_numpy() & (True if among is None else among)
    micro = np.round(np.log10(projects["goal_usd"].to_numpy(float)) * _EXACT).astype(np.int64)
    everyone = pd.Series("", index=projects.index)
    rate = goal = np.full(len(projects), np.nan)
    finished = np.zeros(len(projects))
    for groups in (everyone, projects["parent_category"], projects["category"]):
        past = _Past.of(groups, projects["launched_at"])
        finished, won = past.before(projects["deadline"], counted, success)
        launched, total = past.before(projects["launched_at"], np.ones(len(projects), dtype=bool), micro)
        rate, goal = _shrunk(won, finished, rate), _shrunk(total / _EXACT, launched, goal)
    n, won = past.before(projects["deadline"], counted, success, most=recent)
    late = (won + 1) / (n + 2)
    found = {"category_finished": finished, "category_rate": rate, "category_recent": late, "category_goal": goal}
    return pd.DataFrame(found, projects.index, dtype=float)


def _shrunk(total: np.ndarray, n: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """Give means that count `towards` as `SHRINK` observations, the plain ones where there is nothing to shrink to."""
    weight = np.where(np.isnan(towards), 0, SHRINK)
    n = n + weight
    return np.divide(total + weight * np.nan_to_num(towards), n, out=np.full(len(n), np.nan), where=n > 0)


def _finished(projects: pd.DataFrame) -> np.ndarray:
    return (projects["state"] != "live").to_numpy()


def _seconds(times: pd.Series) -> np.ndarray:
    return times.to_numpy(dtype="datetime64[s]").astype(np.int64)


@dataclass(frozen=True)
class _Past:
    """Groups' lines of time: a group's number and a second, in one sortable whole number."""

    starts: np.ndarray
    launches: np.ndarray

    @classmethod
    def of(cls, groups: pd.Series, launched: pd.Series) -> _Past:
        codes, _ = pd.factorize(groups, sort=True)
        starts = codes.astype(np.int64) << _SECONDS
        return cls(starts, starts | _seconds(launched))

    def before(
        self, times: pd.Series, counted: np.ndarray, values: np.ndarray, most: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give how many counted rows of the same group have a time before each launch, and the sum of their values.

        With `most`, only the last so many; of those with the same time a row with the lower value is the later one, so
        that the order of rows doesn't matter.
        """
        line = (self.starts | _seconds(times))[counted]
        order = np.lexsort((-values[counted].astype(np.int64), line))
        sums = np.concatenate([[0], np.cumsum(values[counted][order].astype(np.int64))])
        line = line[order]
        first, last = np.searchsorted(line, self.starts, "left"), np.searchsorted(line, self.launches, "left")
        first = first if most is None else np.maximum(first, last - most)
        return last - first, sums[last] - sums[first]

"""The predictions that were most confident and wrong, in sentences."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from crowdwise.kickstarter.evaluation import view_for
from crowdwise.kickstarter.importance import contributions
from crowdwise.kickstarter.later import Later
from crowdwise.kickstarter.models import Boosted

LONGEST, PARTS, LEAST = 60, 2, 0.05  # letters of a name; groups told, and the log-odds from which they are


def worst_mistakes(
    outcome: np.ndarray, probability: np.ndarray, kinds: np.ndarray | None = None, most: int = 3
) -> np.ndarray:
    """Give the places of the failures thought surest to succeed, then of the successes thought surest to fail.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
    kinds : ndarray, shape (n,), optional
        What each row is of; then only the worst of each kind is taken.
    most : int
        Of either outcome; the worst first, ties in the order of the rows.
    """
    y, p = np.asarray(outcome, dtype=bool), np.asarray(probability, dtype=float)
    found = []
    for rows, sure in ((np.flatnonzero(~y), -p), (np.flatnonzero(y), p)):
        ranked = rows[np.argsort(sure[rows], kind="stable")]
        if kinds is not None:
            ranked = ranked[np.sort(np.unique(kinds[ranked], return_index=True)[1])]
        found.append(ranked[:most])
    return np.concatenate(found)


def tell_mistakes(projects: pd.DataFrame, outcome: np.ndarray, later: Later, name: str, most: int = 3) -> pd.DataFrame:
    """Tell the worst mistakes on later launches, one a sub-category: the project, the prediction, what it rested on.

    Parameters
    ----------
    projects : DataFrame
        All of the study's.
    outcome : ndarray of bool
        All of the study's.
    later : Later
    name : str
        Which of its models, one of boosted trees.

    Returns
    -------
    DataFrame
        ``ended, told``. Names are as their creators wrote them, without control signs and cut to 60 letters.
    """
    judged = later.split.test
    model = later.models[name]
    assert isinstance(model, Boosted)
    kinds = projects["category"].to_numpy(dtype=object)[judged]
    worst = worst_mistakes(outcome[judged], later.found[name], kinds, most)
    parts = contributions(model, view_for(name, later.fitted.test), worst)
    learnt = projects.iloc[later.split.train].assign(won=outcome[later.split.train])
    rows = []
    for place, (_, part) in zip(worst, parts.iterrows(), strict=True):
        project, p = projects.iloc[judged[place]], later.found[name][place]
        ended = "reached its goal" if outcome[judged[place]] else "did not reach its goal"
        told = f"{_describe(project)} It was given {p:.1%}. {_because(part)} {_precedent(project, learnt)}"
        rows.append((ended, told))
    return pd.DataFrame(rows, columns=["ended", "told"])


def plain_name(name: str | None, longest: int = LONGEST) -> str:
    """Give a name that can stand in a sentence: one line, no control or direction signs, at most so many letters."""
    text = "" if name is None or pd.isna(name) else name
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    words = " ".join(kept.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _describe(project: pd.Series) -> str:
    days = round((project["deadline"] - project["launched_at"]) / pd.Timedelta(days=1))
    where = "an unknown country" if pd.isna(project["country"]) else project["country"]
    launched = project["launched_at"]
    return (
        f"“{plain_name(project['name'])}”, {project['category']}, from {where}: ${project['goal_usd']:,.0f} in "
        f"{days} day{'s' if days != 1 else ''}, launched on {launched.day} {launched:%B %Y}."
    )


def _because(part: pd.Series) -> str:
    ranked = part.sort_values(ascending=False, kind="stable")
    told = [_listed(ranked[ranked > LEAST]), _listed(ranked[ranked < -LEAST].iloc[::-1])]
    return f"For it spoke {told[0]}; against it {told[1]}, in log-odds."


def _listed(part: pd.Series) -> str:
    words = [f"{group} ({value:+.1f})".replace("-", "−") for group, value in part.iloc[:PARTS].items()]
    return " and ".join(words) or "nothing"


def _precedent(project: pd.Series, learnt: pd.DataFrame) -> str:
    there = learnt.loc[learnt["category"] == project["category"], "won"]
    if there.empty:
        return "It was the first of its category."
    return f"Of {len(there):,} it had learnt from in {project['category']}, {int(there.sum()):,} succeeded."

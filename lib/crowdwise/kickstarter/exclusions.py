"""Which projects a study takes and which it leaves out, and what is not known of those it takes."""

from __future__ import annotations

import pandas as pd

DECIDED = {"successful": "reached its goal", "failed": "did not reach its goal"}
UNDECIDED = {
    "live": "had not ended when it was crawled; counts nowhere",
    "canceled": "given up by its creator; counts in the creator's record only",
    "suspended": "stopped by Kickstarter; counts in the creator's record only",
}
GAPS = {
    "creator_id": "the creator: the record then says no earlier project",
    "blurb": "the blurb: its length is then 0",
    "created_at": "the day of the first draft: preparation is then not known to the model either",
    "country": "the country: it is then a value of its own",
    "staff_pick": "whether the staff picked it: no model is told in any case",
}


def account_for(projects: pd.DataFrame) -> pd.DataFrame:
    """Give what became of every project of the table, by its state; the counts add up to all of them.

    Parameters
    ----------
    projects : DataFrame
        With ``state, outcome``: the outcome is missing where a project takes no part.

    Returns
    -------
    DataFrame
        ``state, projects, share, part, why``, the most frequent first.
    """
    decided = projects["outcome"].notna()
    rows = []
    counts = projects.assign(decided=decided).groupby(["state", "decided"], sort=True).size().reset_index(name="n")
    for state, takes_part, n in zip(counts["state"], counts["decided"], counts["n"], strict=True):
        part = "learnt from and judged" if takes_part else "left out"
        why = DECIDED.get(str(state), "a failure, as the parameters say")
        why = why if takes_part else UNDECIDED.get(str(state), "has no outcome")
        rows.append((str(state), int(n), f"{n / len(projects):.1%}", part, why))
    table = pd.DataFrame(rows, columns=["state", "projects", "share", "part", "why"])
    return table.sort_values("projects", ascending=False, kind="stable", ignore_index=True)


def count_gaps(projects: pd.DataFrame) -> pd.DataFrame:
    """Give how often something is not known of the projects: ``not known, projects, share``; nothing is filled in."""
    n = len(projects)
    missing = {words: int(projects[name].isna().sum()) for name, words in GAPS.items() if name in projects}
    days = int((projects["time_precision"] == "day").sum())
    missing["the hour of the launch: no feature uses it"] = days
    rows = [(words, count, f"{count / max(1, n):.1%}") for words, count in missing.items()]
    return pd.DataFrame(rows, columns=["not known", "projects", "share"])

"""A creator's record at launch: projects of theirs whose deadline had passed by then, and how many succeeded."""

from __future__ import annotations

import numpy as np
import pandas as pd

RECORD = ("earlier_projects", "earlier_successes")


def earlier_record(projects: pd.DataFrame) -> pd.DataFrame:
    """Give each project's ``earlier_projects`` and ``earlier_successes``, on the same index.

    Only projects whose deadline lies strictly before the launch count, so no later project can change it. A project
    whose creator is not known has none; a live project is nobody's record.

    Parameters
    ----------
    projects : DataFrame
        With ``creator_id, launched_at, deadline, state``.

    Returns
    -------
    DataFrame of float64
    """
    creators = projects["creator_id"]
    # Codes follow the sorted ids, so the rows' order does not matter.
    codes, _ = pd.factorize(creators, sort=True)
    seconds = {
        name: projects[name].to_numpy(dtype="datetime64[s]").astype(np.int64) for name in ("launched_at", "deadline")
    }
    finished = (projects["state"] != "live").to_numpy() & (codes >= 0)
    # One sorted line of (creator, deadline): a creator's past is the stretch before (creator, launch).
    line = codes[finished].astype(np.int64) << 34 | seconds["deadline"][finished]
    order = np.argsort(line, kind="stable")
    line = line[order]
    successes = np.r_[0, np.cumsum((projects["state"] == "successful").to_numpy()[finished][order])]
    known = np.maximum(codes, 0).astype(np.int64) << 34
    start, end = np.searchsorted(line, known, "left"), np.searchsorted(line, known | seconds["launched_at"], "left")
    before = np.where(codes >= 0, end - start, 0).astype(float)
    won = np.where(codes >= 0, successes[end] - successes[start], 0).astype(float)
    return pd.DataFrame({"earlier_projects": before, "earlier_successes": won}, index=projects.index)

"""Projects from elsewhere, given in a file: read, checked, and judged by what the study's projects teach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import SUBCATEGORIES, canonical, parent_of
from crowdwise.kickstarter.evaluation import Study, set_up_study
from crowdwise.kickstarter.protocols.protocol import EXTERNAL, FEW, Protocol
from crowdwise.kickstarter.protocols.running import Judged, Makers, run_protocols
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.union import outcome_of
from crowdwise.storage.tables import read_csv, read_table

NEEDED = ("name", "blurb", "category", "currency", "country", "launched_at", "deadline", "created_at", "state")
ASKED = "Give it the columns name, blurb, category, goal_usd (or goal and currency), country, launched_at, deadline, "
TIMES = ("launched_at", "deadline", "created_at")


@dataclass(frozen=True)
class Outside:
    """Projects of an external file.

    Attributes
    ----------
    name : str
        The file's.
    projects : DataFrame
        With the columns of the projects table that a study needs.
    left_out : DataFrame
        ``why, projects``: every row of the file that is not judged, counted by the first reason met.
    """

    name: str
    projects: pd.DataFrame
    left_out: pd.DataFrame


def read_outside(
    path: Path, study: Study, *, rates: Mapping[str, float] | None = None, where: str = "", fewest: int = 50
) -> Outside:
    """Read an external file of projects, and leave out what can't be judged or has been learnt from.

    Parameters
    ----------
    path : Path
        Parquet with the columns of the projects table, or a CSV file with ``name, blurb, category, currency, country,
        launched_at, deadline, created_at, state`` and ``goal_usd``, or ``goal`` in `currency`; ``project_id`` and
        ``creator_id`` where known. Times are ISO dates (UTC where nothing else is said) or seconds since 1970.
    study : Study
        Whose projects teach; one of them is left out by its id, or, in a file without ids, by name and day of launch.
    rates : mapping of str to float, optional
        US dollars for one unit of each currency; a goal in another than USD can't be read without.
    where : str, optional
        What to call the file in a problem; its path if nothing is given.
    fewest : int
        How many projects must be left.

    Raises
    ------
    Problem
        If the file can't be read, lacks a column, or fewer than `fewest` projects or only one outcome are left.
    """
    path, name = Path(path), where or str(path)
    given = read_table(path) if path.suffix == ".parquet" else read_csv(path, where=name)
    missing = [column for column in NEEDED if column not in given]
    missing += [] if {"goal", "goal_usd"} & set(given) else ["goal_usd"]
    if missing:
        remedy = f"{ASKED}created_at and state; project_id and creator_id if known"
        raise Problem(f"there is no column {', '.join(missing)}", where=name, remedy=remedy)
    table = _converted(given.reset_index(drop=True), rates or {})
    reasons = _reasons(table, study)
    left_out = reasons[reasons != ""].value_counts().rename_axis("why").reset_index(name="projects")
    left_out = left_out.sort_values(["projects", "why"], ascending=[False, True], ignore_index=True)
    kept = table[reasons == ""].reset_index(drop=True)
    if len(kept) < fewest or kept["outcome"].nunique() < 2:
        why = "; ".join(f"{n:,} left out: {reason}" for reason, n in left_out.itertuples(index=False))
        what = f"of {len(table):,} projects {len(kept):,} can be judged, and both outcomes and {fewest} are needed"
        remedy = "Name a file with more decided projects that are not in the tables"
        raise Problem(f"{what} ({why})" if why else what, where=name, remedy=remedy)
    return Outside(Path(name).name, kept, left_out)


def add_outside(
    study: Study, outside: Outside, projects: pd.DataFrame, models: tuple[str, ...] = FEW
) -> tuple[Study, Protocol]:
    """Give the study with an external file's projects added, and the protocol that judges these by the study's own.

    Parameters
    ----------
    projects : DataFrame
        The projects that the study was set up from: those without an outcome count in their creators' records.

    Raises
    ------
    ValueError
        If the study was set up from other projects.
    """
    columns = [column for column in projects if column in outside.projects]
    together = pd.concat([projects, outside.projects[columns]], ignore_index=True)
    whole = set_up_study(together, components=study.components, seed=study.seed)
    first = len(study.outcome)
    if whole.projects["project_id"].tolist()[:first] != study.projects["project_id"].tolist():
        raise ValueError("the study was set up from other projects")
    split = Split(np.arange(first), np.arange(first, len(whole.outcome)))
    left = int(outside.left_out["projects"].sum())
    remark = f"{len(outside.projects):,} projects of {outside.name}, all the others teach; {left:,} were left out"
    question = "How well are projects ranked that somebody else gathered?"
    return whole, Protocol(EXTERNAL, question, {outside.name: split}, models, False, remark)


def judge_outside(
    study: Study, projects: pd.DataFrame, name: str, root: Path, rates: pd.DataFrame, models: Makers
) -> tuple[list[Judged], pd.DataFrame]:
    """Judge the external file that a parameter names, from the project's root; nothing, and no row, if it is empty.

    Parameters
    ----------
    projects : DataFrame
        The projects that the study was set up from.
    rates : DataFrame
        ``currency, usd_rate``, as the acquire notebook writes it.
    models : mapping
        A maker by each model's name.

    Returns
    -------
    judged : list of Judged
    left_out : DataFrame
        ``why, projects``.
    """
    if not name:
        return [], pd.DataFrame(columns=["why", "projects"])
    known = dict(zip(rates["currency"], rates["usd_rate"], strict=True))
    outside = read_outside(root / name, study, rates=known, where=name)
    whole, protocol = add_outside(study, outside, projects)
    return run_protocols(whole, [protocol], models), outside.left_out


def _converted(given: pd.DataFrame, rates: Mapping[str, float]) -> pd.DataFrame:
    """Give the table in the form of the projects table; what can't be read is missing."""
    table = pd.DataFrame({"name": _text(given, "name"), "blurb": _text(given, "blurb")})
    table["category"] = _text(given, "category").map(canonical, na_action="ignore").astype("str")
    table["parent_category"] = table["category"].map(parent_of, na_action="ignore").astype("str")
    table["currency"] = _text(given, "currency").str.upper()
    rate = table["currency"].map({"USD": 1.0, **rates}).to_numpy(float)
    asked = "goal_usd" if "goal_usd" in given else "goal"
    goal = pd.to_numeric(given[asked], errors="coerce").to_numpy(float)
    table["goal_usd"] = goal if asked == "goal_usd" else goal * rate
    table["_rate_known"] = (asked == "goal_usd") | ~np.isnan(rate)
    table["country"], table["state"] = _text(given, "country").str.upper(), _text(given, "state").str.lower()
    for name in TIMES:
        table[name] = _times(given[name])
    late = table["created_at"] > table["launched_at"]
    table["created_at"] = table["created_at"].where(~late)
    for name in ("project_id", "creator_id"):
        table[name] = _text(given, name) if name in given else pd.Series(pd.NA, table.index, dtype="str")
    table["_id_known"] = table["project_id"].notna()
    table["project_id"] = table["project_id"].fillna(pd.Series(table.index.astype(str), table.index).radd("row "))
    table["outcome"] = outcome_of(table["state"], ("failed",))
    return table


def _reasons(table: pd.DataFrame, study: Study) -> pd.Series:
    """Give why each row is left out, the first reason that holds; empty for those that are judged."""
    known = set(SUBCATEGORIES) | {f"{parent}/{child}" for parent, names in SUBCATEGORIES.items() for child in names}
    taught = study.projects
    learnt = table["project_id"].isin(taught["project_id"]) & table["_id_known"]
    same = _name_and_day(table).isin(set(_name_and_day(taught))) & ~table["_id_known"]
    again = table.duplicated("project_id") | (_name_and_day(table).duplicated() & ~table["_id_known"])
    tests = {
        "no name": table["name"].isna(),
        "its state is not successful or failed": table["outcome"].isna(),
        "no such category": ~table["category"].isin(known | set(taught["category"])),
        "no rate for its currency": ~table["_rate_known"],
        "its goal is not a number above 0": ~(table["goal_usd"] > 0) | np.isinf(table["goal_usd"]),
        "its launch or deadline can't be read": table["launched_at"].isna() | table["deadline"].isna(),
        "its deadline is before its launch": table["deadline"] < table["launched_at"],
        "it was learnt from": learnt | same,
        "it stands twice": again,
    }
    reasons = pd.Series("", index=table.index)
    for reason, holds in tests.items():
        reasons = reasons.mask((reasons == "") & holds.to_numpy(dtype=bool), reason)
    return reasons


def _name_and_day(projects: pd.DataFrame) -> pd.Series:
    return projects["name"].fillna("").str.casefold() + projects["launched_at"].dt.strftime(" %Y-%m-%d").fillna("")


def _text(given: pd.DataFrame, name: str) -> pd.Series:
    text = given[name].astype("str").str.strip()
    return text.mask(given[name].isna() | (text == ""))


def _times(values: pd.Series) -> pd.Series:
    """Read ISO dates, or seconds since 1970."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.astype("datetime64[us, UTC]")
    seconds = pd.to_numeric(values, errors="coerce")
    times = pd.to_datetime(values.where(seconds.isna()), utc=True, errors="coerce", format="ISO8601")
    counted = pd.to_datetime(seconds.where(seconds.abs() < 1e11), unit="s", utc=True)
    return times.fillna(counted).astype("datetime64[us, UTC]")

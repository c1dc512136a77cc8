"""What a refresh is told: where months come from, and the rule that says when to fit anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.refresh.verdict import Thresholds
from crowdwise.kickstarter.union import refuse_failures
from crowdwise.storage.documents import read_json

SECTION = "refresh"
THRESHOLDS = tuple(Thresholds.__dataclass_fields__)
OTHERS = ("page", "since", "most")


@dataclass(frozen=True)
class Settings:
    """One refresh's settings.

    Attributes
    ----------
    source : str
        As the acquire notebook is given it: ``made-up``, ``published``, a folder or ``s3://bucket/prefix``.
    kind : str
        Where the tables' data comes from, by their provenance: ``made up``, ``local`` or ``published``.
    months : tuple of dict
        The published months that the parameters name.
    failures : tuple of str
        The states that count as failure, as the acquire notebook is told.
    page : str
        The publisher's page.
    since, most
        As in `choose_new`.
    thresholds : Thresholds
    seed, level, resamples
        Of intervals: those of the model notebook.
    """

    source: str
    kind: str
    months: tuple[dict[str, Any], ...]
    failures: tuple[str, ...]
    page: str
    since: str
    most: int
    thresholds: Thresholds
    seed: int
    level: float
    resamples: int


def read_source(layout: Layout) -> str:
    """Give the source that the acquire notebook of this profile is given.

    Raises
    ------
    Problem
        If the parameters were not handed over yet.
    """
    return str(read_json(layout.reports / "params" / "kickstarter-1-acquire.json")["source"])


def read_settings(layout: Layout, *, since: str = "", most: int | None = None) -> Settings:
    """Read a profile's settings; `since` and `most` take the place of the parameters'.

    Raises
    ------
    Problem
        If a parameter is missing, not known or not usable, or the tables are not made yet.
    """
    path = layout.params("kickstarter")
    where = layout.relative(path)
    try:
        sections = yaml.safe_load(path.read_text(encoding="utf-8"))
        section, model, acquire = sections.get(SECTION), sections["model"], sections["acquire"]
        months, failures = tuple(acquire["months"]), tuple(acquire["failures"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Problem("this file of parameters can't be read", where=where, remedy="Mend it") from error
    wanted = (*OTHERS, *THRESHOLDS)
    if not isinstance(section, Mapping) or sorted(section) != sorted(wanted):
        remedy = f"Give it {', '.join(wanted)}"
        raise Problem(f"its section `{SECTION}` does not hold what it should", where=where, remedy=remedy)
    refuse_failures(failures)
    most = section["most"] if most is None else most
    if isinstance(most, bool) or not isinstance(most, int):
        raise Problem(f"{most!r} is no number of months", where=f"{where}: most", remedy="Give a whole number")
    return Settings(
        source=read_source(layout),
        kind=str(read_json(layout.tables("kickstarter") / "provenance.json")["source"]),
        months=months,
        failures=failures,
        page=str(section["page"]),
        since=since or str(section["since"] or ""),
        most=most,
        thresholds=Thresholds(**{name: section[name] for name in THRESHOLDS}),
        seed=model["seed"],
        level=model["level"],
        resamples=model["resamples"],
    )

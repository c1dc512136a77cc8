"""One refresh: new months are fetched beside their place, read and judged, and only then taken in."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import PUBLISHED
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.months import Month, read_month
from crowdwise.kickstarter.refresh.ageing import Ageing, judge_ageing
from crowdwise.kickstarter.refresh.arrivals import Choice, choose_new, list_offers
from crowdwise.kickstarter.refresh.novelty import compare_fields, find_novelty
from crowdwise.kickstarter.refresh.pins import pin_months
from crowdwise.kickstarter.refresh.reference import Reference, read_reference
from crowdwise.kickstarter.refresh.settings import Settings
from crowdwise.kickstarter.refresh.shift import compare_features, compare_success
from crowdwise.kickstarter.refresh.verdict import Verdict, decide
from crowdwise.kickstarter.union import outcome_of
from crowdwise.storage.documents import write_json
from crowdwise.storage.fetch import Fetched, fetch

log = logging.getLogger("crowdwise.kickstarter")


@dataclass(frozen=True)
class Arrived:
    """A new month: its file, how it compares (as the report holds it), and the verdict."""

    file: Fetched
    report: dict[str, Any]
    verdict: Verdict


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found and did.

    Attributes
    ----------
    choice : Choice
    arrived : tuple of Arrived
        The months taken in, oldest first.
    pinned : int
        Months that were added to the parameters.
    """

    choice: Choice
    arrived: tuple[Arrived, ...]
    pinned: int


def refresh(layout: Layout, settings: Settings) -> Refreshed:
    """Take in a source's new months, and write ``refresh.json`` beside the reports of the notebooks.

    A month is fetched into a folder of its own, so that one that is broken or lacks a field leaves the raw files and
    the parameters as they were, and so does a killed run; the next one goes on from what came. Where nothing is new,
    the last report stays.

    Raises
    ------
    Problem
        If the tables are not made yet, the source can't be read, or a month can't be used.
    """
    held = held_months(layout)
    named = [str(month.get("url", "")).rpartition("/")[2] for month in settings.months]
    offers = list_offers(settings.source, settings.page)
    choice = choose_new(offers, [*held, *named], since=settings.since, most=settings.most)
    if not choice.chosen:
        return Refreshed(choice, (), 0)
    # Beside raw/ and not in it; what a killed run left there is gone on with.
    apart = layout.raw("kickstarter").with_name("arriving")
    files = [fetch(offer.origin, apart, mirrored=False) for offer in choice.chosen]
    try:
        reference = read_reference(layout)
        arrived = tuple(_compare(file, read_month(file.path), reference, settings) for file in files)
    except Problem:
        shutil.rmtree(apart)
        raise
    write_json(_document(layout, settings, reference, arrived), report_path(layout))
    taken = _take_in(files, layout.raw("kickstarter"))
    pinned = pin_months(layout.params("kickstarter"), taken) if settings.source == PUBLISHED else 0
    return Refreshed(choice, arrived, pinned)


def report_path(layout: Layout) -> Path:
    """Give the file of a profile's last refresh."""
    return layout.report("kickstarter", "refresh", "json")


def _take_in(files: Sequence[Fetched], raw: Path) -> list[Fetched]:
    raw.mkdir(parents=True, exist_ok=True)
    for file in files:
        file.path.replace(raw / file.name)
        log.info("%s: taken in (%s bytes, MD5 %s)", file.name, f"{file.size:,}", file.md5)
    if files and not any(files[0].path.parent.iterdir()):
        files[0].path.parent.rmdir()
    return list(files)


def _compare(file: Fetched, month: Month, reference: Reference, settings: Settings) -> Arrived:
    every = month.rows.drop_duplicates("project_id", keep="last", ignore_index=True)
    every["outcome"] = outcome_of(every["state"], settings.failures)
    decided = every[every["outcome"].notna()].reset_index(drop=True)
    predictor, learnt = reference.predictor, reference.learnt
    drift = compare_features(learnt, decided)
    success = compare_success(learnt, decided, level=settings.level)
    levels = predictor.encoder.levels if predictor else None
    novelty = find_novelty(learnt, every, levels, predictor.text.words if predictor else None)
    ageing = _age(reference, every, settings) if predictor else None
    verdict = decide(drift, len(decided), novelty, ageing, settings.thresholds)
    report = {
        "name": file.name,
        "origin": file.origin,
        "size": file.size,
        "md5": file.md5,
        "sha256": file.sha256,
        "records": month.read,
        "left_out": len(month.rejects),
        "projects": len(every),
        "decided": len(decided),
        "not_held": int((~every["project_id"].isin(reference.projects["project_id"])).sum()),
        "fields": compare_fields(reference.fields, month.fields),
        "drift": _records(drift),
        "success": _records(success),
        "novelty": asdict(novelty),
        "model": ageing.document() if ageing else None,
        "verdict": verdict.document(),
    }
    return Arrived(file, report, verdict)


def _age(reference: Reference, month: pd.DataFrame, settings: Settings) -> Ageing | None:
    if reference.predictor is None:
        return None
    return judge_ageing(
        reference.predictor,
        reference.metrics,
        reference.projects,
        month,
        reference.known,
        seed=settings.seed,
        level=settings.level,
        resamples=settings.resamples,
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table as JSON holds it: what is not known is null."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _document(layout: Layout, settings: Settings, reference: Reference, arrived: Sequence[Arrived]) -> dict[str, Any]:
    return {
        "profile": layout.profile,
        "source": settings.kind,
        "held_against": reference.document(),
        "thresholds": asdict(settings.thresholds),
        "level": settings.level,
        "months": [month.report for month in arrived],
        "retrain": any(month.verdict.retrain for month in arrived),
    }

"""Which projects teach and which judge, and the question that this answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import BASELINES, CHOSEN, LEAK_PROBE, PORTABLE_MODEL, Study
from crowdwise.kickstarter.splits import Split, grouped_folds, month_splits, rolling_cuts, stratified_folds

CROSS_VALIDATION, GROUPED = "stratified cross-validation", "grouped by creator"
ROLLING, MONTHS, EXTERNAL = "rolling temporal", "leave one month out", "external file"
# The dear ones (forest, stack, network) run in the charter's protocol only; a model that isn't there is passed over.
FEW = ("base rate", "one rule", *BASELINES.values(), CHOSEN, PORTABLE_MODEL, LEAK_PROBE)


@dataclass(frozen=True)
class Protocol:
    """A way to part projects.

    Attributes
    ----------
    name : str
    question : str
        What it answers, in words.
    parts : mapping of str to Split
        By name, in order; empty if it can't be run.
    models : tuple of str
        Which models run in it; all if empty.
    pooled : bool
        Whether the parts are folds of one whole, and scored together.
    as_of_launch : bool
        Whether features of a creator's and a category's past count all that had ended before a launch (see
        `crowdwise.kickstarter.evaluation.fit_design`), or only projects learnt from.
    remark : str
        What a reader has to know of it; why it can't be run, if it has no parts.
    """

    name: str
    question: str
    parts: Mapping[str, Split]
    models: tuple[str, ...] = ()
    pooled: bool = False
    remark: str = ""
    as_of_launch: bool = False


def list_protocols(
    study: Study, *, folds: int = 5, earliest: int = 2000, fewest: int = 500, few: tuple[str, ...] = FEW
) -> list[Protocol]:
    """Give the protocols of a study; one that its projects are too few for has no parts, and says why.

    Parameters
    ----------
    study : Study
    folds : int
        Of the cross-validations.
    earliest : int
        Projects that must have ended before a cut in time.
    fewest : int
        Projects that a month must hold to be learnt from, and that the others must hold to judge.
    few : tuple of str
        The models of all protocols but the first.

    Raises
    ------
    Problem
        If there are too few projects for the charter's folds, or a count is not above 1.
    """
    for name, count in (("folds", folds), ("earliest", earliest), ("fewest", fewest)):
        if count < 2:
            raise Problem(f"it is {count}", where=f"parameter {name}", remedy="Use a whole number of 2 or more")
    stratified, grouped = _stratified(study, folds), _grouped(study, folds, few)
    return [stratified, grouped, _rolling(study, earliest, few), _by_month(study, fewest, few)]


def protocols_table(protocols: list[Protocol]) -> pd.DataFrame:
    """Give the protocols to read: ``protocol, question, parts, learnt from, judged, remark``.

    Counts of projects are of the smallest and the largest part; those judged are of all parts.
    """
    rows = []
    for protocol in protocols:
        learnt = [len(split.train) for split in protocol.parts.values()]
        judged = sum(len(split.test) for split in protocol.parts.values())
        span = f"{min(learnt):,} to {max(learnt):,}" if learnt else "none"
        rows.append((protocol.name, protocol.question, len(learnt), span, judged, protocol.remark))
    return pd.DataFrame(rows, columns=["protocol", "question", "parts", "learnt from", "judged", "remark"])


def _stratified(study: Study, folds: int) -> Protocol:
    splits = stratified_folds(study.outcome, folds, study.seed)
    question = "How well are projects ranked that the same crawls caught, whenever they were launched?"
    remark = "the charter's; creators, later projects and the crawl's cells stand on both sides"
    return Protocol(CROSS_VALIDATION, question, _numbered(splits), (), True, remark)


def _grouped(study: Study, folds: int, models: tuple[str, ...]) -> Protocol:
    creators = study.projects["creator_id"]
    question = "And those of creators of whom nothing was learnt?"
    known = int(creators.notna().sum())
    if not creators.duplicated().where(creators.notna(), False).any():
        remark = f"not run: of {known:,} projects with a known creator no two have the same"
        return Protocol(GROUPED, question, {}, models, True, remark)
    remark = f"{len(creators) - known:,} projects without a known creator count as one group each"
    try:
        splits = grouped_folds(creators, study.outcome, folds, study.seed)
    except Problem as problem:
        return Protocol(GROUPED, question, {}, models, True, f"not run: {problem.what}")
    return Protocol(GROUPED, question, _numbered(splits), models, True, remark)


def _rolling(study: Study, earliest: int, models: tuple[str, ...]) -> Protocol:
    cuts = rolling_cuts(study.projects, study.outcome, earliest)
    question = "How well are the launches of the next twelve months ranked, by what had ended before?"
    remark = (
        f"cuts on 1 January of each year before which {earliest:,} projects had ended; a creator's and a category's "
        "past is what had ended before each launch"
    )
    if not cuts:
        remark = f"not run: no year of launches has {earliest:,} projects of both outcomes that ended before it"
    parts = {f"{cut:%Y-%m-%d}": split for cut, split in cuts.items()}
    return Protocol(ROLLING, question, parts, models, False, remark, True)


def _by_month(study: Study, fewest: int, models: tuple[str, ...]) -> Protocol:
    splits = month_splits(study.projects, study.outcome, fewest)
    question = "How well are projects ranked that stand only in crawls of other months?"
    remark = "a later month may teach of an earlier one: it asks what carries over between crawls, not what comes next"
    if not splits:
        remark = f"not run: no month has {fewest:,} projects of both outcomes, and as many only in other months"
    return Protocol(MONTHS, question, splits, models, False, remark)


def _numbered(splits: list[Split]) -> dict[str, Split]:
    return {f"fold {number}": split for number, split in enumerate(splits, start=1)}

"""The model card (Mitchell et al. 2019): what the model is for, and how good for whom, written from its metrics."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.kickstarter.comparison import CROSS_VALIDATION, TEMPORAL, WITHIN
from crowdwise.kickstarter.deployment import Deployment
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE
from crowdwise.kickstarter.prior import ReferenceRate
from crowdwise.kickstarter.protocols.protocol import ROLLING
from crowdwise.kickstarter.protocols.scoring import MEAN
from crowdwise.kickstarter.slices import extreme_slices
from crowdwise.storage.whole import current, whole_file

NAME = "card.md"
NOT_FOR = (
    "to give or refuse anybody money, credit or a place on a platform: it judges listings, not people",
    "as the exact chance of a project on Kickstarter at large: the shift to its success rate takes the failures that "
    "the crawl left out to look like those it caught",
    "to say what a change to a draft would do: it learnt which projects succeed together with what, not why",
    "for projects on other sites, or of kinds and years it has not seen",
)


def compose_card(
    document: Mapping[str, Any],
    slices: pd.DataFrame,
    projects: pd.DataFrame,
    *,
    gate: float,
    rule: Deployment,
    reference: ReferenceRate,
) -> str:
    """Give the model card as Markdown; every number in it comes from what is given.

    Parameters
    ----------
    document : mapping
        The metrics file's document, with ``source, profile, deploy, metrics``.
    slices : DataFrame
        As `crowdwise.kickstarter.slices.score_slices` gives.
    projects : DataFrame
        Those the model learnt from, with ``launched_at, outcome, seen_in``.
    gate : float
        The AUC that the charter asks for.
    rule : Deployment
        Which model this is, and what it is deployed on.
    reference : ReferenceRate
        What its answers are shifted to.

    Returns
    -------
    str
        With headings of the third level, to stand below one of a page.
    """
    first, last = (f"{day:%Y-%m-%d}" for day in projects["launched_at"].agg(["min", "max"]))
    months = ", ".join(sorted(map(_plain, projects["seen_in"].unique())))
    rate = projects["outcome"].astype(bool).mean()
    deployed = "It is deployed" if document["deploy"] else "It is not deployed"
    charter, _ = _figure(document, "auc", CHOSEN, CROSS_VALIDATION, "all")
    sections = {
        "Model details": (
            f"{rule.model}: gradient-boosted trees (Ke et al. 2017) on the {rule.features.name} features, with a "
            f"monotone calibration of their log-odds. Fitted on {document['source']} data, profile "
            f"{_plain(document['profile'])}. {deployed}: the rule asks for AUC {rule.auc:g} in {rule.split}, "
            f"{rule.slice}. The charter's gate, AUC {gate:g} in stratified cross-validation, is "
            f"for {CHOSEN}, which has {charter}."
        ),
        "Intended use": (
            "For creators, and for those who advise them, to compare drafts of one kind before the launch and to see "
            "what a prediction rests on. It is one voice beside knowledge of the project."
        ),
        "It must not be used": "\n".join(f"- {use}" for use in NOT_FOR),
        "Factors": (
            "Judged apart by parent category, country, fifth of the goal, creator's record and year of launch. Nothing "
            "is known of the people behind the projects, so nothing can be said of them."
        ),
        "Metrics": _table(
            ("what", "value", "projects"),
            [(words, *_figure(document, *which)) for words, *which in _figures(rule.model)],
        ),
        "Evaluation data": (
            "Cross-validation judges every project once, by models that have not seen it. The later launches are "
            "judged by models fitted on projects that had ended before the first of them. Both come from the same "
            "crawls."
        ),
        "Training data": (
            f"{len(projects):,} finished projects launched from {first} to {last}, of which {rate:.1%} reached their "
            f"goal; from the crawls of {months}. The crawl caught more of the successful ones, so answers are "
            f"shifted to a success rate of {reference.rate:.0%} ({_plain(reference.source)})."
        ),
        "Quantitative analyses": _extremes(slices),
        "Ethical considerations": (
            "Where the crawl caught hardly any failures, the model is sure for no good reason. A low probability can "
            "discourage whoever has no record or works in a small category; the number of projects behind it is shown."
        ),
        "Caveats and recommendations": (
            "Read the first two figures as the model's worth; the charter's can be had in good part from sub-category "
            "and launch day. Name a better reference rate where one is known, and fit the model anew when "
            "`make refresh` says that the months have moved on."
        ),
    }
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in sections.items()) + "\n"


def save_card(card: str, folder: Path) -> str:
    """Write the card beside a saved model as ``card.md``, whole or not at all, and give it back to be shown."""
    with whole_file(current(folder) / NAME, at_once=True) as new:
        new.write_text(card, encoding="utf-8")
    return card


def _figures(model: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """Give what is shown: the words, then score, model, split and slice."""
    return (
        ("Within one sub-category and year: AUC", "auc", model, CROSS_VALIDATION, WITHIN),
        ("The year after, mean over cuts: AUC", "auc", model, ROLLING, MEAN),
        ("Launches later than all it learnt from: AUC", "auc", model, TEMPORAL, "all"),
        ("The same, calibration error", "calibration_error", model, TEMPORAL, "all"),
        ("The charter's cross-validation: AUC", "auc", model, CROSS_VALIDATION, "all"),
        ("Beside it, sub-category and launch day alone: AUC", "auc", LEAK_PROBE, CROSS_VALIDATION, "all"),
        ("Beside it, logistic regression: AUC", "auc", "logistic regression", CROSS_VALIDATION, "all"),
        ("Cross-validation: Brier score", "brier", model, CROSS_VALIDATION, "all"),
        ("The same of the base rate", "brier", "base rate", CROSS_VALIDATION, "all"),
        ("Calibrated: calibration error", "calibration_error", f"{model}, calibrated", CROSS_VALIDATION, "all"),
    )


def _figure(document: Mapping[str, Any], name: str, model: str, split: str, part: str) -> tuple[str, str]:
    for metric in document["metrics"]:
        if (metric["name"], metric["model"], metric["split"], metric["slice"]) == (name, model, split, part):
            told = f"{metric['value']:.3f}"
            if metric["low"] is not None:
                told += f" ({metric['low']:.3f} to {metric['high']:.3f})"
            return told, f"{metric['n']:,}" if metric["n"] else ""
    return "not measured", ""


def _extremes(slices: pd.DataFrame) -> str:
    """Tell each view's best and worst slice, and where observed success lies furthest from predicted."""
    rows, large = [], slices[~slices["small"] & slices["within"].notna()]
    for by, part in large.groupby("by", sort=False):
        *ends, far = extreme_slices(part)
        named = (f"{_plain(end['slice'])}: {end['within']:.3f} (n = {end['projects']:,})" for end in ends)
        gap, low, high = (f"{100 * far[name]:+.1f}".replace("-", "−") for name in ("gap", "gap_low", "gap_high"))
        rows.append((str(by), *named, f"{_plain(far['slice'])}: {gap} points ({low} to {high})"))
    table = _table(("by", "lowest AUC within cells", "highest", "observed furthest from predicted"), rows)
    few = int(slices["small"].sum())
    cells = "A cell is one sub-category and year of launch."
    return f"{cells}\n\n{table}\n\n{few} of {len(slices)} slices have too few projects of one outcome to be named here."


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _plain(text: object) -> str:
    """Give text that Markdown takes for text, whatever stands in it."""
    words = html.escape(" ".join(str(text).split()))
    return "".join(f"&#{ord(sign)};" if sign in "|`*_[]<>\\#~$" else sign for sign in words.replace("&#x27;", "'"))

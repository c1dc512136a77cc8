"""The protocols side by side: what to read first, and what the charter's number is worth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.comparison import WITHIN, Score, pick
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE
from crowdwise.kickstarter.protocols.protocol import (
    CROSS_VALIDATION,
    EXTERNAL,
    GROUPED,
    MONTHS,
    PORTABLE_MODEL,
    ROLLING,
)
from crowdwise.kickstarter.protocols.scoring import MEAN


def headline_table(scores: Sequence[Score], name: str = "auc") -> pd.DataFrame:
    """Give one score of every model in every protocol, a row a protocol and a column a model, with its interval.

    The honest protocols come first, the charter's last, so that its row is read beside its leak probe's and the rest.
    A model that did not run in a protocol has nothing there.
    """
    models = list(dict.fromkeys(score.model for score in scores))
    rows = {}
    for label, split, where in _lines(scores):
        found = {m: _find(scores, name, m, split, where) for m in models}
        if any(found.values()):
            rows[label] = {m: _told(e) for m, e in found.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=models).rename_axis("protocol")


def protocol_table(scores: Sequence[Score], split: str, where: str = "all") -> pd.DataFrame:
    """Give every score of one protocol's slice: a row a model, a column a score, each with its interval."""
    rows: dict[str, dict[str, str]] = {}
    for score in scores:
        if (score.split, score.slice) == (split, where):
            rows.setdefault(score.model, {})[score.name] = _told(score.estimate)
    order = ("auc", "brier", "log_loss", "calibration_error", "accuracy", "accuracy_gain")
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("").rename_axis("model")
    return table[[name for name in order if name in table]]


def last_cut(scores: Sequence[Score]) -> str:
    """Give the slice of the rolling test's last cut, as in ``2023-01-01``; empty if it was not run."""
    return max(
        (s.slice for s in scores if s.split == ROLLING and s.slice[:4].isdigit() and " " not in s.slice), default=""
    )


def state_charter(scores: Sequence[Score], model: str = CHOSEN) -> str:
    """Say what the charter's score is, and how much of it the leak probe reaches with sub-category and day alone."""
    auc = pick(scores, "auc", model, CROSS_VALIDATION)
    start = f"In the charter's {CROSS_VALIDATION} {model} has AUC {_told(auc)}"
    probe = _find(scores, "auc", LEAK_PROBE, CROSS_VALIDATION, "all")
    if probe is None or auc.value <= 0.5:
        return f"{start}."
    share = max(0.0, (probe.value - 0.5) / (auc.value - 0.5))
    return (
        f"{start}; the leak probe, which sees nothing but sub-category and day of launch, has {_told(probe)}: "
        f"{share:.0%} of what lies above chance."
    )


def state_honest(scores: Sequence[Score], models: Sequence[str] = (CHOSEN, PORTABLE_MODEL)) -> str:
    """Say how models do where the crawl helps least, and what the leak probe has there.

    That is on later launches, on other months' projects, and within sub-category and year.
    """
    last = last_cut(scores)
    lines = [
        ("on the launches of the year after, mean over cuts", ROLLING, MEAN),
        (f"on those of {last[:4]}", ROLLING, last),
        *((f"learnt from {where} alone", MONTHS, where) for where in _slices(scores, MONTHS)),
        ("within sub-category and year", CROSS_VALIDATION, WITHIN),
    ]
    said = []
    for model in (*models, LEAK_PROBE):
        found = [(words, _find(scores, "auc", model, split, where)) for words, split, where in lines]
        told = [f"{estimate.value:.3f} {words}" for words, estimate in found if estimate]
        said += [f"{model} has AUC {', '.join(told)}."] if told else []
    return " ".join(said) or "No protocol but the charter's could be run."


def _lines(scores: Sequence[Score]) -> list[tuple[str, str, str]]:
    last = last_cut(scores)
    months = [(f"learnt from {where} alone", MONTHS, where) for where in _slices(scores, MONTHS)]
    return [
        ("rolling temporal, mean over cuts", ROLLING, MEAN),
        (f"rolling temporal, last cut {last}", ROLLING, last),
        *months,
        (f"{WITHIN}, in {CROSS_VALIDATION}", CROSS_VALIDATION, WITHIN),
        (f"{WITHIN}, in the last cut", ROLLING, f"{last} {WITHIN}"),
        *((f"external file {where}".strip(), EXTERNAL, where) for where in _slices(scores, EXTERNAL)),
        (GROUPED, GROUPED, "all"),
        (f"{CROSS_VALIDATION} (the charter's)", CROSS_VALIDATION, "all"),
    ]


def _slices(scores: Sequence[Score], split: str) -> list[str]:
    return list(dict.fromkeys(s.slice for s in scores if s.split == split and WITHIN not in s.slice))


def _find(scores: Sequence[Score], name: str, model: str, split: str, where: str) -> Estimate | None:
    try:
        return pick(scores, name, model, split, where)
    except KeyError:
        return None


def _told(estimate: Estimate | None) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})" if estimate else ""

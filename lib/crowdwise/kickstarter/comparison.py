"""Models side by side: every score on every split, as rows to report and as a table to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.layout import Layout
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.evaluation import CHOSEN, Study
from crowdwise.kickstarter.madeup.months import MARK
from crowdwise.kickstarter.scores import HIGHER_IS_BETTER, auc_difference, auc_within, has_cells, score_all
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import current

CROSS_VALIDATION, TEMPORAL = "stratified cross-validation", "temporal"
WITHIN = "within sub-category and year"
FEWEST = 5  # of each outcome in a cell, for its pairs to count


@dataclass(frozen=True)
class Score:
    """One metric of one model on one split and slice, with its interval."""

    name: str
    model: str
    split: str
    slice: str
    estimate: Estimate

    def metric(self) -> dict[str, Any]:
        """Give the arguments of `Report.metric`."""
        where = {"model": self.model, "split": self.split, "slice": self.slice}
        return {"name": self.name, "value": self.estimate, "higher_is_better": HIGHER_IS_BETTER[self.name], **where}


def score_models(
    study: Study,
    rows: np.ndarray,
    found: Mapping[str, np.ndarray],
    split: str,
    *,
    seed: int,
    level: float,
    resamples: int,
) -> list[Score]:
    """Score each model's probabilities for the given rows: over all pairs of projects, and within cells.

    Parameters
    ----------
    study : Study
    rows : ndarray of int
        The projects judged.
    found : mapping
        Each model's probabilities for these rows.
    split : str
        What to call the split.
    """
    outcome, cells, scores = study.outcome[rows], study.cells[rows], []
    for model, probability in found.items():
        each = score_probabilities(outcome, probability, cells, seed=seed, level=level, resamples=resamples)
        scores += [Score(name, model, split, where, estimate) for name, where, estimate in each]
    return scores


def score_probabilities(
    outcome: np.ndarray, probability: np.ndarray, cells: np.ndarray, *, seed: int, level: float, resamples: int
) -> list[tuple[str, str, Estimate]]:
    """Score one model's probabilities: ``(name, slice, estimate)``, over all pairs of projects and within cells.

    Within sub-category and year, cells with at least 5 of each outcome count, or all with both where data is so small
    that none has 5. Without any, or where the probabilities are all alike, that score is left out.
    """
    settings: dict[str, Any] = {"seed": seed, "level": level, "resamples": resamples}
    found = [(name, "all", estimate) for name, estimate in score_all(outcome, probability, **settings).items()]
    # A base rate ranks nothing, but for the noise between folds.
    fewest = next((count for count in (FEWEST, 1) if has_cells(outcome, cells, count)), 0)
    if probability.std() > 1e-3 and fewest:
        found.append(("auc", WITHIN, auc_within(outcome, probability, cells, fewest=fewest, **settings)))
    return found


def pick(scores: Sequence[Score], name: str, model: str, split: str, slice: str = "all") -> Estimate:
    """Give one estimate by what it is of.

    Raises
    ------
    KeyError
        If it is not among the scores.
    """
    for score in scores:
        if (score.name, score.model, score.split, score.slice) == (name, model, split, slice):
            return score.estimate
    raise KeyError((name, model, split, slice))


def scores_tables(scores: Sequence[Score], split: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give a split's scores to read: how well projects are ranked, and how good the probabilities are.

    A row a model, a column a metric, each as ``value (low to high)``.
    """
    rows: dict[str, dict[str, str]] = {}
    for score in scores:
        if score.split == split:
            e = score.estimate
            column = score.name if score.slice == "all" else f"{score.name} {score.slice}"
            rows.setdefault(score.model, {})[column] = f"{e.value:.3f} ({e.low:.3f} to {e.high:.3f})"
    table = pd.DataFrame.from_dict(rows, orient="index").fillna("")
    ranking = [c for c in ("auc", f"auc {WITHIN}") if c in table]
    return table[ranking], table[[c for c in table if c not in ranking]]


def compare_models(
    outcome: np.ndarray, found: Mapping[str, np.ndarray], first: str, second: str, *, level: float
) -> str:
    """Say by how much the first model's AUC is above or below the second's on the same projects."""
    d = auc_difference(outcome, found[first], found[second], level=level)
    clear = (
        "the interval leaves out 0"
        if d.low > 0 or d.high < 0
        else "the interval holds 0, so neither is shown to be better"
    )
    return f"AUC of {first} less that of {second}: {d.value:+.4f} ({d.low:+.4f} to {d.high:+.4f}); {clear}."


def state_gate(scores: Sequence[Score], gate: float) -> tuple[bool, str]:
    """Hold the chosen model's cross-validated AUC against the charter's gate; give pass or fail, and the sentence."""
    auc = pick(scores, "auc", CHOSEN, CROSS_VALIDATION)
    passed = auc.value >= gate
    verdict = "passes" if passed else "fails"
    sentence = (
        f"{CHOSEN} {verdict} the charter's gate of {gate:g}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}). "
    )
    try:
        within = pick(scores, "auc", CHOSEN, CROSS_VALIDATION, WITHIN)
    except KeyError:
        return passed, f"{sentence}No sub-category and year has projects of both outcomes to rank"
    return passed, f"{sentence}Among projects of one sub-category and year it is {within.value:.3f}"


def known_ceiling(layout: Layout) -> pd.DataFrame:
    """Give what is known of made-up data's truth: the AUC that no model can expect to pass; no row for real data."""
    mark = layout.raw("kickstarter") / MARK
    if not current(mark).is_file():
        return pd.DataFrame(columns=["projects", "auc"])
    ceiling = read_json(mark)["ceiling"]
    rows = [("as crawled", ceiling["auc"]), ("without the crawl's leak", ceiling["auc_without_crawl_leak"])]
    return pd.DataFrame(rows, columns=["projects", "auc"])

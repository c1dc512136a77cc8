"""How the model in use does on a month's projects that it has not learnt from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, WITHIN
from crowdwise.kickstarter.evaluation import CHOSEN, cells_of
from crowdwise.kickstarter.history import earlier_record
from crowdwise.kickstarter.keeping import CALIBRATED
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.scores import auc_within, calibration_error, score_all

FEWEST = 200  # projects, and a tenth of them of each outcome: fewer say nothing about a model
SCORES = ("auc", "brier", "calibration_error")
AUC_WITHIN = "auc_within"  # among pairs of one sub-category and year, where the crawl's leak can't help


@dataclass(frozen=True)
class Ageing:
    """A model's scores on projects it has not learnt from, beside those it had in cross-validation.

    Attributes
    ----------
    projects : int
        Decided projects of the month that it has not learnt from.
    now : dict of Estimate
        ``auc, auc_within, brier, calibration_error`` on them; empty if they are too few, and without ``auc_within`` if
        no sub-category and year holds both outcomes.
    before : dict of Estimate
        The same from its cross-validation; what its folder does not say is missing.
    calibration_by_chance : float or None
        The calibration error that a perfectly calibrated model shows on average on as many projects.
    """

    projects: int
    now: dict[str, Estimate]
    before: dict[str, Estimate]
    calibration_by_chance: float | None

    def document(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {
            "projects": self.projects,
            "now": {name: asdict(estimate) for name, estimate in self.now.items()},
            "cross_validation": {name: asdict(estimate) for name, estimate in self.before.items()},
            "calibration_by_chance": self.calibration_by_chance,
        }


def judge_ageing(
    predictor: Predictor,
    metrics: Mapping[str, Any],
    held: pd.DataFrame,
    month: pd.DataFrame,
    learnt: Collection[str],
    *,
    seed: int,
    level: float,
    resamples: int,
) -> Ageing:
    """Judge a model by a month's decided projects that it has not learnt from.

    Parameters
    ----------
    predictor : Predictor
    metrics : mapping
        The metrics document in the model's folder.
    held, month : DataFrame
        Projects as the tables have them and as the month has them, one row a project with its ``outcome``; a creator's
        record at launch is made of both.
    learnt : collection of str
        Ids of the projects the model may have learnt from.
    """
    settings: dict[str, Any] = {"seed": seed, "level": level, "resamples": resamples}
    every = pd.concat([held[~held["project_id"].isin(month["project_id"])], month], ignore_index=True)
    record = earlier_record(every).tail(len(month)).set_axis(month.index)
    judged = month["outcome"].notna() & ~month["project_id"].isin(learnt)
    projects = month[judged]
    outcome = projects["outcome"].to_numpy(dtype=bool)
    before = _before(metrics)
    if len(projects) < FEWEST or min(outcome.mean(), 1 - outcome.mean()) < 0.1:
        return Ageing(len(projects), {}, before, None)
    probability = predictor.probabilities(projects, record[judged])
    scores = score_all(outcome, probability, **settings)
    now = {name: scores[name] for name in SCORES}
    cells = cells_of(projects)
    if pd.Series(outcome).groupby(cells).nunique().gt(1).any():
        now[AUC_WITHIN] = auc_within(outcome, probability, cells, **settings)
    return Ageing(len(projects), now, before, calibration_by_chance(probability, seed=seed))


def calibration_by_chance(probability: np.ndarray, *, seed: int, draws: int = 100) -> float:
    """Give the mean calibration error of outcomes drawn from the probabilities themselves (Bröcker and Smith 2007)."""
    rng = generator(seed, "refresh", "calibration by chance")
    errors = [
        calibration_error(rng.random(len(probability)) < probability, probability, seed=seed, resamples=2).value
        for _ in range(draws)
    ]
    return float(np.mean(errors))


def _before(metrics: Mapping[str, Any]) -> dict[str, Estimate]:
    # The deployed model is the one whose calibrated probabilities were scored.
    calibrated = (str(metric.get("model", "")) for metric in metrics.get("metrics", []))
    model = next((name.removesuffix(CALIBRATED) for name in calibrated if name.endswith(CALIBRATED)), CHOSEN)
    found = {}
    wanted = {(name, model, "all"): name for name in ("auc", "brier")}
    wanted |= {("auc", model, WITHIN): AUC_WITHIN, ("calibration_error", model + CALIBRATED, "all"): SCORES[-1]}
    for metric in metrics.get("metrics", []):
        name = wanted.get((metric["name"], metric.get("model"), metric.get("slice", "all")))
        if name and metric.get("split") == CROSS_VALIDATION and metric.get("low") is not None:
            found[name] = Estimate(*(metric[part] for part in ("value", "low", "high", "level", "n")))
    return found

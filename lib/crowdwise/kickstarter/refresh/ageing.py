"""How the model in use does on a month's projects that it has not learnt from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator
from crowdwise.base.statistics import Estimate
from crowdwise.kickstarter.comparison import CROSS_VALIDATION
from crowdwise.kickstarter.evaluation import CHOSEN
from crowdwise.kickstarter.history import earlier_record
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.schema import DECIDED
from crowdwise.kickstarter.scores import calibration_error, score_all

FEWEST = 200  # projects, and a tenth of them of each outcome: fewer say nothing about a model
SCORES = ("auc", "brier", "calibration_error")


@dataclass(frozen=True)
class Ageing:
    """A model's scores on projects it has not learnt from, beside those it had in cross-validation.

    Attributes
    ----------
    projects : int
        Decided projects of the month that it has not learnt from.
    now : dict of Estimate
        ``auc, brier, calibration_error`` on them; empty if they are too few.
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
        Projects as the tables have them and as the month has them, one row a project; a creator's record at launch is
        made of both.
    learnt : collection of str
        Ids of the projects the model learnt from.
    """
    settings: dict[str, Any] = {"seed": seed, "level": level, "resamples": resamples}
    every = pd.concat([held[~held["project_id"].isin(month["project_id"])], month], ignore_index=True)
    record = earlier_record(every).tail(len(month)).set_axis(month.index)
    judged = month["state"].isin(DECIDED) & ~month["project_id"].isin(learnt)
    projects = month[judged]
    outcome = (projects["state"] == "successful").to_numpy()
    before = _before(metrics)
    if len(projects) < FEWEST or min(outcome.mean(), 1 - outcome.mean()) < 0.1:
        return Ageing(len(projects), {}, before, None)
    probability = predictor.probabilities(projects, record[judged])
    scores = score_all(outcome, probability, **settings)
    chance = calibration_by_chance(probability, seed=seed)
    return Ageing(len(projects), {name: scores[name] for name in SCORES}, before, chance)


def calibration_by_chance(probability: np.ndarray, *, seed: int, draws: int = 100) -> float:
    """Give the mean calibration error of outcomes drawn from the probabilities themselves (Bröcker and Smith 2007)."""
    rng = generator(seed, "refresh", "calibration by chance")
    errors = [
        calibration_error(rng.random(len(probability)) < probability, probability, seed=seed, resamples=2).value
        for _ in range(draws)
    ]
    return float(np.mean(errors))


def _before(metrics: Mapping[str, Any]) -> dict[str, Estimate]:
    found = {}
    for metric in metrics.get("metrics", []):
        calibrated = metric["name"] == "calibration_error"
        model = f"{CHOSEN}, calibrated" if calibrated else CHOSEN
        where = (metric.get("model"), metric.get("split"), metric.get("slice", "all"))
        if metric["name"] in SCORES and where == (model, CROSS_VALIDATION, "all") and metric.get("low") is not None:
            found[metric["name"]] = Estimate(*(metric[part] for part in ("value", "low", "high", "level", "n")))
    return found

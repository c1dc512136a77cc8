"""What the model notebook keeps: its scores among the metrics, and the model's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdwise.kickstarter.comparison import CROSS_VALIDATION, Score
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.scores import calibration_error

CALIBRATED = ", calibrated"


def score_calibrated(
    outcome: np.ndarray, probability: np.ndarray, model: str, *, seed: int, level: float, resamples: int
) -> Score:
    """Give the calibration error of a model's calibrated probabilities, under a name that tells them apart."""
    error = calibration_error(outcome, probability, seed=seed, level=level, resamples=resamples)
    return Score("calibration_error", f"{model}{CALIBRATED}", CROSS_VALIDATION, "all", error)


def keep_scores(report: Any, scores: Sequence[Score], judged: int) -> None:
    """Add scores to a report's metrics, and how many projects were judged."""
    for score in scores:
        report.metric(**score.metric())
    report.metric("projects_judged", judged, unit="projects", split=CROSS_VALIDATION)


def keep_model(
    report: Any, predictor: Predictor, *, deploy: bool, importance: pd.DataFrame
) -> tuple[dict[str, Any], Path]:
    """Write the model's folder with a copy of the report's metrics; give the metrics' document and the folder."""
    document, folder = report.document(deploy).document(), report.layout.model("kickstarter")
    trained_on = f"{predictor.facts.projects:,} projects, {report.source} data, profile {report.profile}"
    months = held_months(report.layout)
    predictor.save(folder, metrics=document, trained_on=trained_on, deploy=deploy, months=months, importance=importance)
    return document, folder

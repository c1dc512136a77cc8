"""The chosen model on launches later than all it learnt from, with what is needed to look into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.kickstarter.design import Design
from crowdwise.kickstarter.evaluation import CHOSEN, Fitted, Study, fit_design, fit_models, view_for
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.splits import Split, temporal_split


@dataclass(frozen=True)
class Later:
    """Models fitted on projects that had ended before a cut, and what they give to those launched after it.

    Attributes
    ----------
    split : Split
    cut : Timestamp
    fitted : Fitted
        The designs of both parts.
    models : dict
        The fitted models by name.
    found : dict
        Each model's probabilities for the projects judged, in the order of ``split.test``.
    running : int
        Projects still running at the cut: they take no part.
    name : str
        The model that is looked into.
    """

    split: Split
    cut: pd.Timestamp
    fitted: Fitted
    models: dict[str, Model]
    found: dict[str, np.ndarray]
    running: int
    name: str = CHOSEN

    @property
    def chosen(self) -> Model:
        """The model that is looked into."""
        return self.models[self.name]

    @property
    def seen(self) -> Design:
        """What the chosen model sees of the projects judged."""
        return view_for(self.name, self.fitted.test)

    def __str__(self) -> str:
        learnt, judged = len(self.split.train), len(self.split.test)
        return (
            f"Learnt from {learnt:,} projects ended by {self.cut:%Y-%m-%d}, judged on {judged:,} later ones.\n"
            f"{self.running:,} were still running and take no part."
        )


def judge_later(
    study: Study, models: Mapping[str, Callable[[], Model]], test_share: float, name: str = CHOSEN
) -> Later:
    """Fit models on projects ended before the latest launches, and ask them about those.

    Of a creator's and a category's past they are told what had ended before each launch.

    Parameters
    ----------
    study : Study
    models : mapping
        Names and factories, as in `cross_validate`.
    test_share : float
        Share of launches to judge by.
    name : str
        The model to look into.

    Raises
    ------
    Problem
        As in `crowdwise.kickstarter.splits.temporal_split`.
    """
    split, cut = temporal_split(study.projects, test_share)
    fitted = fit_design(study, split, as_of_launch=True)
    done = fit_models(fitted, study.outcome[split.train], models)
    found = {name: model.probability(view_for(name, fitted.test)) for name, model in done.items()}
    return Later(split, cut, fitted, done, found, len(study.outcome) - len(split.train) - len(split.test), name)

"""From a study to the predictor that is saved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdwise.base.seeds import derive, generator
from crowdwise.kickstarter.calibration import Calibrator, log_odds
from crowdwise.kickstarter.evaluation import Fitted, Study, fit_design
from crowdwise.kickstarter.features import CRAWLED, GROUPS
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.predictor import Facts, Predictor
from crowdwise.kickstarter.splits import Split

_SAMPLE = 1000


def train_predictor(
    study: Study, out_of_fold: np.ndarray, usd_rates: pd.DataFrame, *, boosted_trees: int, seed: int
) -> Predictor:
    """Fit the trees on all decided projects, and the calibration on probabilities given to projects not seen.

    Parameters
    ----------
    study : Study
    out_of_fold : ndarray, shape (projects,)
        The same model's probabilities from cross-validation.
    usd_rates : DataFrame
        ``currency, usd_rate``: the table `rates`.
    boosted_trees, seed : int
        As in the cross-validation.
    """
    rows = np.arange(len(study.outcome))
    fitted = fit_design(study, Split(rows, rows[:0]))
    # A draft comes without its category's past.
    fitted = fitted.take([name for name in fitted.train.names if name not in CRAWLED])
    model = Boosted(trees=boosted_trees, seed=derive(seed, "boosted")).fit(fitted.train, study.outcome)
    calibrator = Calibrator.fit(out_of_fold, study.outcome)
    facts = Facts(
        base_rate=float(study.outcome.mean()),
        projects=len(rows),
        offsets=_offsets(model, fitted, calibrator, float(study.outcome.mean()), seed),
        category_rates=_category_rates(study),
        usd_rates={c: float(r) for c, r in zip(usd_rates["currency"], usd_rates["usd_rate"], strict=True)},
        seen={
            "goal_usd": _range(study.projects["goal_usd"]),
            "earlier_projects": _range(study.features["earlier_projects"]),
        },
        last_launch=f"{study.projects['launched_at'].max():%Y-%m-%d}",
    )
    return Predictor(model.booster, fitted.encoder, fitted.text, calibrator, facts)


def group_of(name: str) -> str:
    """Give the group of features that a design's column belongs to."""
    return next((group for group, members in GROUPS.items() if name in members), "text")


def _offsets(model: Boosted, fitted: Fitted, calibrator: Calibrator, base_rate: float, seed: int) -> dict[str, float]:
    """Give what to add to each group's log-odds, so that no contribution at all means the base rate.

    The trees' contributions are measured from their mean log-odds, whose probability is not the mean probability. The
    gap is shared out by how much each group usually moves a prediction.
    """
    matrix = fitted.train.matrix
    rows = np.sort(generator(seed, "contributions").permutation(len(matrix))[:_SAMPLE])
    parts = np.asarray(model.booster.predict(matrix[rows], pred_contrib=True, num_threads=1))
    usual = dict.fromkeys(GROUPS, 0.0)
    for group in GROUPS:
        places = [k for k, name in enumerate(fitted.train.names) if group_of(name) == group]
        usual[group] = float(np.abs(parts[:, places].sum(axis=1)).mean())
    start = calibrator.apply_log_odds(parts[0, -1]) - log_odds(np.array(base_rate))
    whole = sum(usual.values()) or 1.0
    return {group: float(start) * amount / whole for group, amount in usual.items()}


def _category_rates(study: Study) -> dict[str, list[int]]:
    won = pd.Series(study.outcome).groupby(study.projects["category"].to_numpy(), sort=True).agg(["size", "sum"])
    return {str(name): [int(row["size"]), int(row["sum"])] for name, row in won.iterrows()}


def _range(values: pd.Series) -> list[float]:
    return [float(x) for x in np.quantile(values.to_numpy(float), [0, 0.01, 0.99, 1])]

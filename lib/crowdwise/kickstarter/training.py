"""From a study to the predictor that is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import derive, generator
from crowdwise.kickstarter.calibration import Calibrator, log_odds
from crowdwise.kickstarter.contributions import TEXT, group_effects, group_of, groups_of
from crowdwise.kickstarter.design import Design, Encoder
from crowdwise.kickstarter.draft import READ_FOR
from crowdwise.kickstarter.evaluation import Study, fit_design
from crowdwise.kickstarter.facts import Facts, ReferenceRate
from crowdwise.kickstarter.familiarity import known_share, measures_of, spread_of
from crowdwise.kickstarter.features import CRAWLED, FEATURES
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.neighbours import PastProjects, alike_space
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.predictor_folder import Parts
from crowdwise.kickstarter.score_range import ScoreRange
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.standing import category_standing
from crowdwise.kickstarter.text import NAME_SCORE, SCORE, texts_of

__all__ = ["EVERYTHING", "group_of", "train_predictor"]

_SAMPLE = 1000
EVERYTHING = (*FEATURES, TEXT)
"""All launch-time features, and the text columns under one name."""


def train_predictor(
    study: Study,
    out_of_fold: np.ndarray,
    usd_rates: pd.DataFrame,
    *,
    seed: int,
    boosted_trees: int = 0,
    feature_set: Sequence[str] = EVERYTHING,
    reference: ReferenceRate | None = None,
    make: Callable[[], Boosted] | None = None,
) -> Predictor:
    """Fit the trees on all decided projects; calibration and range on probabilities given to projects not seen.

    Parameters
    ----------
    study : Study
    out_of_fold : ndarray, shape (projects,)
        The same model's probabilities from cross-validation; NaN where a project was not judged.
    usd_rates : DataFrame
        ``currency, usd_rate``: the table `rates`.
    seed : int
        As in the cross-validation.
    boosted_trees : int
        As in the cross-validation, where `make` is not given.
    feature_set : sequence of str
        The features that the trees read; ``text`` stands for all text columns.
    reference : ReferenceRate, optional
        What probabilities are shifted to; none leaves them as the crawl has them.
    make : callable, optional
        Gives the model to fit, where it is another than `boosted_trees` alone says.

    Raises
    ------
    Problem
        If the feature set names none, or one that a draft can't tell.
    """
    rows = np.arange(len(study.outcome))
    fitted = fit_design(study, Split(rows, rows[:0]))
    _check_features(feature_set)
    names = [n for n in fitted.train.names if n in feature_set or (n in fitted.text.names and TEXT in feature_set)]
    model = make() if make else Boosted(trees=boosted_trees, seed=derive(seed, "boosted"))
    # What feature selection does without is not asked of anybody.
    names = [name for name in names if name not in model.without]
    design = fitted.train.take(names)
    model.fit(design, study.outcome)
    judged = ~np.isnan(out_of_fold)
    outcome = study.outcome[judged]
    calibrator = Calibrator.fit(out_of_fold[judged], outcome)
    known = known_share(texts_of(study.projects), frozenset(fitted.text.words))
    facts = Facts(
        base_rate=float(study.outcome.mean()),
        projects=len(rows),
        offsets=_offsets(model, design, calibrator, float(study.outcome.mean()), seed),
        category_rates=_category_rates(study),
        usd_rates={c: float(r) for c, r in zip(usd_rates["currency"], usd_rates["usd_rate"], strict=True)},
        seen=spread_of(measures_of(study.projects, study.features, known)),
        last_launch=f"{study.projects['launched_at'].max():%Y-%m-%d}",
        standing=category_standing(study.projects) if set(names) & set(CRAWLED) else {},
        reference=reference,
    )
    space = alike_space(study.counted, seed=seed)
    text = space.transform(texts_of(study.projects))
    past = PastProjects.of(study.projects, study.features, text, space, seed=seed)
    ends = ScoreRange.fit(calibrator.apply(out_of_fold[judged]), outcome)
    encoder = _encoder_of(fitted.encoder, names)
    return Predictor(Parts(model.booster, encoder, fitted.text.take(names), calibrator, ends, facts, past))


def _encoder_of(encoder: Encoder, names: Sequence[str]) -> Encoder:
    """Give an encoder of the columns that are read; what the levels of the others are is kept, for the form."""
    return Encoder(tuple(name for name in encoder.names if name in names), encoder.levels)


def _check_features(names: Sequence[str]) -> None:
    told = {SCORE, NAME_SCORE, *(feature for features in READ_FOR.values() for feature in features)}
    for name in names:
        if name not in told:
            what = "no field of a draft tells this feature"
            raise Problem(what, where=f"feature {name!r}", remedy=f"Use {', '.join(sorted(told))}")
    if not names:
        raise Problem("no feature is named", where="feature_set", remedy="Name one or more")


def _offsets(model: Boosted, design: Design, calibrator: Calibrator, base_rate: float, seed: int) -> dict[str, float]:
    """Give what to add to each group's log-odds, so that no contribution at all means the base rate.

    The trees' contributions are measured from their mean log-odds, whose probability is not the mean probability. The
    gap is shared out by how much each group usually moves a prediction.
    """
    rows = np.sort(generator(seed, "contributions").permutation(len(design.matrix))[:_SAMPLE])
    parts = np.asarray(model.booster.predict(design.matrix[rows], pred_contrib=True, num_threads=1))
    usual = np.abs(group_effects(parts, design.names)).mean(axis=0)
    start = float(calibrator.apply_log_odds(parts[0, -1]) - log_odds(np.array(base_rate)))
    # Trees that never split leave nothing to share by.
    share = usual / usual.sum() if usual.sum() > 0 else np.full(len(usual), 1 / len(usual))
    return dict(zip(groups_of(design.names), (start * share).tolist(), strict=True))


def _category_rates(study: Study) -> dict[str, list[int]]:
    won = pd.Series(study.outcome).groupby(study.projects["category"].to_numpy(), sort=True).agg(["size", "sum"])
    return {str(name): [int(row["size"]), int(row["sum"])] for name, row in won.iterrows()}

"""What moving probabilities to another success rate does to a cut's scores, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdwise.kickstarter.calibration import log_odds, logistic
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.prior import ReferenceRate, latest_rate, level_shift, shift_prior, weights_at
from crowdwise.kickstarter.protocols.protocol import PORTABLE_MODEL, ROLLING
from crowdwise.kickstarter.protocols.running import Judged, judgements
from crowdwise.kickstarter.scores import calibration_error, losses

AS_LEARNT, LATEST = "as learnt", "rate of the year before"
CARRIED, OUTSIDE, OWN = "level of the cut before", "outside rate", "its own rate, not known beforehand"
CRAWLED, REWEIGHTED = "as crawled", "weighted to the outside rate"


def shift_cut(
    study: Study, judged: Sequence[Judged], reference: ReferenceRate, model: str = PORTABLE_MODEL
) -> tuple[Judged, dict[str, tuple[float, np.ndarray]]]:
    """Move a model's probabilities in the last cut to other success rates; give the cut, and by way ``(rate, array)``.

    ``as learnt`` moves nothing. ``rate of the year before`` is that of the projects that ended in the twelve months
    before the cut, and ``level of the cut before`` the move after which the year before would have been right on
    average: both are known on the day of the cut. ``outside rate`` is the reference's. ``its own rate`` reads the
    outcomes judged: no prediction could, and it stands there to show what is left when the rate is right.

    Raises
    ------
    ValueError
        If the rolling test was not run, or the model not in it.
    """
    cuts = [each for each in judgements(judged, ROLLING) if model in each.found]
    if not cuts:
        raise ValueError(f"{model} was judged in no cut of the rolling test")
    last = cuts[-1]
    told, old = last.found[model], float(last.training_rate[0])
    before = latest_rate(study.projects, study.outcome, pd.Timestamp(last.part, tz="UTC")).value
    own = float(last.outcome.mean())
    rates = {AS_LEARNT: old, LATEST: before, OUTSIDE: reference.rate, OWN: own}
    found = {way: (rate, shift_prior(told, old, np.clip(rate, 1e-6, 1 - 1e-6))) for way, rate in rates.items()}
    if len(cuts) > 1:
        moved = logistic(log_odds(told) + level_shift(cuts[-2].outcome, cuts[-2].found[model]))
        found[CARRIED] = (float(cuts[-2].outcome.mean()), moved)
    return last, found


def shifts_table(
    study: Study,
    judged: Sequence[Judged],
    reference: ReferenceRate,
    model: str = PORTABLE_MODEL,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 500,
) -> pd.DataFrame:
    """Give a model's scores in the last cut before and after each shift.

    Each is judged on the cut's projects as crawled, and on the same ones weighted so that they succeed at the outside
    rate: a shift to the world's rate makes probabilities right there, and wrong for the crawl. The weights rest on what
    the shift rests on, that failures look alike in both: whether the failures that the crawl left out do, no score of
    the crawl's projects can tell.

    Returns
    -------
    DataFrame
        ``shifted to, rate, judged on, success there, mean probability, calibration error, low, high, brier, log loss``.
    """
    last, found = shift_cut(study, judged, reference, model)
    rows = []
    for where, rate in ((CRAWLED, float(last.outcome.mean())), (REWEIGHTED, reference.rate)):
        weights = weights_at(last.outcome, rate)
        for way in (AS_LEARNT, LATEST, CARRIED, OUTSIDE, OWN):
            if way not in found or (where == REWEIGHTED and way not in (AS_LEARNT, LATEST, OUTSIDE)):
                continue
            to, p = found[way]
            error = calibration_error(last.outcome, p, seed=seed, level=level, resamples=resamples, weights=weights)
            loss = {name: float(np.average(x, weights=weights)) for name, x in losses(last.outcome, p).items()}
            mean = float(np.average(p, weights=weights))
            rows.append((way, to, where, rate, mean, error.value, error.low, error.high, *loss.values()))
    names = ["shifted to", "rate", "judged on", "success there", "mean probability", "calibration error", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "brier", "log loss"])

"""Does the model learn what holds, and enough of it? Over- and underfit, folds, baseline, drift of calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from crowdwise.base.statistics import Estimate, auc_interval
from crowdwise.kickstarter.checks.finding import Check, Finding, Severity, grade
from crowdwise.kickstarter.evaluation import Study, fit_design, fit_models, view_for
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.protocols.averages import mean_over
from crowdwise.kickstarter.protocols.running import Judged
from crowdwise.kickstarter.scores import auc_difference, calibration_error
from crowdwise.kickstarter.splits import Split

OVER_WARNING, OVER_SEVERE = 0.05, 0.15
UNDER = 0.01
SPREAD_WARNING, SPREAD_SEVERE, CHANCE = 0.01, 0.03, 0.01
DRIFT_WARNING, DRIFT_SEVERE = 0.06, 0.15
OVERFIT = Check(
    "CW-K03",
    "overfit",
    f"AUC on the projects learnt from is {OVER_WARNING:g} above that on others (severe: {OVER_SEVERE:g})",
    "Use fewer or smaller trees, a stronger penalty, or more projects",
)
UNDERFIT = Check(
    "CW-K04",
    "underfit",
    f"on the projects learnt from, AUC is less than {UNDER:g} above the baseline's on others (severe: below it)",
    "Use more trees, a weaker penalty, or more features",
)
UNSTABLE = Check(
    "CW-K05",
    "unstable folds",
    f"AUC's standard deviation over folds is {SPREAD_WARNING:g} (severe: {SPREAD_SEVERE:g}), and not by chance "
    f"(Cochran 1954, p < {CHANCE:g})",
    "Look which fold is different, and group or stratify by what makes it so",
)
NO_BETTER = Check(
    "CW-K06",
    "no better than the baseline",
    "the paired interval of AUC's difference is not above 0 in a protocol (severe: in none is it)",
    "Use the baseline, which is simpler",
)
DRIFTING = Check(
    "CW-K11",
    "calibration drift",
    f"in the last cut the interval of the calibration error is above {DRIFT_WARNING:g} (severe: {DRIFT_SEVERE:g})",
    "Shift the probabilities to a rate known on the day, and fit the model anew with each month",
)


@dataclass(frozen=True)
class Learnt:
    """Outcomes and a model's probabilities of the projects it learnt from, and of others of the same split."""

    outcome: np.ndarray
    probability: np.ndarray
    other_outcome: np.ndarray
    other_probability: np.ndarray


def tell_learnt(study: Study, split: Split, name: str, make: Callable[[], Model]) -> Learnt:
    """Fit one model on a split's training rows, and let it tell those and the others."""
    fitted = fit_design(study, split)
    model = fit_models(fitted, study.outcome[split.train], {name: make})[name]
    train, test = (model.probability(view_for(name, part)) for part in (fitted.train, fitted.test))
    return Learnt(study.outcome[split.train], train, study.outcome[split.test], test)


def overfit(learnt: Learnt) -> Finding:
    """Look whether the model ranks what it has seen much better than what it has not."""
    own = auc_interval(learnt.outcome, learnt.probability).value
    other = auc_interval(learnt.other_outcome, learnt.other_probability).value
    finding = f"AUC is {own:.3f} on projects learnt from and {other:.3f} on others, {own - other:+.3f}"
    return OVERFIT.found(grade(own - other, OVER_WARNING, OVER_SEVERE), finding)


def underfit(learnt: Learnt, baseline: float, name: str) -> Finding:
    """Look whether the model ranks even what it has seen no better than a simple one ranks what that has not seen."""
    own = auc_interval(learnt.outcome, learnt.probability).value
    severity = Severity.SEVERE if own < baseline else Severity.WARNING if own < baseline + UNDER else Severity.OK
    finding = f"AUC is {own:.3f} on projects learnt from; {name} has {baseline:.3f} on projects it has not seen"
    return UNDERFIT.found(severity, finding)


def unstable_folds(whole: Judged, model: str) -> Finding:
    """Look whether folds differ more than the number of their projects explains."""
    folds = [whole.fold == number for number in np.unique(whole.fold)]
    areas = [auc_interval(whole.outcome[rows], whole.found[model][rows]) for rows in folds]
    values = np.array([area.value for area in areas])
    errors = np.array([(area.high - area.low) / 2 / stats.norm.ppf((1 + area.level) / 2) for area in areas])
    if len(areas) < 2 or (errors <= 0).any():
        return UNSTABLE.skipped("the folds' areas have no spread to compare")
    weights = errors**-2
    q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    p, spread = float(stats.chi2.sf(q, len(values) - 1)), float(values.std(ddof=1))
    finding = f"AUC runs from {values.min():.3f} to {values.max():.3f} over {len(values)} folds, standard deviation "
    finding += f"{spread:.4f}, p {p:.2g}"
    return UNSTABLE.found(grade(spread, SPREAD_WARNING, SPREAD_SEVERE) if p < CHANCE else Severity.OK, finding)


def no_better(judged: Sequence[Judged], model: str, baseline: str, *, level: float = 0.95) -> Finding:
    """Look where the model is not shown to rank better than the baseline on the same projects."""
    differences: dict[str, Estimate] = {}
    for protocol in dict.fromkeys(each.protocol for each in judged):
        parts = [each for each in judged if each.protocol == protocol and {model, baseline} <= set(each.found)]
        if parts:
            each = [auc_difference(p.outcome, p.found[model], p.found[baseline], level=level) for p in parts]
            differences[protocol] = mean_over(each)
    if not differences:
        return NO_BETTER.skipped(f"{model} and {baseline} did not run in one protocol")
    better = [d.low > 0 for d in differences.values()]
    severity = Severity.OK if all(better) else Severity.WARNING if any(better) else Severity.SEVERE
    told = [f"{d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}) in {name}" for name, d in differences.items()]
    return NO_BETTER.found(severity, f"AUC less that of {baseline}: {', '.join(told)}")


def calibration_drift(cuts: Sequence[Judged], model: str) -> Finding:
    """Look how far probabilities are off in later years, by models that had seen earlier ones only."""
    if not cuts:
        return DRIFTING.skipped("no rolling test was run")
    told, low = [], 0.0
    for cut in cuts:
        p = cut.found[model]
        bins = int(np.clip(len(p) // 100, 4, 20))  # in smaller ones chance makes most of the error
        error = calibration_error(cut.outcome, p, seed=0, resamples=200, bins=bins)
        told.append(f"{cut.part[:4]}: {error.value:.3f} ({p.mean() - cut.outcome.mean():+.3f})")
        low = error.low  # in the end that of the last cut; few projects alone make an error of some size
    finding = f"calibration error by year, and mean probability less the share of successes: {', '.join(told)}; "
    finding += f"the last one's interval begins at {low:.3f}"
    return DRIFTING.found(grade(low, DRIFT_WARNING, DRIFT_SEVERE), finding)

"""All checks over one study, in the order of their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.checks.features import EDGE, USELESS, search_edge, twin_features, useless_features
from crowdwise.kickstarter.checks.finding import Finding
from crowdwise.kickstarter.checks.fit import (
    OVERFIT,
    UNDERFIT,
    Learnt,
    calibration_drift,
    no_better,
    overfit,
    tell_learnt,
    underfit,
    unstable_folds,
)
from crowdwise.kickstarter.checks.leaks import feature_strengths, golden_feature, leak_probe, time_overlap
from crowdwise.kickstarter.evaluation import BASELINES, CHOSEN, Study
from crowdwise.kickstarter.protocols.protocol import CROSS_VALIDATION, ROLLING, Protocol
from crowdwise.kickstarter.protocols.running import Judged, Makers, judgements
from crowdwise.kickstarter.tuning.search import trials_of

BASELINE = "logistic regression"


def check_model(
    study: Study,
    protocols: Sequence[Protocol],
    judged: Sequence[Judged],
    name: str,
    models: Makers,
    *,
    importance: pd.DataFrame | None = None,
    tried: pd.DataFrame | None = None,
) -> list[Finding]:
    """Check one model as `run_checks` does, fitted once more on the charter's first fold for what it says of that.

    Parameters
    ----------
    name : str
        The model's.
    models : mapping
        A maker by each model's name.
    importance : DataFrame, optional
        As `crowdwise.kickstarter.importance.permutation_importance` gives.
    tried : DataFrame, optional
        As `crowdwise.kickstarter.tuning.search.read_tried` gives.
    """
    charter = next(protocol for protocol in protocols if protocol.name == CROSS_VALIDATION)
    learnt = tell_learnt(study, next(iter(charter.parts.values())), name, models[name])
    table, chosen = trials_of(tried, name) if tried is not None else (None, None)
    return run_checks(
        *(study, protocols, judged),
        model=name,
        baseline=BASELINES.get(name, BASELINE),
        learnt=learnt,
        importance=importance,
        tried=table,
        chosen=chosen,
    )


def run_checks(
    study: Study,
    protocols: Sequence[Protocol],
    judged: Sequence[Judged],
    *,
    model: str = CHOSEN,
    baseline: str = BASELINE,
    learnt: Learnt | None = None,
    importance: pd.DataFrame | None = None,
    tried: pd.DataFrame | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Check a study; what is not given is noted as not checked.

    Parameters
    ----------
    study : Study
    protocols, judged : sequence
        The charter's cross-validation must be among them.
    model, baseline : str
        The model to check, and the simpler one it has to beat.
    learnt : Learnt, optional
        What the model says of projects it learnt from (see `crowdwise.kickstarter.checks.fit.tell_learnt`).
    importance : DataFrame, optional
        As `crowdwise.kickstarter.importance.permutation_importance` gives.
    tried, chosen : DataFrame and mapping, optional
        Of the search for the model's parameters.

    Returns
    -------
    list of Finding
    """
    charter = next(protocol for protocol in protocols if protocol.name == CROSS_VALIDATION)
    whole = next(judgements(judged, CROSS_VALIDATION))
    rows = whole.fold == 0
    own = auc_interval(whole.outcome[rows], whole.found[model][rows]).value
    simple = auc_interval(whole.outcome, whole.found[baseline]).value
    cuts = [each for each in judgements(judged, ROLLING) if model in each.found]
    missing = "no probabilities of projects learnt from were given"
    untried = EDGE.skipped("no table of tried values was given")
    found = [
        golden_feature(feature_strengths(study.features, study.outcome, next(iter(charter.parts.values()))), own),
        time_overlap(study.projects, protocols),
        overfit(learnt) if learnt else OVERFIT.skipped(missing),
        underfit(learnt, simple, baseline) if learnt else UNDERFIT.skipped(missing),
        unstable_folds(whole, model),
        no_better(judged, model, baseline),
        untried if tried is None or chosen is None else search_edge(tried, chosen),
        leak_probe(judged, model),
        useless_features(importance) if importance is not None else USELESS.skipped("no importances were given"),
        twin_features(study.features),
        calibration_drift(cuts, model),
    ]
    return sorted(found, key=lambda each: each.check.code)

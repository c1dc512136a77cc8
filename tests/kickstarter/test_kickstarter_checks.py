from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.checks.features import EDGE, TWINS, search_edge, twin_features, useless_features
from crowdwise.kickstarter.checks.finding import Finding, Severity, findings_table, refuse_severe
from crowdwise.kickstarter.checks.fit import (
    NO_BETTER,
    Learnt,
    calibration_drift,
    no_better,
    overfit,
    tell_learnt,
    underfit,
    unstable_folds,
)
from crowdwise.kickstarter.checks.leaks import PROBE, feature_strengths, golden_feature, leak_probe, time_overlap
from crowdwise.kickstarter.checks.running import run_checks
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models
from crowdwise.kickstarter.protocols.protocol import CROSS_VALIDATION, PORTABLE_MODEL, ROLLING, list_protocols
from crowdwise.kickstarter.protocols.running import Judged, run_protocols
from crowdwise.kickstarter.splits import Split

N = 2000
rng = np.random.default_rng(8)
OUTCOME = rng.random(N) < 0.5


def ranked(strength: float, seed: int = 0) -> np.ndarray:
    """Probabilities that know the outcome to some degree."""
    noise = np.random.default_rng(seed).normal(size=N)
    return 1 / (1 + np.exp(-(strength * (OUTCOME - 0.5) + noise)))


def judged_with(protocol: str = CROSS_VALIDATION, part: str = "", **found: np.ndarray) -> Judged:
    arrays = {"cells": np.zeros(N, str), "training_rate": np.full(N, 0.5), "fold": np.arange(N) % 5}
    named = {name.replace("_", " ").replace("LightGBM", CHOSEN): p for name, p in found.items()}
    return Judged(protocol, part, np.arange(N), OUTCOME, **arrays, found=named)


@pytest.mark.parametrize(("alone", "severity"), [(0.65, Severity.OK), (0.8, Severity.WARNING), (0.94, Severity.SEVERE)])
def test_a_golden_feature_is_as_good_as_all(alone: float, severity: Severity) -> None:
    strengths = pd.DataFrame({"feature": ["goal_log", "blurb_words"], "auc": [alone, 0.6]})
    found = golden_feature(strengths, 0.85 if alone < 0.9 else 0.95)
    assert (found.check.code, found.severity) == ("CW-K01", severity)
    assert found.finding.startswith(f"goal_log alone has AUC {alone:.3f}")


def test_a_features_strength_is_learnt_on_training_rows_only() -> None:
    split = Split(np.arange(N // 2), np.arange(N // 2, N))
    table = pd.DataFrame(
        {
            "key": [f"k{k}" for k in range(N)],  # tells every project apart, and nothing of others
            "bent": np.where(OUTCOME, rng.choice([-1.0, 1.0], N), 0.0) + rng.normal(0, 0.1, N),
            "kind": np.where(rng.random(N) < 0.8, OUTCOME, ~OUTCOME).astype(str),
            "gap": np.where(OUTCOME, np.nan, 1.0),
        }
    )
    found = feature_strengths(table, OUTCOME, split).set_index("feature")["auc"]
    assert found["gap"] == 1
    assert found["bent"] > 0.95
    assert found["kind"] == pytest.approx(0.8, abs=0.04)
    assert found["key"] == 0.5


def test_time_overlap_fires_where_a_test_is_meant_to_foretell(study: Study) -> None:
    protocols = list_protocols(study, folds=3, earliest=200, fewest=100)
    found = time_overlap(study.projects, protocols)
    assert found.severity is Severity.OK
    assert f"{ROLLING} 0%" in found.finding
    assert f"{CROSS_VALIDATION} 0%" not in found.finding
    rolling = protocols[2]
    parts = {name: Split(np.r_[s.train, s.test[-1:]], s.test[:-1]) for name, s in rolling.parts.items()}
    assert time_overlap(study.projects, [replace(rolling, parts=parts)]).severity is Severity.SEVERE
    without = time_overlap(study.projects, [protocols[0]])
    assert without.severity is Severity.WARNING
    assert "nothing here foretells" in without.finding


@pytest.mark.parametrize(
    ("own", "other", "severity"),
    [(1.5, 1.4, Severity.OK), (2.2, 1.5, Severity.WARNING), (5.0, 0.8, Severity.SEVERE)],
)
def test_overfit_is_the_gap_between_seen_and_unseen(own: float, other: float, severity: Severity) -> None:
    found = overfit(Learnt(OUTCOME, ranked(own), OUTCOME, ranked(other, 1)))
    assert (found.check.code, found.severity) == ("CW-K03", severity)


@pytest.mark.parametrize(
    ("baseline", "severity"), [(0.70, Severity.OK), (0.751, Severity.WARNING), (0.80, Severity.SEVERE)]
)
def test_underfit_is_no_better_on_what_was_seen_than_a_simple_model_elsewhere(
    baseline: float, severity: Severity
) -> None:
    p = ranked(1.0)
    from sklearn.metrics import roc_auc_score

    shifted = baseline - 0.755 + roc_auc_score(OUTCOME, p)
    assert underfit(Learnt(OUTCOME, p, OUTCOME, p), shifted, "logistic regression").severity is severity


def test_folds_are_unstable_only_beyond_chance() -> None:
    even = ranked(1.5)
    assert unstable_folds(judged_with(LightGBM=even), CHOSEN).severity is Severity.OK
    uneven = even.copy()
    first = np.arange(N) % 5 == 0
    uneven[first] = rng.random(first.sum())
    found = unstable_folds(judged_with(LightGBM=uneven), CHOSEN)
    assert (found.check.code, found.severity) == ("CW-K05", Severity.SEVERE)
    small = judged_with(LightGBM=even)
    lucky = [
        unstable_folds(replace(small, fold=np.random.default_rng(k).permutation(N) % 40), CHOSEN) for k in range(20)
    ]
    assert sum(each.severity is Severity.OK for each in lucky) >= 18  # spread of 50 projects a fold is large by chance


def test_no_better_than_the_baseline_anywhere_is_severe() -> None:
    strong, weak = ranked(1.5), ranked(0.8, 1)
    base = "logistic regression"
    better = judged_with(LightGBM=strong, **{base: weak})
    worse = judged_with(ROLLING, "2020-01-01", LightGBM=weak, **{base: strong})
    assert no_better([better], CHOSEN, base).severity is Severity.OK
    assert no_better([better, worse], CHOSEN, base).severity is Severity.WARNING
    found = no_better([worse], CHOSEN, base)
    assert found.severity is Severity.SEVERE
    assert f"in {ROLLING}" in found.finding
    assert no_better([judged_with(LightGBM=strong)], CHOSEN, base).finding.startswith("not checked")


def test_a_value_at_the_edge_of_the_search_is_found() -> None:
    tried = pd.DataFrame({"leaves": [7, 15, 31, 63], "rate": [0.02, 0.05, 0.05, 0.1], "two": [1, 2, 1, 2]})
    assert search_edge(tried, {"leaves": 31, "rate": 0.05, "two": 2}).severity is Severity.OK
    found = search_edge(tried, {"leaves": 63, "rate": 0.02})
    assert found.severity is Severity.WARNING
    assert found.finding == "leaves = 63 is the largest of 4 tried, rate = 0.02 is the smallest of 3 tried"
    assert search_edge(tried, {"two": 2, "kind": "gbdt"}).finding.startswith("not checked")
    with pytest.raises(Problem, match="leaves = 20 was chosen and never tried"):
        search_edge(tried, {"leaves": 20})


@pytest.mark.parametrize(("probe", "severity"), [(0.5, Severity.OK), (1.2, Severity.WARNING), (1.9, Severity.SEVERE)])
def test_the_leak_probe_is_judged_by_its_share_of_the_way_above_chance(probe: float, severity: Severity) -> None:
    found = leak_probe([judged_with(LightGBM=ranked(2.0), leak_probe=ranked(probe, 1))], CHOSEN)
    assert (found.check, found.severity) == (PROBE, severity)
    assert found.finding.count("AUC") == 1


def test_the_probes_worst_protocol_counts() -> None:
    mild = judged_with(ROLLING, "2020-01-01", LightGBM=ranked(2.0), leak_probe=ranked(0.3, 1))
    bad = judged_with(LightGBM=ranked(2.0), leak_probe=ranked(2.0, 1))
    assert leak_probe([mild, bad], CHOSEN).severity is Severity.SEVERE
    assert leak_probe([mild], CHOSEN).severity is Severity.OK
    assert leak_probe([judged_with(LightGBM=ranked(2.0))], CHOSEN).finding.startswith("not checked")
    assert "did not run" in leak_probe([bad], PORTABLE_MODEL).finding


def test_useless_and_twin_features_are_named() -> None:
    importance = pd.DataFrame({"group": ["goal", "place"], "auc_lost": [0.1, 0.0], "low": [0.08, -0.001]})
    assert useless_features(importance).finding == "1 of 2: place"
    assert useless_features(importance.head(1)).severity is Severity.OK
    x = rng.normal(size=N)
    table = pd.DataFrame({"a": x, "b": -np.exp(x), "c": rng.normal(size=N), "same": 1.0, "kind": "k"})
    found = twin_features(table)
    assert (found.check, found.severity, found.finding) == (TWINS, Severity.NOTE, "a and b (-1.000)")
    assert twin_features(table[["a", "c", "kind"]]).severity is Severity.OK


def test_calibration_drift_is_that_of_the_last_cut() -> None:
    chance = rng.random(N)
    outcome = rng.random(N) < chance
    good = replace(judged_with(ROLLING, "2020-01-01", LightGBM=chance), outcome=outcome)
    bad = replace(judged_with(ROLLING, "2021-01-01", LightGBM=np.clip(chance + 0.25, 0, 1)), outcome=outcome)
    assert calibration_drift([bad, good], CHOSEN).severity is Severity.OK
    found = calibration_drift([good, bad], CHOSEN)
    assert found.severity is Severity.SEVERE
    assert "2021: 0.2" in found.finding
    drawn = [np.random.default_rng(k).permutation(N)[:120] for k in range(20)]
    small = [replace(good, outcome=outcome[few], found={CHOSEN: chance[few]}, rows=few) for few in drawn]
    off = [calibration_drift([each], CHOSEN).severity for each in small]
    assert off.count(Severity.OK) >= 18  # with few projects an error of some size is chance
    assert calibration_drift([], CHOSEN).finding.startswith("not checked")


@pytest.fixture(scope="module")
def findings(study: Study) -> list[Finding]:
    protocols = list_protocols(study, folds=3, earliest=200, fewest=100)
    models = make_models(boosted_trees=30, forest_trees=3, seed=1)
    names = ("base rate", "logistic regression", CHOSEN, LEAK_PROBE)
    judged = run_protocols(study, protocols, {name: models[name] for name in names})
    learnt = tell_learnt(study, protocols[0].parts["fold 1"], CHOSEN, models[CHOSEN])
    return run_checks(study, protocols, judged, learnt=learnt)


def test_every_check_reports_once_and_says_what_it_lacked(findings: list[Finding]) -> None:
    assert [f.check.code for f in findings] == [f"CW-K{number:02d}" for number in range(1, 12)]
    assert next(f.check for f in findings if f.finding.startswith("not checked")) == EDGE
    assert all(f.check.remedy and f.check.threshold and f.finding for f in findings)
    assert not any(f.finding.endswith(".") or f.check.remedy.endswith(".") for f in findings)
    table = findings_table(findings)
    ranks = table["severity"].map({"severe": 3, "warning": 2, "note": 1, "ok": 0})
    assert ranks.is_monotonic_decreasing


def test_a_severe_finding_stops_the_stage_unless_it_is_waived_with_a_reason() -> None:
    severe = NO_BETTER.found(Severity.SEVERE, "it is worse")
    mild = EDGE.found(Severity.WARNING, "at the edge")
    with pytest.raises(Problem, match="check CW-K06: no better than the baseline: it is worse") as problem:
        refuse_severe([severe, mild], {})
    assert "Use the baseline, which is simpler; or waive it" in str(problem.value)
    reason = "the model is shown, not used"
    table = findings_table(refuse_severe([severe, mild], {"CW-K06": f" {reason} ", "CW-K07": "fine"}))
    assert table["waived because"].tolist() == [reason, ""]
    assert [f.waiver for f in refuse_severe([mild], {})] == [""]


@pytest.mark.parametrize(
    ("waivers", "said"),
    [
        ({"CW-K99": "why"}, "CW-K99: there is no such check"),
        ({"CW-K06": " "}, "CW-K06: it gives no reason"),
        ({"CW-K06": True}, "CW-K06: it gives no reason"),
    ],
)
def test_a_waiver_without_a_check_or_a_reason_is_refused(waivers: dict[str, str], said: str) -> None:
    with pytest.raises(Problem, match=said):
        refuse_severe([NO_BETTER.found(Severity.OK, "it is better")], waivers)

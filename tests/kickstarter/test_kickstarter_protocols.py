from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from crowdwise.base.errors import Problem
from crowdwise.base.statistics import Estimate, auc_interval
from crowdwise.kickstarter.comparison import WITHIN, Score, pick
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models
from crowdwise.kickstarter.protocols import running
from crowdwise.kickstarter.protocols.averages import mean_over, spread_over
from crowdwise.kickstarter.protocols.headline import (
    headline_table,
    last_cut,
    protocol_table,
    state_charter,
    state_honest,
)
from crowdwise.kickstarter.protocols.pairs import compare_pairs, loss_difference, p_value
from crowdwise.kickstarter.protocols.protocol import (
    CROSS_VALIDATION,
    GROUPED,
    MONTHS,
    ROLLING,
    list_protocols,
    protocols_table,
)
from crowdwise.kickstarter.protocols.running import Judged, judgements, run_protocols
from crowdwise.kickstarter.protocols.scoring import MEAN, cuts_table, score_judged

SETTINGS = {"seed": 1, "level": 0.95, "resamples": 50}
MODELS = make_models(boosted_trees=30, forest_trees=5, seed=1)


def refuse(*_given: object, **_more: object) -> dict[str, np.ndarray]:
    raise Problem("no model today", where="a test", remedy="Wait")


@pytest.fixture(scope="module")
def judged(study: Study) -> list[Judged]:
    return run_protocols(study, list_protocols(study, folds=3, earliest=200, fewest=100), MODELS)


@pytest.fixture(scope="module")
def scores(judged: list[Judged]) -> list[Score]:
    return score_judged(judged, **SETTINGS)


def test_processes_that_share_the_parts_find_the_same_to_the_bit(study: Study, judged: list[Judged]) -> None:
    protocols = list_protocols(study, folds=3, earliest=200, fewest=100)
    quick = {name: MODELS[name] for name in ("logistic regression", CHOSEN, LEAK_PROBE)}
    shared = run_protocols(study, protocols, quick, workers=2)
    assert [(each.protocol, each.part) for each in shared] == [(each.protocol, each.part) for each in judged]
    for one, other in zip(shared, judged, strict=True):
        assert one.rows.tobytes() == other.rows.tobytes()
        assert list(one.found) == list(quick)
        assert all(one.found[name].tobytes() == other.found[name].tobytes() for name in quick)


def test_only_a_large_study_is_shared_and_by_four_at_most(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def alone(*, n_jobs: int, **_more: object) -> Parallel:
        asked.append(n_jobs)
        return Parallel(n_jobs=1, return_as="generator")

    monkeypatch.setattr(running, "Parallel", alone)
    monkeypatch.setattr(running, "cpu_count", lambda: 8)
    charter = list_protocols(study, folds=3, earliest=200, fewest=100)[:1]
    for worth in (len(study.outcome) + 1, len(study.outcome)):
        monkeypatch.setattr(running, "WORTH_SHARING", worth)
        run_protocols(study, charter, {"base rate": MODELS["base rate"]})
    assert asked == [1, 4]


def test_a_part_that_fails_in_another_process_is_told_as_in_this_one(study: Study) -> None:
    protocols = list_protocols(study, folds=3, earliest=200, fewest=100)
    for workers in (1, 2):
        with pytest.raises(Problem, match="no model today"):
            run_protocols(study, protocols, MODELS, workers=workers, validate=refuse)
    with pytest.raises(Problem, match="whole number of 1 or more"):
        run_protocols(study, protocols, MODELS, workers=0)


def test_each_protocol_runs_its_models_and_the_probe_stands_beside_them(study: Study, judged: list[Judged]) -> None:
    assert list(dict.fromkeys(each.protocol for each in judged)) == [CROSS_VALIDATION, GROUPED, ROLLING, MONTHS]
    (charter,) = judgements(judged, CROSS_VALIDATION)
    assert list(charter.found) == list(MODELS)
    assert charter.rows.tolist() == list(range(len(study.outcome)))
    for each in judged:
        assert LEAK_PROBE in each.found
        assert ("random forest" in each.found) == (each.protocol == CROSS_VALIDATION)
        assert each.outcome.tolist() == study.outcome[each.rows].tolist()
        assert all(np.isfinite(p).all() and len(p) == len(each.rows) for p in each.found.values())
        np.testing.assert_allclose(each.found["base rate"], each.training_rate)
    assert len(list(judgements(judged, ROLLING))) >= 2
    assert len(list(judgements(judged, MONTHS))) == 2


def test_scores_of_a_cut_are_those_of_scikit_learn(judged: list[Judged], scores: list[Score]) -> None:
    cut = list(judgements(judged, ROLLING))[-1]
    told = cut.found[CHOSEN]
    assert last_cut(scores) == cut.part
    assert pick(scores, "auc", CHOSEN, ROLLING, cut.part).value == pytest.approx(roc_auc_score(cut.outcome, told))
    assert pick(scores, "brier", CHOSEN, ROLLING, cut.part).value == pytest.approx(brier_score_loss(cut.outcome, told))
    assert pick(scores, "log_loss", CHOSEN, ROLLING, cut.part).value == pytest.approx(log_loss(cut.outcome, told))
    always = np.mean((cut.training_rate >= 0.5) == cut.outcome)
    gain = pick(scores, "accuracy_gain", CHOSEN, ROLLING, cut.part)
    assert gain.value == pytest.approx(np.mean((told >= 0.5) == cut.outcome) - always)
    assert gain.low <= gain.value <= gain.high
    assert pick(scores, "accuracy_gain", "base rate", ROLLING, cut.part).value == 0


def test_the_mean_over_cuts_and_what_another_year_may_bring(judged: list[Judged], scores: list[Score]) -> None:
    table = cuts_table(scores, CHOSEN)
    areas = [roc_auc_score(each.outcome, each.found[CHOSEN]) for each in judgements(judged, ROLLING)]
    assert table["value"].tolist()[:-2] == pytest.approx(areas)
    mean = pick(scores, "auc", CHOSEN, ROLLING, MEAN)
    assert (mean.value, mean.low) == (pytest.approx(np.mean(areas)), table["low"].iloc[-2])
    assert table["cut"].tolist()[-2:] == [MEAN, "another year"]
    assert table["low"].iloc[-1] < table["low"].iloc[-2]


def test_the_interval_of_a_mean_adds_the_parts_variances() -> None:
    rng = np.random.default_rng(2)
    means = []
    for _ in range(400):
        parts = []
        for size in (150, 300, 600):
            outcome = np.arange(size) % 3 == 0
            parts.append(auc_interval(outcome, rng.normal(outcome * 1.0, 1)))
        means.append(mean_over(parts))
    values = np.array([mean.value for mean in means])
    half = np.mean([mean.high - mean.low for mean in means]) / 2
    assert half == pytest.approx(1.96 * values.std(), rel=0.15)
    assert np.mean([mean.low < values.mean() < mean.high for mean in means]) == pytest.approx(0.95, abs=0.03)
    with pytest.raises(ValueError, match="one level"):
        mean_over([])


def test_another_years_interval_holds_how_years_differ() -> None:
    parts = [Estimate(value, value, value, 0.95, 10) for value in (0.7, 0.8, 0.9)]
    found = spread_over(parts)
    assert found.value == pytest.approx(0.8)
    assert found.high - found.value == pytest.approx(4.3027 * 0.1 * np.sqrt(4 / 3), rel=1e-4)
    assert np.isnan(spread_over(parts[:1]).low)
    near = [Estimate(value, value, value, 0.95, 10) for value in (0.7, 0.97, 0.99)]
    assert spread_over(near).high > 1
    bounded = spread_over(near, share=True)
    assert 0 < bounded.low < bounded.value < bounded.high < 1
    outer = spread_over(parts, share=True)
    odds = np.log(np.array([7 / 3, 4, 9]))
    high = odds.mean() + 4.3027 * odds.std(ddof=1) * np.sqrt(4 / 3)
    assert outer.high == pytest.approx(1 / (1 + np.exp(-high)), rel=1e-4)


def test_pairs_are_tested_with_holm_within_a_protocol(judged: list[Judged]) -> None:
    table = compare_pairs(judged, CHOSEN)
    one = table[table["protocol"] == CROSS_VALIDATION]
    assert set(one["model"]) == set(MODELS) - {CHOSEN}
    assert len(one) == 3 * (len(MODELS) - 1)
    probe = one[(one["model"] == LEAK_PROBE) & (one["score"] == "brier")].iloc[0]
    (charter,) = judgements(judged, CROSS_VALIDATION)
    losses = [(charter.found[name] - charter.outcome) ** 2 for name in (LEAK_PROBE, CHOSEN)]
    assert probe["difference"] == pytest.approx(np.mean(losses[0] - losses[1]))
    rolling = table[table["protocol"] == ROLLING]
    assert rolling["part"].eq("").all()
    worse = one[one["model"] == "base rate"]
    assert worse["finding"].eq("worse").all()
    rng = np.random.default_rng(1)
    noise = {"a": rng.random(200), **{f"b{k}": rng.random(200) for k in range(12)}}
    outcome = np.arange(200) % 2 == 0
    fields = {"cells": np.zeros(200, str), "training_rate": np.full(200, 0.5), "fold": np.zeros(200, int)}
    chance = compare_pairs([Judged("p", "", np.arange(200), outcome, **fields, found=noise)], "a")
    assert chance["finding"].eq("no difference shown").all()
    assert chance["p_holm"].max() <= 1


def test_a_difference_of_losses_is_studentized() -> None:
    from scipy import stats

    rng = np.random.default_rng(4)
    p, q = rng.random(300), rng.random(300)
    y = rng.random(300) < p
    found = loss_difference(y, p, q, "brier")
    test = stats.ttest_rel((p - y) ** 2, (q - y) ** 2)
    interval = test.confidence_interval()
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert p_value(found) == pytest.approx(test.pvalue, rel=0.2)
    same = loss_difference(y, p, p, "log_loss")
    assert (same.value, p_value(same)) == (0, 1)


def test_the_headline_puts_the_honest_lines_first_and_the_charters_last(scores: list[Score]) -> None:
    table = headline_table(scores)
    assert table.index[0] == "rolling temporal, mean over cuts"
    assert table.index[-1] == f"{CROSS_VALIDATION} (the charter's)"
    assert any(WITHIN in line for line in table.index)
    assert sum(line.startswith("learnt from") for line in table.index) == 2
    assert table.loc["grouped by creator", "random forest"] == ""
    auc = pick(scores, "auc", CHOSEN, CROSS_VALIDATION)
    assert table.iloc[-1][CHOSEN] == f"{auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})"
    probe = pick(scores, "auc", LEAK_PROBE, CROSS_VALIDATION).value
    share = (probe - 0.5) / (auc.value - 0.5)
    assert f"{probe:.3f}" in state_charter(scores)
    assert f"{share:.0%} of what lies above chance" in state_charter(scores)
    honest = state_honest(scores)
    mean = pick(scores, "auc", LEAK_PROBE, ROLLING, MEAN).value
    assert f"{LEAK_PROBE} has AUC {mean:.3f} on the launches of the year after, mean over cuts" in honest
    assert honest.count("has AUC") == 3
    assert honest.count("learnt from") == 6
    assert protocol_table(scores, CROSS_VALIDATION).columns.tolist()[-1] == "accuracy_gain"


def test_too_small_a_study_skips_with_a_reason(study: Study) -> None:
    lonely = replace(study, projects=study.projects.assign(creator_id=pd.Series(pd.NA, study.projects.index)))
    protocols = list_protocols(lonely, folds=3, earliest=10_000, fewest=10_000)
    assert [bool(p.parts) for p in protocols] == [True, False, False, False]
    assert all(p.remark.startswith("not run: ") for p in protocols[1:])
    assert protocols_table(protocols)["learnt from"].tolist()[1:] == ["none"] * 3
    judged = run_protocols(lonely, protocols, {name: MODELS[name] for name in (CHOSEN, LEAK_PROBE)})
    assert [each.protocol for each in judged] == [CROSS_VALIDATION]
    assert len(headline_table(score_judged(judged, **SETTINGS))) == 2
    with pytest.raises(Problem, match="it is 1"):
        list_protocols(study, folds=1)

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.comparison import (
    CROSS_VALIDATION,
    WITHIN,
    compare_models,
    pick,
    score_models,
    scores_tables,
    state_gate,
)
from crowdwise.kickstarter.design import Encoder
from crowdwise.kickstarter.evaluation import (
    CHOSEN,
    LEAK_PROBE,
    PROBE,
    Study,
    cross_validate,
    fit_design,
    fit_models,
    make_models,
    set_up_study,
    view_for,
)
from crowdwise.kickstarter.exploration import cut_evenly, decided_projects, leak_auc, one_sided, success_by
from crowdwise.kickstarter.features import GROUPS
from crowdwise.kickstarter.importance import permutation_importance
from crowdwise.kickstarter.splits import stratified_folds
from crowdwise.kickstarter.union import Union, outcome_of

MODELS = make_models(boosted_trees=40, forest_trees=20, seed=1)


@pytest.fixture(scope="module")
def found(study: Study) -> dict[str, np.ndarray]:
    return cross_validate(study, stratified_folds(study.outcome, 3, 1), MODELS)


def test_every_model_beats_the_base_rate_on_unseen_projects(study: Study, found: dict[str, np.ndarray]) -> None:
    settings = {"seed": 1, "level": 0.95, "resamples": 50}
    scores = score_models(study, np.arange(len(study.outcome)), found, CROSS_VALIDATION, **settings)
    for name in ("logistic regression", "random forest", CHOSEN, LEAK_PROBE):
        assert pick(scores, "auc", name, CROSS_VALIDATION).low > 0.6
        assert (
            pick(scores, "brier", name, CROSS_VALIDATION).high
            < pick(scores, "brier", "base rate", CROSS_VALIDATION).low
        )
    assert pick(scores, "auc", LEAK_PROBE, CROSS_VALIDATION, WITHIN).value < 0.65
    assert pick(scores, "auc", CHOSEN, CROSS_VALIDATION, WITHIN).value > 0.65
    auc = pick(scores, "auc", CHOSEN, CROSS_VALIDATION).value
    assert state_gate(scores, auc)[0] is True
    assert state_gate(scores, auc + 0.001)[0] is False
    assert "fails the charter's gate" in state_gate(scores, 1.0)[1]
    ranking, probabilities = scores_tables(scores, CROSS_VALIDATION)
    assert ranking.index.tolist() == probabilities.index.tolist() == list(found)
    assert ranking.columns.tolist() == ["auc", f"auc {WITHIN}"]
    assert probabilities.columns.tolist() == ["brier", "log_loss", "calibration_error", "accuracy"]
    with pytest.raises(KeyError):
        pick(scores, "auc", "oracle", CROSS_VALIDATION)


def test_the_same_seed_gives_the_same_probabilities(study: Study, found: dict[str, np.ndarray]) -> None:
    again = cross_validate(study, stratified_folds(study.outcome, 3, 1), MODELS)
    for name, probability in found.items():
        np.testing.assert_array_equal(again[name], probability, err_msg=name)


def test_test_rows_never_touch_what_is_learnt(study: Study, world: Union) -> None:
    split = stratified_folds(study.outcome, 3, 1)[0]
    judged = world.projects["project_id"].isin(study.projects["project_id"].iloc[split.test])
    names = world.projects["name"].mask(judged, "unheard words")
    other = set_up_study(world.projects.assign(name=names), components=8, seed=study.seed)
    one, two = fit_design(study, split), fit_design(other, split)
    np.testing.assert_array_equal(one.train.matrix, two.train.matrix)
    assert one.text.words == two.text.words


def test_the_leak_probe_sees_sub_category_and_day_only(study: Study) -> None:
    fitted = fit_design(study, stratified_folds(study.outcome, 3, 1)[0])
    view = view_for(LEAK_PROBE, fitted.train)
    assert view.names == PROBE
    np.testing.assert_array_equal(view.matrix[:, 1], fitted.train.matrix[:, fitted.train.names.index("launch_time")])
    assert view.categories == {0: len(fitted.encoder.levels["category"])}


def test_an_unseen_category_is_no_number(study: Study) -> None:
    encoder = Encoder.fit(study.features)
    matrix = encoder.matrix(study.features.head(3).assign(category="gardens/moss"))
    assert np.isnan(matrix[:, encoder.names.index("category")]).all()


def test_shuffling_what_matters_costs_most(study: Study) -> None:
    split = stratified_folds(study.outcome, 3, 1)[0]
    fitted = fit_design(study, split)
    model = fit_models(fitted, study.outcome[split.train], {CHOSEN: MODELS[CHOSEN]})[CHOSEN]
    table = permutation_importance(model, fitted.test, study.outcome[split.test], seed=1, repeats=3)
    assert set(table["group"]) == set(GROUPS)
    assert set(table["group"].head(3)) & {"category", "goal", "timing"}
    assert table["auc_lost"].iloc[0] > 0.03


def test_projects_that_all_ended_alike_are_a_problem(world: Union) -> None:
    alike = world.projects[world.projects["state"] == "successful"]
    with pytest.raises(Problem, match="ended alike"):
        set_up_study(alike, components=4, seed=1)


def test_what_counts_as_a_failure_is_learnt_from_and_explored(world: Union) -> None:
    states = world.projects["state"]
    projects = world.projects.assign(outcome=outcome_of(states, ["failed", "canceled"]))
    study, decided = set_up_study(projects, components=4, seed=1), decided_projects(projects)
    wanted = states[states.isin(["successful", "failed", "canceled"])]
    assert study.projects["state"].tolist() == decided["state"].tolist() == wanted.tolist()
    assert study.outcome.tolist() == decided["success"].tolist() == (wanted == "successful").tolist()
    before = set_up_study(world.projects, components=4, seed=1)
    assert set(before.projects["state"]) == {"successful", "failed"}


def test_a_lookup_of_the_category_alone_shows_the_leak(world: Union) -> None:
    decided = decided_projects(world.projects)
    assert leak_auc(decided, ["category"], seed=1).low > 0.7
    listings = one_sided(decided, fewest=20)
    assert listings["rate"].iloc[0] > 0.9
    assert (listings["projects"] >= 20).all()


def test_success_is_counted_in_every_cell(world: Union) -> None:
    decided = decided_projects(world.projects)
    table = success_by(decided, cut_evenly(decided["goal_usd"]))
    assert table["projects"].sum() == len(decided)
    assert (table["rate"] * table["projects"]).sum() == pytest.approx(decided["success"].sum())
    assert table["rate"].iloc[0] > table["rate"].iloc[-1]


def test_equal_values_are_one_part() -> None:
    assert cut_evenly(pd.Series([5.0] * 9)).tolist() == ["5 to 6"] * 9


def test_a_part_begins_at_its_lower_border_and_the_last_holds_the_largest() -> None:
    parts = cut_evenly(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), 2)
    assert parts.tolist() == ["1 up to 3"] * 2 + ["3 to 5"] * 3


def test_models_are_compared_in_a_sentence_that_claims_no_more_than_the_interval() -> None:
    outcome: np.ndarray = np.arange(200) % 2 == 0
    better: np.ndarray = np.arange(200) % 4 / 4
    found = {"one": -better, "two": np.arange(200) % 7 / 7}
    assert "leaves out 0" in compare_models(outcome, found, "one", "two", level=0.95)
    assert "neither is shown to be better" in compare_models(outcome, found, "one", "one", level=0.95)

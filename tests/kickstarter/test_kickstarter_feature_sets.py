"""Two feature sets, and a design whose test rows' outcomes are not looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crowdwise.kickstarter.evaluation import (
    CHOSEN,
    PORTABLE_MODEL,
    Study,
    columns_for,
    cross_validate,
    fit_design,
    make_models,
    set_up_study,
    view_for,
)
from crowdwise.kickstarter.feature_sets import CHARTER, FEATURE_SETS, PORTABLE, left_out_table
from crowdwise.kickstarter.features import CRAWLED, FEATURES
from crowdwise.kickstarter.moments import EARLY, moment_of
from crowdwise.kickstarter.splits import Split, stratified_folds
from crowdwise.kickstarter.union import Union


def flip(world: Union, study: Study, rows: np.ndarray) -> Study:
    """Give the study of a world where the given projects ended otherwise."""
    ids = study.projects["project_id"].iloc[rows]
    turned = world.projects["project_id"].isin(ids)
    outcome = world.projects["outcome"].mask(turned, ~world.projects["outcome"])
    state = world.projects["state"].where(~turned, outcome.map({True: "successful", False: "failed"}))
    return set_up_study(world.projects.assign(outcome=outcome, state=state), components=8, seed=study.seed)


def test_a_feature_is_in_a_set_or_it_says_why_not() -> None:
    for chosen in FEATURE_SETS.values():
        every = {*CHARTER.features, "staff_pick", "text"}
        assert set(chosen.features) | set(chosen.left_out) >= every - ({"text"} if chosen is CHARTER else set())
        assert not set(chosen.features) & set(chosen.left_out)
        assert all(moment_of(name) in EARLY for name in chosen.features)
    assert left_out_table(PORTABLE)["feature"].tolist() == list(PORTABLE.left_out)
    assert {"launch_time", "parent_category", *CRAWLED} <= set(PORTABLE.left_out)


def test_the_portable_model_sees_nothing_that_reads_the_crawl(study: Study) -> None:
    fitted = fit_design(study, stratified_folds(study.outcome, 3, 1)[0])
    assert set(fitted.train.names) == {*FEATURES, *CRAWLED, *fitted.text.names}
    assert view_for(CHOSEN, fitted.train).names == fitted.train.names
    view = view_for(PORTABLE_MODEL, fitted.train)
    assert set(view.names) == set(PORTABLE.features)
    assert not [name for name in view.names if name.startswith("text_") and name != "text_score"]
    taken = fitted.take(columns_for(PORTABLE_MODEL, fitted.train.names))
    assert (*taken.encoder.names, *taken.text.names) == taken.train.names == view.names
    np.testing.assert_array_equal(taken.test.matrix, view_for(PORTABLE_MODEL, fitted.test).matrix)
    assert set(taken.encoder.levels) == {"category"}


def test_outcomes_of_test_rows_change_nothing_that_is_learnt_or_seen(world: Union, study: Study) -> None:
    split = stratified_folds(study.outcome, 3, 1)[0]
    one, two = fit_design(study, split), fit_design(flip(world, study, split.test), split)
    for part in ("train", "test"):
        np.testing.assert_array_equal(getattr(one, part).matrix, getattr(two, part).matrix)
    np.testing.assert_array_equal(one.text.said.weights, two.text.said.weights)
    # Those of training rows do.
    other = fit_design(flip(world, study, split.train[::2]), split)
    rate = one.test.names.index("category_rate")
    assert not np.array_equal(one.test.matrix[:, rate], other.test.matrix[:, rate], equal_nan=True)


def test_as_of_launch_the_past_holds_what_had_ended_since_the_cut(world: Union, study: Study) -> None:
    order = np.argsort(study.projects["launched_at"].to_numpy(), kind="stable")
    split = Split(order[:500], order[500:])
    strict, live = fit_design(study, split), fit_design(study, split, as_of_launch=True)
    finished = strict.test.names.index("category_finished")
    assert live.test.matrix[:, finished].sum() > strict.test.matrix[:, finished].sum()
    np.testing.assert_array_equal(strict.train.matrix[:, finished], live.train.matrix[:, finished])
    np.testing.assert_array_equal(strict.text.said.weights, live.text.said.weights)
    # The last launch's own outcome is nobody's past.
    turned = fit_design(flip(world, study, order[-1:]), split, as_of_launch=True)
    np.testing.assert_array_equal(turned.test.matrix, live.test.matrix)


@pytest.mark.parametrize("score", ["text_score", "name_score"])
def test_a_training_rows_score_does_not_know_its_own_outcome(world: Union, study: Study, score: str) -> None:
    rows = np.arange(len(study.outcome))
    fitted = fit_design(study, Split(rows, rows))
    place = fitted.train.names.index(score)
    one = study.outcome.copy()
    one[7] = ~one[7]
    turned = fit_design(replace(study, outcome=one), Split(rows, rows))
    # Row 7 is told by the other parts, where nothing changed; the weights of all rows know.
    assert fitted.train.matrix[7, place] == turned.train.matrix[7, place]
    assert (fitted.train.matrix[:, place] != turned.train.matrix[:, place]).sum() > 100
    spaces = ((f.text.said, f.text.spelt)[score == "name_score"] for f in (fitted, turned))
    assert not np.array_equal(*(space.weights for space in spaces))


def test_every_model_gives_probabilities_and_nothing_where_no_fold_judges(study: Study) -> None:
    split = stratified_folds(study.outcome, 3, 1)[0]
    settings = {"leaves": 7, "without": ["launch_month"]}
    models = make_models(boosted_trees=20, forest_trees=5, seed=1, boosted=settings, portable={"trees": 10})
    found = cross_validate(study, [split], models)
    assert list(found) == list(models)
    for name, probability in found.items():
        assert np.isnan(probability[split.train]).all(), name
        assert ((probability[split.test] >= 0) & (probability[split.test] <= 1)).all(), name
    made = models[CHOSEN]()
    assert (made.trees, made.settings["num_leaves"], made.without) == (20, 7, ("launch_month",))
    assert models[PORTABLE_MODEL]().trees == 10


@pytest.mark.parametrize("name", [CHOSEN, PORTABLE_MODEL])
def test_a_study_without_a_known_word_still_works(world: Union, name: str) -> None:
    silent = set_up_study(world.projects.assign(name="", blurb=""), components=4, seed=1)
    models = make_models(boosted_trees=10, forest_trees=5, seed=1)
    found = cross_validate(silent, stratified_folds(silent.outcome, 2, 1), {name: models[name]})
    assert np.isfinite(found[name]).all()

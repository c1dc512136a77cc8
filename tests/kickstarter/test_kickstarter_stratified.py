"""Comparisons within sub-category and year: what a crawl that prefers successes can and can't change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from statsmodels.stats.contingency_tables import StratifiedTable

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.exploration import decided_projects
from crowdwise.kickstarter.figures.comparison import draw_comparison, draw_forms
from crowdwise.kickstarter.figures.money import draw_beyond, draw_money, draw_pledges
from crowdwise.kickstarter.figures.wording import draw_words
from crowdwise.kickstarter.groups import FORM, GROUPINGS, group
from crowdwise.kickstarter.money import asked_and_raised, pledge_per_backer, raised_beyond
from crowdwise.kickstarter.stratified import association, compare_groups, odds_ratio
from crowdwise.kickstarter.transformations import list_transformations
from crowdwise.kickstarter.union import Union
from crowdwise.kickstarter.wording import log_odds, overlap_weights, shown_words, telling_words


@pytest.fixture(autouse=True)
def _no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


def drawn(seed: int, projects: int = 20_000, *, log_odds: float = 0.8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give success, exposure and stratum: strata differ in both, and the exposed have `log_odds` more."""
    rng = generator(seed, "strata")
    strata = rng.integers(0, 8, projects)
    exposed = rng.random(projects) < 0.1 + 0.1 * strata
    chance = 1 / (1 + np.exp(-(-1.5 + 0.4 * strata + log_odds * exposed)))
    return rng.random(projects) < chance, exposed, strata


def test_pooling_agrees_with_statsmodels() -> None:
    outcome, exposed, strata = drawn(1, 3000)
    tables = [
        np.array([[np.sum((strata == k) & (exposed == e) & (outcome == o)) for o in (1, 0)] for e in (1, 0)])
        for k in range(8)
    ]
    theirs, ours = StratifiedTable(tables), odds_ratio(outcome, exposed, strata)
    assert ours is not None
    assert ours.value == pytest.approx(theirs.oddsratio_pooled)
    assert (ours.low, ours.high) == pytest.approx(theirs.oddsratio_pooled_confint())
    test = association(outcome, pd.Categorical(exposed), strata)
    assert test.statistic == pytest.approx(theirs.test_null_odds().statistic)
    assert test.p_value == pytest.approx(theirs.test_null_odds().pvalue)


def test_a_crawl_that_misses_failures_leaves_odds_within_strata_alone_but_not_over_all() -> None:
    outcome, exposed, strata = drawn(2, 60_000)
    rng = generator(2, "crawl")
    # Of half of the strata a twentieth of the failures is caught, of one none.
    caught = outcome | (rng.random(len(outcome)) < np.where(strata < 4, 1.0, np.where(strata == 7, 0.0, 0.05)))
    within = odds_ratio(outcome[caught], exposed[caught], strata[caught])
    over_all = odds_ratio(outcome[caught], exposed[caught])
    assert within is not None
    assert over_all is not None
    assert within.low < np.exp(0.8) < within.high
    assert over_all.low > 1.5 * np.exp(0.8)
    # The stratum without a failure tells nothing, and is not counted.
    assert within.n == (caught & (strata != 7)).sum()


def test_no_difference_is_found_as_seldom_as_stated() -> None:
    groups = pd.Categorical(generator(3, "groups").integers(0, 5, 2000))
    tests = [association(*(lambda o, e, s: (o, groups, s))(*drawn(seed, 2000))) for seed in range(200)]
    assert {test.degrees for test in tests} == {4}
    assert sum(test.p_value < 0.05 for test in tests) <= 18  # 200 draws at 5%


def test_groups_that_nothing_tells_apart_have_no_ratio() -> None:
    outcome, exposed = np.array([True] * 4), np.array([True, False] * 2)
    assert odds_ratio(outcome, exposed) is None
    assert association(outcome, pd.Categorical(exposed), np.zeros(4, dtype=int)).p_value == 1
    assert association(outcome, pd.Categorical(["a"] * 4), np.zeros(4, dtype=int)).degrees == 0


def test_the_reference_group_is_one_and_unknown_groups_are_left_out() -> None:
    outcome, exposed, strata = drawn(4, 4000)
    decided = pd.DataFrame({"success": outcome, "category": strata.astype(str), "year": 2015})
    names = np.where(exposed, "yes", "no").astype(object)
    names[:1000] = None
    table = compare_groups(decided, pd.Categorical(names, ["no", "yes", "never"]), "no")
    assert table["cell"].tolist() == ["no", "yes"]
    assert table.loc[0, ["raw", "within"]].tolist() == [1, 1]
    alone = odds_ratio(outcome[1000:], exposed[1000:], strata[1000:])
    assert alone is not None
    assert table["within"].iloc[1] == pytest.approx(alone.value)


@pytest.mark.parametrize("name", [name for name in GROUPINGS if name not in FORM])
def test_every_comparison_is_drawn_with_its_finding(world: Union, name: str) -> None:
    decided = decided_projects(world.projects)
    groups, reference = group(decided, name)
    figure, finding, table = draw_comparison(decided, name)
    assert reference in set(table["cell"])
    assert table["projects"].sum() == (groups.codes >= 0).sum()
    assert finding.startswith(f"By {GROUPINGS[name].what}, from ")
    assert len(figure.axes) == 2


def test_a_comparison_of_what_no_month_tells_says_so(world: Union) -> None:
    decided = decided_projects(world.projects)
    unknown = decided.assign(staff_pick=pd.array([None] * len(decided), dtype="boolean"))
    assert "fewer than two groups are known" in draw_comparison(unknown, "staff pick")[1]
    days = decided.assign(time_precision="day")
    assert "fewer than two groups are known" in draw_comparison(days, "hour")[1]


def test_form_is_told_by_the_groups_that_differ(world: Union) -> None:
    decided = decided_projects(world.projects)
    assert set(draw_forms(decided, FORM)[2]["of"]) == set(FORM)
    shouting = decided.assign(
        name=np.where(decided["success"], decided["name"].str.upper(), decided["name"].str.lower())
    )
    assert "success differs with capitals" in draw_forms(shouting, ["capitals", "exclamation marks"])[1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=1, max_size=80))
def test_overlap_weights_make_successes_and_failures_alike(rows: list[tuple[bool, int]]) -> None:
    outcome, strata = (np.array(column) for column in zip(*rows, strict=True))
    weights = overlap_weights(outcome, strata)
    assert ((weights >= 0) & (weights < 1)).all()
    for stratum in np.unique(strata):
        inside = strata == stratum
        assert weights[inside & outcome].sum() == pytest.approx(weights[inside & ~outcome].sum())


def test_the_prior_draws_rare_words_to_no_difference() -> None:
    delta, error = log_odds(np.array([3.0, 300.0, 697.0]), np.array([1.0, 100.0, 899.0]), np.array([4, 400, 1596]))
    assert 0 < delta[0] < delta[1] < np.log(3) + np.log(900 / 700)
    assert error[0] > error[1]
    assert abs(delta[0] / error[0]) < 2 < delta[1] / error[1]


def test_a_word_of_a_one_sided_category_is_not_mistaken_for_a_word_of_success() -> None:
    rng = generator(5, "words")
    category = rng.integers(0, 4, 6000)
    said = rng.random(6000) < 0.2
    success = (rng.random(6000) < np.where(said, 0.6, 0.4)) | (category == 3)
    blurb = np.where(said, "sturdy ", "") + np.where(category == 3, "novel", "thing").astype(object)
    decided = pd.DataFrame(
        {"name": "A", "blurb": blurb, "category": category.astype(str), "year": 2015, "success": success}
    )
    words = telling_words(decided).set_index("word")
    assert words.loc["sturdy", "p_holm"] < 0.01
    assert words.loc["sturdy", "log_odds"] > 0.3
    assert abs(words.loc["novel", "log_odds"]) < 0.1  # else some log(40)
    assert words.loc["novel", "p_holm"] > 0.05
    assert shown_words(words.reset_index())["word"].tolist()[0] == "sturdy"
    assert "“sturdy”" in draw_words(decided)[1]
    assert "No word" in draw_words(decided.assign(blurb="", name=""))[1]


def test_money_is_counted_of_successes(world: Union) -> None:
    decided = decided_projects(world.projects)
    table = raised_beyond(decided)
    assert table["share"].iloc[0] == 1
    assert table["share"].is_monotonic_decreasing
    assert table["projects"].iloc[4] == (decided.loc[decided["success"], "funded"] >= 2).sum()
    both = asked_and_raised(decided).set_index("outcome")
    assert both.loc["successful", "raised"] > both.loc["successful", "goal"]
    assert both.loc["failed", "raised"] < both.loc["failed", "goal"]
    each = pledge_per_backer(decided.assign(backers_count=0))
    assert each.empty
    for figure, *_ in (draw_money(decided), draw_beyond(decided), draw_pledges(decided)):
        title = figure.axes[0].get_title(loc="left") + figure.get_suptitle()
        assert "$" not in title.replace(r"\$", "")  # two of them would be read as a formula
    assert "$" in draw_pledges(decided)[1]


def test_transformations_tell_what_they_do_to_the_spread(world: Union) -> None:
    table = list_transformations(decided_projects(world.projects)).set_index("feature")
    goal = table.loc["goal, US dollars"]
    assert abs(goal["skewness then"]) < 1 < goal["skewness"]
    days = table.loc["days of campaign"]
    assert days["skewness"] == days["skewness then"]

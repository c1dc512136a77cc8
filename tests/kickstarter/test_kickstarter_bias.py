"""The crawl's bias: what is flagged and what is not, the probe, drift, and what a one-sided crawl does to a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.base.seeds import generator
from crowdwise.kickstarter.bias import KINDS, in_any_flagged_cell, one_sided_cells, survey_cells
from crowdwise.kickstarter.distance import (
    rate_difference,
    stability_index,
    standardised_difference,
    total_variation,
)
from crowdwise.kickstarter.drift import compare_parents, measure_drift, pairs_of_months
from crowdwise.kickstarter.exploration import decided_projects
from crowdwise.kickstarter.figures.bias import draw_categories, draw_drift, draw_probe, draw_survey
from crowdwise.kickstarter.figures.selection import draw_selection
from crowdwise.kickstarter.probe import EVERY, OUTSIDE, probe_auc, probe_months
from crowdwise.kickstarter.selection import IN_CRAWL, IN_WORLD, LONG, demonstrate
from crowdwise.kickstarter.union import Union

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(lambda counts: sum(counts) > 0)


def crawled(projects: int, *, seed: int, rate: float = 0.5, categories: int = 12) -> pd.DataFrame:
    """Projects of a crawl without bias: neither sub-category nor year nor month has a say in success."""
    rng = generator(seed, "a crawl without bias")
    return pd.DataFrame(
        {
            "category": np.array([f"games/{k}" for k in range(categories)])[rng.integers(0, categories, projects)],
            "year": rng.integers(2015, 2019, projects),
            "seen_in": np.array(["2019-01", "2020-01"])[rng.integers(0, 2, projects)],
            "success": rng.random(projects) < rate,
        }
    )


def test_a_planted_one_sided_category_is_found_and_no_other() -> None:
    decided = crawled(3000, seed=1)
    planted = decided["category"] == "games/3"
    decided.loc[planted, "success"] = True
    cells = one_sided_cells(decided, ["category"])
    assert cells.loc[cells["flagged"], "cell"].tolist() == ["games/3"]
    assert cells["failures"].iloc[0] == 0
    assert cells["projects"].iloc[0] == planted.sum()
    elsewhere = decided.loc[~planted, "success"].mean()
    assert cells["p_value"].iloc[0] == pytest.approx(elsewhere ** planted.sum())
    survey = survey_cells(decided).set_index(["month", "cells_by"])
    assert survey.loc[("all months", "sub-category"), "share"] == pytest.approx(planted.mean())
    # A year of that category is a flagged cell too, but a project in both counts once.
    assert survey.loc[("all months", "any of these"), "share"] == pytest.approx(planted.mean())
    assert survey.loc[("all months", "any of these"), "flagged"] == 1 + 4


def test_a_crawl_without_bias_flags_no_more_than_the_stated_error_rate() -> None:
    # Some thirty projects a cell at a rate of 0.9: one cell in twenty holds no failure by chance.
    crawls = [crawled(30 * 32, seed=seed, rate=0.9, categories=30) for seed in range(200)]
    tables = [one_sided_cells(crawl, ["category"], fewest=20) for crawl in crawls]
    assert sum((table["failures"] == 0).any() for table in tables) > 100
    assert sum((table["p_value"] < 0.05).any() for table in tables) > 40
    flagged = sum(table["flagged"].any() for table in tables)
    assert flagged <= 18  # 200 draws at 5%: more than 18 has a chance below 1%


def test_a_cell_with_one_failure_or_too_few_projects_is_not_flagged() -> None:
    decided = crawled(3000, seed=2)
    planted = np.flatnonzero(decided["category"] == "games/3")
    decided.loc[planted, "success"] = True
    decided.loc[planted[0], "success"] = False
    assert not one_sided_cells(decided, ["category"])["flagged"].any()
    decided.loc[planted[0], "success"] = True
    few = decided.drop(planted[29:]).reset_index(drop=True)
    assert "games/3" not in set(one_sided_cells(few, ["category"])["cell"])


def test_months_are_looked_at_alone() -> None:
    decided = crawled(4000, seed=3)
    decided.loc[(decided["seen_in"] == "2019-01") & (decided["category"] == "games/5"), "success"] = True
    survey = survey_cells(decided).set_index(["month", "cells_by"])
    assert survey.loc[("2019-01", "sub-category"), "flagged"] == 1
    assert survey.loc[("2020-01", "sub-category"), "flagged"] == 0
    assert survey.loc[("all months", "sub-category"), "flagged"] == 0


def test_projects_of_one_cell_have_nothing_to_be_compared_with() -> None:
    alone = crawled(100, seed=4, categories=1).assign(success=True)
    assert not one_sided_cells(alone, ["category"])["flagged"].any()
    assert not in_any_flagged_cell(alone.assign(year=2015)).any()


def test_the_made_up_crawl_is_one_sided_and_the_probe_sees_it(world: Union) -> None:
    decided = decided_projects(world.projects)
    survey = survey_cells(decided, fewest=15)
    assert list(survey["cells_by"][:4]) == [*KINDS, "any of these"]
    assert survey["share"].between(0, 1).all()
    probe = probe_auc(decided, seed=1, trees=40)
    assert probe.low > 0.65
    shuffled = decided.assign(success=generator(1, "shuffled").permutation(decided["success"].to_numpy()))
    assert probe_auc(shuffled, seed=1, trees=40).value == pytest.approx(0.5, abs=0.08)
    assert probe_auc(decided, seed=1, trees=40) == probe


def test_the_probe_is_asked_with_and_without_flagged_cells_and_not_of_small_months(world: Union) -> None:
    decided = decided_projects(world.projects)
    # A sub-category of which only successes were caught, as large as a fifth of all.
    planted = decided["success"] & (np.arange(len(decided)) % 3 == 0)
    decided.loc[planted, "category"] = "games/puzzles"
    probes = probe_months(decided, seed=1, trees=40)
    found = {(probe.month, probe.rows): probe.auc for probe in probes}
    assert found["all months", OUTSIDE].value < found["all months", EVERY].value
    assert found["all months", OUTSIDE].n < found["all months", EVERY].n == len(decided)
    figure, finding = draw_probe(probes)
    assert f"{found['all months', EVERY].value:.3f}" in finding
    assert figure.axes[0].get_xlabel().startswith("AUC")
    assert {probe.month for probe in probe_months(decided, seed=1, trees=5, smallest=10_000)} == {"all months"}


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_two_months_alike_do_not_differ(counts: list[int]) -> None:
    p = np.array(counts, dtype=float)
    assert total_variation(p, 3 * p) == pytest.approx(0)
    assert stability_index(p, p) == pytest.approx(0)


@settings(max_examples=50, deadline=None)
@given(COUNTS, st.randoms())
def test_shares_differ_by_a_distance(counts: list[int], random: object) -> None:
    p = np.array(counts, dtype=float)
    q = np.array(random.sample(counts, len(counts)), dtype=float)  # type: ignore[attr-defined]
    assert total_variation(p, q) == pytest.approx(total_variation(q, p))
    assert stability_index(p, q) == pytest.approx(stability_index(q, p))
    assert 0 <= total_variation(p, q) <= 1 + 1e-9
    assert stability_index(p, q) >= 0


def test_differences_are_those_of_the_textbooks() -> None:
    # Newcombe (1998), table II, row a: 56 of 70 and 48 of 80.
    assert rate_difference((56, 70), (48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    one = np.array([1.0, 2.0, 3.0, 4.0])
    assert standardised_difference(one + one.std(ddof=1), one)[0] == pytest.approx(1)
    assert total_variation(np.array([6.0, 4.0]), np.array([4.0, 6.0])) == pytest.approx(0.2)


def test_drift_is_measured_between_large_months_and_a_planted_one_is_found(world: Union) -> None:
    decided = decided_projects(world.projects)
    earlier, later = pairs_of_months(decided, 50)[0]
    assert earlier < later
    rows = (decided["seen_in"] == later) & (decided["parent_category"] == "music")
    assert rows.sum() > 10
    table = compare_parents(decided.assign(success=decided["success"] & ~rows), earlier, later, fewest=10)
    assert table["parent_category"].iloc[0] == "music"
    assert (table["later"].iloc[0], table["p_holm"].iloc[0] < 0.05) == (0, True)
    drift = measure_drift(decided, smallest=50)
    assert (drift["low"].fillna(drift["value"]) <= drift["value"]).all()
    goals = decided["goal_usd"].where(decided["seen_in"] != later, decided["goal_usd"] * 30)
    moved = measure_drift(decided.assign(goal_usd=goals), smallest=50).set_index("of")
    assert moved.loc["goal, log10", "differs"] == "much"
    assert "Fewer than two months" in draw_drift(decided[decided["seen_in"] == later])[1]


def test_what_a_one_sided_crawl_does_to_a_model() -> None:
    shown = demonstrate(1, projects=6000, trees=30)
    assert (shown.listings["crawled_rate"].iloc[:LONG] == 1).all()
    assert shown.listings["rate"].iloc[:LONG].max() < 0.55
    alone, goal, both = ("sub-category alone", "goal alone", "sub-category and goal")
    assert shown.scores[alone, IN_CRAWL].low > 0.7
    assert shown.scores[alone, IN_WORLD].value == pytest.approx(0.5, abs=0.03)
    assert shown.scores[both, IN_CRAWL].low > shown.scores[goal, IN_CRAWL].high
    assert shown.scores[both, IN_WORLD].high < shown.scores[goal, IN_WORLD].low
    assert f"{shown.scores[both, IN_WORLD].value:.2f}" in draw_selection(shown)[1]


def test_findings_say_so_when_nothing_is_flagged() -> None:
    decided = crawled(2000, seed=6).assign(parent_category="games")
    assert draw_survey(survey_cells(decided))[1].startswith("No sub-category or year is without failures")
    assert draw_categories(decided)[1].endswith("; no cell is flagged")

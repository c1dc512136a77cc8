"""Figures of looking early say what their tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from crowdwise.experiment.characteristics import tabulate_simulation
from crowdwise.experiment.comparison import Comparison
from crowdwise.experiment.figures import draw_horizons
from crowdwise.experiment.horizons import horizon_for, tabulate_horizons
from crowdwise.experiment.populations import Counts, Share
from crowdwise.experiment.sequential import rules_of, tabulate_price
from crowdwise.experiment.sequential.figures import draw_bounds, draw_errors, draw_price
from crowdwise.experiment.visits import Returning

LOOKS = np.arange(1, 6) / 5
RULES = rules_of(LOOKS)
CHOSEN = "O'Brien-Fleming spending"


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def title_of(figure) -> str:
    axes = figure.axes[0]
    assert axes.get_xlabel()
    return " ".join((axes.get_title() or axes.get_title(loc="left")).split())


def test_the_figure_of_bounds_says_what_the_first_and_last_look_ask_for():
    figure, finding = draw_bounds(RULES, CHOSEN)
    assert title_of(figure) == finding
    assert finding == (
        "O'Brien-Fleming spending asks for 4.88 standard errors at the first look and 2.03 at the last, not 1.96"
    )
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    assert lines[CHOSEN].get_ydata() == pytest.approx(RULES[CHOSEN].critical)


@pytest.mark.parametrize(
    ("observed", "ended"), [([1.0, -3.5], "stops at look 2"), ([1.0, 3.0], "goes on after 2 looks")]
)
def test_the_figure_of_bounds_says_whether_the_test_has_stopped(observed, ended):
    assert draw_bounds(RULES, CHOSEN, observed)[1].startswith(f"The test {ended}:")


def test_the_figure_of_the_price_says_what_is_lost_and_saved_and_marks_who_errs():
    table = tabulate_price(RULES)
    figure, finding = draw_price(table, CHOSEN)
    row = table.loc[CHOSEN]
    assert title_of(figure) == finding
    assert f"costs {100 * (0.8 - row['power']):.1f} points" in finding
    assert f"{100 * (1 - row['expected size']):.0f}% fewer" in finding
    assert any("but errs 14%" in text.get_text() for text in figure.axes[0].texts)
    assert "it takes 30% more" in draw_price(table, "confidence sequence")[1]


def test_the_figure_of_errors_names_the_rule_that_breaks_its_word():
    outcomes = {"goal": (Share(), 0.1), "count": (Counts(), 0.1)}
    table = tabulate_simulation(outcomes, RULES, LOOKS, experiments=1500)
    figure, finding = draw_errors(table)
    assert title_of(figure) == finding
    worst = table[table["lift"] == 0]["rejected"].max()
    assert finding.startswith("8 of 9 rules keep to 5%; peeking, unadjusted errs in ")
    assert f"{worst:.0%}" in finding
    safe = table[table["rule"] != "peeking, unadjusted"]
    assert draw_errors(safe)[1].startswith("All 8 rules keep to 5%")


def test_the_figure_of_horizons_sets_the_measured_beside_the_root_of_time():
    comparison = Comparison("hours", "players", baseline=1.0, sd=1.0)
    table = tabulate_horizons(comparison, Returning(30_000, 0.6, 5.0, 2.0, 1.5, 4.0), [7, 14, 21, 28])
    wanted = float(table["relative"].iloc[1])
    figure, finding = draw_horizons(table, comparison, wanted)
    assert title_of(figure) == finding
    assert f"is found by day {horizon_for(table, wanted)}; 28 days find {table['relative'].iloc[-1]:+.1%}" in finding
    assert "is not found within these days" in draw_horizons(table, comparison, wanted / 10)[1]

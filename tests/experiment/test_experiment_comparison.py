"""A comparison's size, power and time fit together, and its figures say what its tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from crowdwise.experiment.comparison import Comparison, tabulate_duration, tabulate_power, tabulate_sizes
from crowdwise.experiment.design import Enrolment, means_size, proportions_size
from crowdwise.experiment.figures import draw_duration, draw_power


@pytest.fixture
def share() -> Comparison:
    return Comparison("success", "creators", baseline=0.41, uptake=0.5)


@pytest.fixture
def mean() -> Comparison:
    return Comparison("games bought", "players", baseline=0.3, sd=0.8, treatment_share=0.75)


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def test_a_size_is_that_of_the_design_grown_by_the_uptake(share, mean):
    assert share.size(0.05) == proportions_size(0.41, 0.46).inflated(0.5).rounded()
    assert mean.size(0.03) == means_size(0.03 / 0.8, ratio=3).rounded()
    assert mean.size(0.03).treatment == pytest.approx(3 * mean.size(0.03).control, abs=2)


@pytest.mark.parametrize("difference", [0.02, 0.1])
def test_a_size_finds_its_difference_with_the_asked_power_and_no_much_smaller_one(share, mean, difference):
    for comparison in (share, mean):
        control = comparison.size(difference).control
        assert comparison.power_of(difference, control) == pytest.approx(0.8, abs=0.005)
        assert comparison.smallest_difference(control) == pytest.approx(difference, rel=0.01)


def test_days_are_those_of_the_whole_size(share):
    enrolment = Enrolment(per_day=100, maturity_days=60)
    assert share.days(0.05, enrolment) == enrolment.days(share.size(0.05).total)


@pytest.mark.parametrize(("asked", "why"), [({"treatment_share": 1.0}, "both arms"), ({"uptake": 0.0}, "take the")])
def test_a_comparison_that_can_not_be_is_refused(asked, why):
    with pytest.raises(ValueError, match=why):
        Comparison("x", "y", baseline=0.5, **asked)


def test_power_grows_with_size_and_difference(mean):
    table = tabulate_power(mean, {"small": 0.02, "middle": 0.03, "large": 0.06})
    assert list(table.columns) == ["control", "small", "middle", "large"]
    powers = table[["small", "middle", "large"]].to_numpy()
    assert (np.diff(powers, axis=0) > -1e-12).all()
    assert (np.diff(powers, axis=1) > -1e-12).all()
    assert table["control"].iloc[-1] == pytest.approx(1.5 * mean.size(0.03).control, rel=0.01)


def test_nothing_is_found_before_an_outcome_is_known_and_ever_less_after(share):
    enrolment = Enrolment(per_day=100, maturity_days=60, eligible=20_000)
    table = tabulate_duration(share, enrolment, weeks=52)
    assert table["weeks"].min() > 60 / 7
    assert (np.diff(table["difference"]) <= 0).all()
    assert table["relative"].to_numpy() == pytest.approx(table["difference"].to_numpy() / 0.41)
    assert table["units"].max() == 20_000
    late = table[table["units"] == 20_000]
    assert late["difference"].nunique() == 1
    assert share.size(late["difference"].iloc[0]).control == pytest.approx(10_000, abs=1)


def test_cases_are_put_side_by_side_and_impossible_ones_have_no_days(share):
    enrolment = Enrolment(per_day=100, maturity_days=60, eligible=40_000)
    table = tabulate_sizes({"easy": (share, 0.05), "hard": (share, 0.005)}, enrolment).set_index("case")
    assert table.loc["easy", "days"] == share.days(0.05, enrolment)
    assert table["days"].isna().to_dict() == {"easy": False, "hard": True}
    assert table.loc["easy", "difference between arms"] == pytest.approx(0.025)
    assert table.loc["hard", "control"] == share.size(0.005).control


def test_the_power_figure_says_its_size_and_marks_it(mean):
    needed = mean.size(0.03).control
    curves = tabulate_power(mean, {"+5%": 0.015, "+10%": 0.03})
    figure, finding = draw_power(curves, mean, "+10%", needed)
    axes = figure.axes[0]
    assert finding in (axes.get_title(), axes.get_title(loc="left"))
    assert finding == f"With {needed:,.0f} players in the control arm, 80% of tests find +10% in games bought"
    assert [text.get_text() for text in axes.texts] == ["+5%", "+10%"]
    marked = axes.lines[-1]
    assert (marked.get_xdata()[0], marked.get_ydata()[0]) == (needed, 0.8)


def test_a_difference_is_told_among_those_who_take_the_treatment_up(share):
    curves = tabulate_power(share, {"+5 points": 0.05})
    figure, finding = draw_power(curves, share, "+5 points", share.size(0.05).control)
    assert finding.endswith("find +5 points in success among the 50% who take it up")
    axes = figure.axes[0]
    assert " ".join((axes.get_title() or axes.get_title(loc="left")).split()) == finding


def test_the_duration_figure_says_when_the_wanted_difference_is_found(share):
    table = tabulate_duration(share, Enrolment(per_day=200, maturity_days=60))
    _, finding = draw_duration(table, share, 0.05)
    first = table[table["difference"] <= 0.05].iloc[0]
    assert finding.startswith(
        f"It takes {first['weeks']:.0f} weeks to find +5 points among the 50% who take it up; 26 weeks find "
    )
    _, finding = draw_duration(table, share, 0.001)
    assert finding.startswith("Even 26 weeks find ")
    assert finding.endswith("not the wanted +0.1 points")


def test_a_means_duration_is_told_relative_to_its_baseline(mean):
    table = tabulate_duration(mean, Enrolment(per_day=2000, maturity_days=14))
    figure, finding = draw_duration(table, mean, 0.03)
    assert "to find +10%;" in finding
    assert figure.axes[0].get_ylabel() == "smallest difference, % of baseline"

"""What-if curves as pictures and tables."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from crowdwise.app.curve import curve, curves, draw, shorten, tabulate, tell, ticks
from crowdwise.kickstarter.explanation import Profile

GOAL = Profile("goal", (100.0, 1000.0, 10_000.0), (0.9, 0.5, 0.1), 1, (90.0, 5000.0), (False, False, True))
DAYS = Profile("duration_days", (1, 30, 60), (0.3, 0.36, 0.2), 0, (7.0, 60.0), (True, False, False))
PREPARATION = Profile("prelaunch_days", (0, 30), (0.3, 0.36), 1, (0.0, 500.0), (False, False))


def picture(profile: Profile, currency: str = "USD") -> ElementTree.Element:
    return ElementTree.fromstring(draw(profile, currency))


def points(line: ElementTree.Element) -> list[list[float]]:
    return [[float(x) for x in point.split(",")] for point in line.attrib["points"].split()]


def test_a_goal_is_on_a_log_scale_and_chances_run_from_0_to_100() -> None:
    lines = picture(GOAL).findall("polyline")
    (first, second), (_, third) = (points(line) for line in lines)
    # A tenth of the goal is as far on either side, and 40 points are as high.
    assert second[0] - first[0] == pytest.approx(third[0] - second[0], abs=0.2)
    assert second[1] - first[1] == pytest.approx(third[1] - second[1], abs=0.2)
    assert "cw-unseen" in lines[1].attrib["class"]
    assert "cw-unseen" not in lines[0].attrib["class"]


def test_the_present_choice_is_marked_where_it_lies() -> None:
    drawn = picture(GOAL)
    dot = drawn.find("circle")
    assert dot is not None
    assert [float(dot.attrib["cx"]), float(dot.attrib["cy"])] == points(drawn.findall("polyline")[0])[1]
    assert "this draft 50\u00a0%" in [words.text for words in drawn.findall("text")]


@pytest.mark.parametrize("profile", [GOAL, DAYS])
def test_nothing_is_drawn_outside_the_picture(profile: Profile) -> None:
    drawn = picture(profile)
    across = [float(one.attrib[key]) for one in drawn.iter() for key in ("x", "x1", "x2", "cx") if key in one.attrib]
    down = [float(one.attrib[key]) for one in drawn.iter() for key in ("y", "y1", "y2", "cy") if key in one.attrib]
    assert 0 <= min(across) <= max(across) <= 340
    assert 0 <= min(down) <= max(down) <= 214


def test_a_picture_says_in_words_what_it_shows() -> None:
    drawn = picture(GOAL)
    named = {one.attrib["id"]: one.text for one in drawn if "id" in one.attrib}
    assert named[drawn.attrib["aria-labelledby"]] == "The chance by the amount asked for"
    described = named[drawn.attrib["aria-describedby"]]
    assert described == tell(GOAL, "USD")
    assert described.startswith("90\u00a0% at 100 USD, 10\u00a0% at 10,000 USD; this draft, at 1,000 USD, 50\u00a0%.")
    assert "Goal in USD, log scale" in [words.text for words in drawn.findall("text")]


def test_a_choice_beyond_what_was_seen_is_said_to_be() -> None:
    assert tell(DAYS, "USD").endswith("Few projects are like it there: 98\u00a0% lie between 7 days and 60 days.")
    assert "Few projects" not in tell(GOAL, "USD")
    assert "at 1 day," in tell(DAYS, "USD")


def test_the_table_has_both_ends_and_the_present_choice() -> None:
    many = Profile("duration_days", tuple(range(1, 61)), tuple(k / 100 for k in range(60)), 37, None, (False,) * 60)
    rows = re.findall(r"<th scope=row>(.*?)</th><td>(.*?)</td>", tabulate(many, ""))
    assert rows[0] == ("1 day", "0\u00a0%")
    assert rows[-1] == ("60 days", "59\u00a0%")
    assert ("38 days (this draft)", "37\u00a0%") in rows
    assert len(rows) <= 10


def test_goal_and_duration_have_a_curve_each_and_what_cant_vary_has_none() -> None:
    markup = curves([GOAL, DAYS, PREPARATION], "USD")
    assert markup.count("<svg") == 2
    assert curves([PREPARATION], "USD") == ""
    assert curves([Profile("goal", (5.0,), (0.5,), 0, None, (False,))], "USD") == ""


def test_a_currency_is_text() -> None:
    assert "<X>" not in curve(GOAL, "<X>")


@pytest.mark.parametrize(
    ("low", "high", "log", "wanted"),
    [
        (50, 200_000, True, [100, 1000, 10_000, 100_000]),
        (100, 1000, True, [100, 1000]),
        (1, 1e12, True, [1, 1e3, 1e6, 1e9, 1e12]),
        (2000, 9000, True, [2000, 4000, 6000, 8000]),
        (7, 60, False, [10, 20, 30, 40, 50, 60]),
        (1, 60, False, [10, 20, 30, 40, 50, 60]),
    ],
)
def test_axes_have_few_round_numbers(low: float, high: float, log: bool, wanted: list[float]) -> None:
    assert ticks(low, high, log=log) == pytest.approx(wanted)


def test_long_numbers_are_short_on_an_axis() -> None:
    assert [shorten(x) for x in (0.5, 50, 1000, 2500, 1e6, 1e12)] == ["0.5", "50", "1k", "2.5k", "1M", "1T"]


@pytest.mark.parametrize("present", range(3))
@pytest.mark.parametrize("chances", [(0.86, 0.6, 0.15), (0.02, 0.01, 0.01), (0.99, 0.98, 0.99), (0.3, 0.36, 0.2)])
def test_the_words_at_the_present_choice_stay_off_the_curve(chances: tuple[float, ...], present: int) -> None:
    drawn = picture(Profile("duration_days", (1, 30, 60), chances, present, None, (False,) * 3))
    (words,) = [one for one in drawn.findall("text") if one.attrib["class"] == "cw-now-words"]
    across, down = float(words.attrib["x"]), float(words.attrib["y"])
    wide = 7 * len(words.text or "") * (1 if words.attrib["text-anchor"] == "start" else -1)
    line = points(drawn.findall("polyline")[0])
    met = np.interp(np.linspace(*sorted((across, across + wide)), 50), *zip(*line, strict=True))
    # Letters reach ten above their line and three below it.
    assert (met < down - 10).all() or (met > down + 3).all()

"""Owned against played, and who reviews: shares and medians with intervals, and nothing claimed of nobody."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from crowdwise.base.statistics import proportion_interval
from crowdwise.steam.figures.played import draw_owned_and_played, tell_played
from crowdwise.steam.figures.reviews import NOBODY, draw_posted, draw_reviewed, draw_reviewers
from crowdwise.steam.played import (
    list_bought_not_played,
    list_long_played,
    measure_played,
    median_interval,
    tabulate_played,
)
from crowdwise.steam.reviewers import compare_reviewers, count_reviewed, count_reviews, measures
from crowdwise.steam.schemas import DATE


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def panel(**minutes: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the tables of games by the minutes that each owner played them."""
    owned = pd.DataFrame(
        [(f"p{k}", game, value) for game, values in minutes.items() for k, value in enumerate(values)],
        columns=pd.Index(["player_id", "game_id", "minutes_total"]),
    )
    games = pd.DataFrame(
        {
            "game_id": list(minutes),
            "name": list(minutes),
            "owners": [len(values) for values in minutes.values()],
            "players": [sum(value > 0 for value in values) for values in minutes.values()],
            "price": 9.99,
            "is_game": True,
            "twin_of": None,
        }
    )
    return games, owned


def test_a_games_share_and_hours_come_with_intervals():
    games, owned = panel(chess=[0] * 15 + [60] * 5 + [180] * 5 + [600] * 5, rare=[60] * 19)
    table = measure_played(games, owned, level=0.95)
    assert table["name"].tolist() == ["chess"]
    share = proportion_interval(15, 30)
    assert table[["share", "low", "high"]].iloc[0].tolist() == [share.value, share.low, share.high]
    assert table[["hours", "hours_low", "hours_high"]].iloc[0].tolist() == [3.0, 1.0, 10.0]


def test_a_median_has_the_interval_of_order_statistics():
    # Ten values: the second and the ninth hold the median with probability 1 - 2 * 11 / 1024 (Conover, table A3).
    estimate = median_interval(np.arange(10, 0, -1), level=0.95)
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (5.5, 2, 9, 10)
    rng = np.random.default_rng(3)
    held = [median_interval(rng.exponential(size=25), level=0.95) for _ in range(2000)]
    assert np.mean([e.low <= np.log(2) <= e.high for e in held]) >= 0.95
    assert median_interval(np.array([1.0, 4.0]), level=0.95).low == 1.0
    with pytest.raises(ValueError, match="needs a value"):
        median_interval(np.array([]), level=0.95)


def test_few_owners_do_not_make_a_game_the_least_played():
    games, owned = panel(few=[0] * 20 + [60], many=[0] * 900 + [60] * 100)
    table = measure_played(games, owned, level=0.95)
    assert table.set_index("name").loc["few", "share"] < 0.1
    assert list_bought_not_played(table, known=1.0)["name"].tolist() == ["many", "few"]


def test_the_widely_owned_and_the_little_owned_are_listed_apart():
    minutes = {f"big{k}": [0] * (200 - k) + [60] * k for k in range(10)}
    minutes |= {f"small{k}": [6000 * (k + 1)] * 20 for k in range(10)} | {"lone": [0] * 25 + [90_000] * 5}
    games, owned = panel(**minutes)
    table = measure_played(games, owned, level=0.95)
    assert list_bought_not_played(table, most=2, known=0.5)["name"].tolist() == ["big0", "big1"]
    # "lone" is played longest, but by five players only.
    assert list_long_played(table, most=2)["name"].tolist() == ["small9", "small8"]
    rows = tabulate_played(list_long_played(table, most=1)).iloc[0]
    assert rows["median hours where played"] == "1000.0 (1000.0 to 1000.0)"
    assert tell_played(table).startswith("0% of the owners of big0 ever played it; small9, owned by 20, is played 1000")


def test_no_game_widely_owned_is_drawn_without_a_claim():
    figure, finding = draw_owned_and_played(measure_played(*panel(rare=[60] * 3), level=0.95))
    assert finding == "No game is owned widely enough to compare"
    figure.draw_without_rendering()


PLAYERS = pd.DataFrame(
    {
        "player_id": [f"p{k}" for k in range(100)] + ["empty"],
        "games": [10] * 50 + [100] * 50 + [0],
        "games_played": [5] * 50 + [80] * 50 + [0],
        "minutes_total": [600] * 50 + [60_000] * 50 + [0],
    }
)


def write(authors: list[str | None], days: list[dt.date | None] | None = None) -> pd.DataFrame:
    days = days or [dt.date(2014, 5, 1)] * len(authors)
    return pd.DataFrame(
        {
            "player_id": pd.Series(authors, dtype="str"),
            "game_id": pd.Series([str(k) for k in range(len(authors))], dtype="str"),
            "recommend": True,
            "posted_on": pd.Series(days).astype(DATE),
            "posted_precision": ["none" if day is None else "day" for day in days],
        }
    )


def test_reviewers_are_told_by_what_they_own_and_play():
    counted = count_reviews(PLAYERS, write(["p60", "p60", "p61", "p1", "empty", None]))
    assert len(counted) == 100
    assert counted["reviews"].sum() == 4
    table = compare_reviewers(counted)
    assert table["number"].tolist() == [3, 97]
    assert table["median games"].tolist() == [100, 10]
    assert table["share played"].tolist() == ["80%", "50%"]
    assert table["most"].tolist() == [2, 0]
    found = measures(counted, level=0.95)
    assert found["reviewing_players"] == proportion_interval(3, 100)
    assert found["reviews_per_reviewer"] == pytest.approx(4 / 3)
    finding = draw_reviewers(counted, level=0.95, parts=2)[1]
    assert finding == "2% of the players with the fewest games review, 4% of those with the most"


def test_copies_are_counted_by_time_played_and_reviewed_once():
    owned = pd.DataFrame(
        {"player_id": "p1", "game_id": [str(k) for k in range(6)], "minutes_total": [0, 60, 61, 9000, 9000, 1]}
    )
    reviews = pd.concat([write(["p1"] * 4), write(["p1"] * 4), write([None] * 6)])
    copies = count_reviewed(owned, reviews)
    assert copies.loc[["not at all", "up to 1 h", "1-5 h", "over 100 h"], "copies"].tolist() == [1, 2, 1, 2]
    assert copies.loc[["not at all", "up to 1 h", "1-5 h", "over 100 h"], "reviewed"].tolist() == [1, 1, 1, 1]
    assert copies["copies"].sum() == 6


def test_long_played_copies_are_reviewed_more_often():
    copies = pd.DataFrame(
        {"copies": [500, 1000, 50], "reviewed": [0, 10, 10]}, index=["not at all", "up to 1 h", "over 100 h"]
    )
    finding = draw_reviewed(copies, level=0.95)[1]
    assert finding == "A copy played over 100 h is reviewed 20 times as often as one played up to 1 h"
    copies.loc["over 100 h", "reviewed"] = 1
    assert "reviewed 2.0 times as often" in draw_reviewed(copies, level=0.95)[1]


def test_reviews_without_a_year_stand_apart():
    days = [dt.date(2013, 2, 1), *[dt.date(2014, 12, 31)] * 4, None, None, None]
    figure, finding = draw_posted(write(["p1"] * 8, days))
    assert finding == "80% of the dated reviews are of 2014; 38% of all bear no full date"
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == [1, 0, 0, 0, 0, 0, 0, 4, 3]


def test_nobody_reviewing_is_said_and_not_a_crash():
    counted = count_reviews(PLAYERS, write([]))
    assert compare_reviewers(counted)["players"].tolist() == ["who don't"]
    assert measures(counted, level=0.95)["reviewing_players"] == proportion_interval(0, 100)
    assert draw_reviewers(counted, level=0.95)[1] == NOBODY
    owned = pd.DataFrame({"player_id": ["p1"], "game_id": ["1"], "minutes_total": [90]})
    assert draw_reviewed(count_reviewed(owned, write([])), level=0.95)[1] == NOBODY
    assert draw_reviewed(count_reviewed(owned.head(0), write([])), level=0.95)[1] == NOBODY
    assert draw_posted(write([]))[1] == "0% of all bear no full date"
    assert draw_posted(write(["p1"], [None]))[1] == "100% of all bear no full date"


def test_one_player_is_drawn():
    counted = count_reviews(PLAYERS.head(1), write(["p0"]))
    assert draw_reviewers(counted, level=0.95)[1].startswith("100% of the players with the fewest games review")

"""Prices and dates: what they mean, and how precisely they are known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.steam.dates import parse_posted, parse_release
from crowdwise.steam.kinds import is_game
from crowdwise.steam.prices import Price, parse_dollars, parse_price


@pytest.mark.parametrize(
    ("value", "price", "meaning", "text"),
    [
        (4.99, 4.99, "amount", None),
        (0, 0.0, "amount", None),
        (None, None, "missing", None),
        ("", None, "missing", None),
        ("Free", 0.0, "free", "Free"),
        ("Free To Play", 0.0, "free", "Free To Play"),
        ("Free HITMAN™ Holiday Pack", 0.0, "free", "Free HITMAN™ Holiday Pack"),
        ("Play the Demo", 0.0, "free", "Play the Demo"),
        ("Install Now", 0.0, "free", "Install Now"),
        ("Starting at $1,499.00", 1499.0, "from", "Starting at $1,499.00"),
        ("Third-party", None, "unpriced", "Third-party"),
        ("Freedom Pack", None, "unpriced", "Freedom Pack"),
        (-1.0, None, "unpriced", "-1.0"),
        (float("nan"), None, "unpriced", "nan"),
        (True, None, "missing", None),
    ],
)
def test_prices_are_numbers_free_or_words(value, price, meaning, text):
    assert parse_price(value) == Price(price, meaning, text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("$66.46", 66.46), ("$1,234.50", 1234.5), ("$0", 0.0), ("66.46", None), ("", None), (None, None)],
)
def test_dollars_are_read_whole_or_not_at_all(text, amount):
    assert parse_dollars(text) == amount


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2018-01-04", (2018, 1, 4), "day"),
        ("21 Jun, 2017", (2017, 6, 21), "day"),
        ("15.01.2018", (2018, 1, 15), "day"),
        ("Jun 2009", (2009, 6, 1), "month"),
        ("January 2019", (2019, 1, 1), "month"),
        ("Январь 2018", (2018, 1, 1), "month"),
        ("2018年1月", (2018, 1, 1), "month"),
        ("Q2 2017", (2017, 4, 1), "quarter"),
        ("2017 Q4", (2017, 10, 1), "quarter"),
        ("Q1 (ish), 2017", (2017, 1, 1), "quarter"),
        ("First quarter of 2018", (2018, 1, 1), "quarter"),
        ("1st Quarter 2018", (2018, 1, 1), "quarter"),
        ("2017", (2017, 1, 1), "year"),
        ("2017-02-30", (2017, 1, 1), "year"),
        ("Winter 2017", (2017, 1, 1), "year"),
        ("2018年初頭発売予定", (2018, 1, 1), "year"),
        ("When it's done (2017)", (2017, 1, 1), "year"),
    ],
)
def test_release_dates_keep_the_precision_they_have(text, day, precision):
    assert parse_release(text) == (dt.date(*day), precision)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Soon..",
            "TBA",
            "14 July",
            "Late 2016 - Early 2017",
            "预热群52756441",
            "",
            None,
            2017,
            "Foo 1",
        ),
        "0̵1̴0̵0̶1̷0̶0̵0̴",
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_release(text) == (None, "none")


@given(st.text())
def test_any_text_has_a_release_date_or_none(text):
    date, precision = parse_release(text)
    assert (date is None) == (precision == "none")


@given(st.dates(dt.date(1970, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_back(day):
    assert parse_release(day.isoformat()) == (day, "day")
    assert parse_posted(f"Posted {day:%B} {day.day}, {day.year}.") == (day, "day")


@pytest.mark.parametrize("text", ["Posted July 10.", "Posted February 29."])
def test_a_review_without_a_year_has_no_date(text):
    assert parse_posted(text) == (None, "month_day")


@pytest.mark.parametrize("text", ["", None, "Posted Juli 10, 2011.", "Posted February 30, 2011.", "November 5, 2011"])
def test_what_is_no_review_date_is_none(text):
    assert parse_posted(text) == (None, "none")


@pytest.mark.parametrize(
    ("name", "genres", "specs", "listed", "expected"),
    [
        ("Dota 2 Test", [], [], False, False),
        ("The Turing Test", ["Adventure"], ["Single-player"], True, True),
        ("Test Drive Unlimited 2", ["Racing"], [], False, True),
        ("Left 4 Dead 2 Beta", [], [], False, False),
        ("Lambda Wars Beta", ["Strategy"], [], True, True),
        ("Lambda Wars Dedicated Server", [], [], True, False),
        ("Killing Floor 2 - SDK", [], [], False, False),
        ("Trash TV (demo)", [], [], False, False),
        ("Curvatron - Soundtrack", ["Indie"], [], True, False),
        ("DLC Quest", ["Indie"], [], True, True),
        ("3DMark", ["Utilities"], [], True, False),
        ("GameGuru", ["Utilities", "Early Access"], [], True, False),
        ("Prototype", ["Utilities", "Action"], [], True, True),
        ("Some Early Thing", ["Early Access"], [], True, True),
        ("Mission Pack", ["Action"], ["Downloadable Content"], True, False),
        ("Pro Bowl", ["Sports"], ["Game demo"], True, False),
    ],
)
def test_what_is_a_game_is_told_by_catalogue_and_name(name, genres, specs, listed, expected):
    assert is_game(name, genres, specs, listed) is expected

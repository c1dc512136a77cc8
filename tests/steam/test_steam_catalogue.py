"""Catalogue, reviews and bundles: typed, with entities resolved, and counted."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.steam.bundles import read_bundles
from crowdwise.steam.catalogue import build_games, read_catalogue
from crowdwise.steam.madeup.literals import python2
from crowdwise.steam.reviews import read_reviews
from crowdwise.steam.schemas import check

OWNED = pd.DataFrame({"game_id": ["10", "10", "99"], "minutes_total": [5, 0, 7]})


def review(item_id="10", posted="Posted November 5, 2011.", recommend=True, **more):
    return {"item_id": item_id, "posted": posted, "recommend": recommend} | more


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers() | st.floats(0, 1e6),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_python_2_printed_is_read_back(value):
    import ast

    assert ast.literal_eval(python2(value)) == value


def test_a_game_is_typed_and_its_entities_are_resolved(write_lines):
    path = write_lines(
        [
            b"{u'id': u'10', u'app_name': u'What&#146;s \\u2603 &amp; More', u'genres': [u'Design &amp; Illustration'],"
            b" u'price': u'Free Demo', u'release_date': u'Q2 2017', u'metascore': u'NA', u'early_access': True,"
            b" u'developer': u'A &amp; B', u'publisher': u''}"
        ]
    )
    (row,), _ = read_catalogue(path)
    assert row["name"] == "What’s ☃ & More"
    assert row["genres"] == ["Design & Illustration"]
    assert (row["price"], row["price_meaning"], row["price_text"]) == (0.0, "free", "Free Demo")
    assert (row["released_on"], row["release_precision"]) == (dt.date(2017, 4, 1), "quarter")
    assert (row["metascore"], row["early_access"]) == (None, True)
    assert (row["developer"], row["publisher"]) == ("A & B", None)


def test_a_missing_id_is_taken_from_the_url_and_a_second_one_is_dropped(write_lines):
    url = "http://store.steampowered.com/app/"
    path = write_lines([{"url": f"{url}20"}, {"id": "20", "app_name": "B"}, {"url": "http://store.steampowered.com/"}])
    rows, tally = read_catalogue(path, max_reject_share=0.0)
    assert [row["game_id"] for row in rows] == ["20"]
    assert tally.dropped == {"id seen before": 1, "no id, and none in the store URL": 1}
    assert tally.balances


def test_owned_and_reviewed_games_that_are_not_listed_get_a_row_too(write_lines):
    rows, _ = read_catalogue(write_lines([{"id": "10", "app_name": "Listed"}, {"id": "20"}]))
    games = build_games(rows, {"10": "Other name", "99": "Rock &amp; Roll Test"}, OWNED, {"10", "5"})
    check("games", games)
    assert games["game_id"].tolist() == ["10", "20", "99", "5"]
    assert games["name"].tolist() == ["Listed", "App 20", "Rock & Roll Test", "App 5"]
    assert games["in_catalogue"].tolist() == [True, True, False, False]
    assert games["owners"].tolist() == [2, 0, 1, 0]
    assert games["players"].tolist() == [1, 0, 1, 0]
    assert games["is_game"].tolist() == [True, True, False, True]


def test_exact_repeats_of_a_review_are_dropped_and_others_kept(write_lines):
    path = write_lines(
        [
            {"user_id": "a", "reviews": [review(), review(), review(posted="Posted July 10."), review("20", "")]},
            {"user_id": "stranger", "reviews": [review()]},
        ]
    )
    table, (lines, reviews) = read_reviews(path, {"a": "7"})
    check("reviews", table)
    assert table["posted_precision"].tolist() == ["day", "month_day", "none", "day"]
    assert table["player_id"].fillna("nobody").tolist() == ["7", "7", "7", "nobody"]
    assert table["posted_on"].tolist()[0] == dt.date(2011, 11, 5)
    assert (reviews.read, reviews.kept, reviews.dropped) == (5, 4, {"exact repeat": 1})
    assert lines.balances
    assert reviews.balances


@pytest.mark.parametrize("fault", [{"item_id": None}, {"recommend": "yes"}])
def test_a_review_that_can_not_be_read_is_counted(write_lines, fault):
    path = write_lines([{"user_id": "a", "reviews": [review(), review("30") | fault]}])
    with pytest.raises(Problem, match="1 of 2 reviews can't be read"):
        read_reviews(path, {})
    table, tallies = read_reviews(path, {}, max_reject_share=0.5)
    assert len(table) == 1
    assert all(tally.balances for tally in tallies)


def test_bundle_items_without_id_and_repeats_are_dropped_and_prices_are_numbers(write_lines):
    items = [{"item_id": "1", "item_name": "A &amp; B"}, {"item_id": ""}, {"item_id": "1"}, {"item_id": "2"}]
    bundle = {"bundle_id": "9", "bundle_name": "All &amp; more", "items": items}
    path = write_lines([bundle | {"bundle_price": "$1,073.86", "bundle_final_price": "?"}])
    table, tallies = read_bundles(path)
    check("bundles", table)
    assert table["game_name"].tolist() == ["A & B", ""]
    assert table["bundle_name"].unique().tolist() == ["All & more"]
    assert table["price"].tolist() == [1073.86, 1073.86]
    assert table["final_price"].isna().all()
    assert tallies[1].dropped == {"item_id is empty": 1, "game seen before in this bundle": 1}
    assert all(tally.balances for tally in tallies)


def test_a_table_that_is_not_as_its_schema_says_is_a_problem():
    table = pd.DataFrame({"bundle_id": ["1"]}).astype("str")
    with pytest.raises(Problem, match=r"the table bundles is not what its schema says"):
        check("bundles", table)

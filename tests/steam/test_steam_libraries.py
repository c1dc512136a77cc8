"""Libraries: whatever names and ids hold, they come back as they were; repeats are united, nothing is lost."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.steam.libraries import read_libraries


def line(steam_id, items, user_id=None, **more):
    games = [
        {"item_id": game, "item_name": name, "playtime_forever": total, "playtime_2weeks": recent}
        for game, name, total, recent in items
    ]
    return {"user_id": user_id or steam_id, "items_count": len(games), "steam_id": steam_id, "items": games} | more


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["Garry's Mod", '"Glow Ball"', 'It\'s "both"', "Major\\Minor", "a\nb\tc\x00\x85\u2028", "鱼", "😀", "\x99\xa0"]
)
minutes = st.integers(0, 2**31 - 1)
items = st.lists(st.tuples(st.integers(1, 60).map(str), names, minutes, minutes), max_size=8, unique_by=lambda i: i[0])
ids = st.integers(76561190000000000, 76561199999999999).map(str)
panels = st.lists(st.tuples(ids, items), min_size=1, max_size=6, unique_by=lambda p: p[0])


@settings(max_examples=60, deadline=None)
@given(panels)
def test_any_library_survives_the_round_trip(panel):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "users_items.json.gz"
        lines = b"".join(repr(line(*player)).encode() + b"\n" for player in panel)
        path.write_bytes(gzip.compress(lines))
        read = read_libraries(path)
    assert read.players["player_id"].tolist() == [player for player, _ in panel]
    rows = [(player, game, total, recent) for player, owned in panel for game, _, total, recent in owned]
    assert list(read.owned.itertuples(index=False, name=None)) == rows
    first = {}
    for _, owned in panel:
        for game, name, _, _ in owned:
            first.setdefault(game, name)
    assert read.names == first
    assert read.players["games"].tolist() == [len(owned) for _, owned in panel]
    assert read.players["minutes_total"].tolist() == [sum(item[2] for item in owned) for _, owned in panel]
    assert all(tally.balances for tally in read.tallies)


def test_repeated_players_are_united_with_the_longer_times(write_lines):
    path = write_lines(
        [
            line("76561190000000001", [("10", "A", 5, 1), ("20", "B", 9, 0)], user_id="first"),
            line("76561190000000002", [("10", "A", 0, 0)]),
            line("76561190000000001", [("20", "B", 4, 3), ("30", "C", 1, 0)], user_id="second"),
        ]
    )
    read = read_libraries(path)
    assert list(read.owned.itertuples(index=False, name=None)) == [
        ("76561190000000001", "10", 5, 1),
        ("76561190000000001", "20", 9, 3),
        ("76561190000000001", "30", 1, 0),
        ("76561190000000002", "10", 0, 0),
    ]
    assert read.players[["user_id", "games", "games_played"]].to_numpy().tolist() == [
        ["first", 3, 3],
        ["76561190000000002", 1, 0],
    ]
    assert read.known_as["second"] == "76561190000000001"
    lines, games = read.tallies
    assert lines.dropped == {"player seen before: united with the first line": 1}
    assert (games.read, games.kept) == (5, 4)
    assert read.facts["players: known by more than one user_id"] == (1, 2)


def test_neighbouring_ids_above_2_to_the_53rd_stay_two_players(write_lines):
    path = write_lines([line("76561198000000001", []), line("76561198000000002", [])])
    assert read_libraries(path).players["player_id"].nunique() == 2


@pytest.mark.parametrize("user_id", ["0123", "23434454365463446754546576e45646", "007", "1e5"])
def test_ids_that_look_like_numbers_stay_text(write_lines, user_id):
    read = read_libraries(write_lines([line("76561190000000001", [("10", "A", 1, 0)], user_id=user_id)]))
    assert read.players["user_id"].tolist() == [user_id]


def test_players_without_games_are_kept(write_lines):
    read = read_libraries(write_lines([line("76561190000000001", []), line("76561190000000002", [("10", "A", 1, 0)])]))
    assert read.players["games"].tolist() == [0, 1]
    assert read.facts["players: the library is empty"] == (1, 2)


@pytest.mark.parametrize(
    "fault",
    [
        {"item_id": 10},
        {"item_id": ""},
        {"item_name": None},
        {"playtime_forever": -1},
        {"playtime_forever": "5"},
        {"playtime_2weeks": 1.5},
        {"playtime_forever": 2**31},
    ],
)
def test_an_item_that_can_not_be_read_is_dropped_alone_and_counted(write_lines, fault):
    good = {"item_id": "10", "item_name": "A", "playtime_forever": 1, "playtime_2weeks": 0}
    record = {"user_id": "u", "steam_id": "7", "items": [good, {**good, "item_id": "20", **fault}]}
    path = write_lines([record])
    with pytest.raises(Problem, match="1 of 2 owned games can't be read"):
        read_libraries(path)
    read = read_libraries(path, max_reject_share=0.5)
    assert read.owned["game_id"].tolist() == ["10"]
    assert read.tallies[1].balances


def test_an_empty_steam_id_is_no_player(write_lines):
    path = write_lines([line("76561190000000001", []), line(" ", [], user_id="u")])
    read = read_libraries(path, max_reject_share=0.5)
    assert len(read.players) == 1
    assert read.tallies[0].balances


def test_other_records_are_no_libraries(write_lines):
    with pytest.raises(Problem, match="without user_id"):
        read_libraries(write_lines([{"bundle_id": "1"}]))

"""Editions and series, on names everybody knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.steam.series import edition_key, series_key

EDITIONS = [
    ("Portal 2", "PORTAL™ 2 - Game of the Year Edition"),
    ("BioShock™", "BioShock™ Remastered"),
    ("DARK SOULS", "DARK SOULS™: Prepare To Die™ Edition"),
    ("The Witcher", "The Witcher: Enhanced Edition Director's Cut"),
    ("Company of Heroes (New Steam Version)", "Company of Heroes - Legacy Edition"),
    ("Call of Duty®: Black Ops II", "Call of Duty: Black Ops II - Multiplayer"),
    ("Another World", "Another World – 20th Anniversary Edition"),
    ("Metro 2033", "Metro 2033 Redux"),
    ("Dota 2", "Dota 2 Test"),
    ("The Elder Scrolls IV: Oblivion", "The Elder Scrolls IV: Oblivion® Game of the Year Edition"),
    ("Doom 3", "DOOM 3: BFG Edition"),
    ("Grim Fandango", "Grim Fandango Remastered"),
    ("Half-Life Demo", "Half-Life"),
]
SERIES = [
    ("Portal", "Portal 2"),
    ("Left 4 Dead", "Left 4 Dead 2"),
    ("Half-Life", "Half-Life 2: Lost Coast"),
    ("Counter-Strike", "Counter-Strike: Global Offensive"),
    ("Sid Meier's Civilization® V", "Sid Meier's Civilization® III Complete"),
    ("Civilization IV: Beyond the Sword", "Sid Meier's Civilization® IV"),
    ("The Elder Scrolls V: Skyrim", "The Elder Scrolls III: Morrowind® Game of the Year Edition"),
    ("Grand Theft Auto V", "Grand Theft Auto: San Andreas"),
    ("Football Manager 2012", "Football Manager 2015"),
    ("NBA 2K14", "NBA 2K16"),
    ("Life is Strange - Episode 1", "Life is Strange: Before the Storm"),
    ("F.E.A.R. 3", "F.E.A.R. 2: Project Origin"),
    ("Arma 2", "Arma II: DayZ Mod"),
]
APART = [
    ("Portal", "Portal of Evil: Stolen Runes Collector's Edition"),
    ("Half-Life", "Half-Life Deathmatch: Source"),
    ("Counter-Strike", "Counter-Strike Nexon: Zombies"),
    ("Dead Island", "Dead Space"),
    ("2048", "1849"),
    ("Lead and Gold: Gangs of the Wild West", "Leadwerks"),
]


@pytest.mark.parametrize(("one", "other"), EDITIONS)
def test_editions_of_a_game_are_one_game(one: str, other: str) -> None:
    assert edition_key(one) == edition_key(other)
    assert series_key(one) == series_key(other)


@pytest.mark.parametrize(("one", "other"), SERIES)
def test_sequels_are_other_games_of_one_series(one: str, other: str) -> None:
    assert series_key(one) == series_key(other)
    assert edition_key(one) != edition_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_only_begins_alike_is_no_series(one: str, other: str) -> None:
    assert series_key(one) != series_key(other)


@pytest.mark.parametrize("name", ["Demo", "™", "", "2", "V", "Gold Edition", "ロックマン", "C:\\raft", ":", "(beta)"])
def test_a_name_of_nothing_else_keeps_something(name: str) -> None:
    assert bool(series_key(name)) == bool(edition_key(name)) == bool(name)


@given(st.text(max_size=30))
def test_any_name_has_keys_that_do_not_depend_on_case_of_plain_letters(name: str) -> None:
    assert bool(edition_key(name)) == bool(name)
    assert bool(series_key(name)) == bool(name)
    if name.isascii():
        assert series_key(name.upper()) == series_key(name.lower())

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.app.search import Search, fold

NAMES = [
    "Portal",
    "Portal 2",
    "Bridge Constructor Portal",
    "Don't Starve",
    "Café International",
    "Teleportal",
    "Sid Meier's Civilization® V",
    "§§",
]
SEARCH = Search([str(k) for k in range(len(NAMES))], NAMES, [5, 9, 1, 2, 3, 4, 6, 0])


def found(words: str) -> list[str]:
    return [NAMES[int(key)] for key in SEARCH.find(words)]


def test_the_same_name_comes_first_then_beginnings_then_words_then_the_rest() -> None:
    assert found("portal") == ["Portal", "Portal 2", "Bridge Constructor Portal", "Teleportal"]


def test_of_equal_matches_the_better_known_comes_first() -> None:
    assert found("po")[:2] == ["Portal 2", "Portal"]


@pytest.mark.parametrize("words", ["dont starve", "DON'T STARVE", "don’t  starve", " starve"])
def test_case_quotes_and_spaces_do_not_matter(words: str) -> None:
    assert found(words) == ["Don't Starve"]


def test_accents_and_signs_need_not_be_typed() -> None:
    assert found("cafe") == ["Café International"]
    assert found("civilization v") == ["Sid Meier's Civilization® V"]


def test_a_name_of_signs_only_can_be_found() -> None:
    assert found("§§") == ["§§"]


def test_nothing_typed_finds_nothing() -> None:
    assert found("   ") == []


def test_no_more_are_given_than_asked_for() -> None:
    assert len(SEARCH.find("o", n=2)) == 2


@given(st.text())
def test_any_words_can_be_folded_and_looked_for(words: str) -> None:
    assert fold(fold(words)) == fold(words)
    SEARCH.find(words)


@given(st.text(min_size=1).filter(lambda name: name.strip()))
def test_every_game_is_found_by_its_own_name(name: str) -> None:
    assert Search(["1"], [name], [1.0]).find(name) == ["1"]

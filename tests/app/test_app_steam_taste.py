"""A player's taste: the finding, the shares behind it, and their picture."""

from __future__ import annotations

import numpy as np
import pytest

from crowdwise.app.remarks import speaks_most, well_known
from crowdwise.app.shown import Answer, Because, Game, Shown
from crowdwise.app.taste import Crowd, Leaning, Taste
from crowdwise.app.taste_picture import taste_picture

ROWS = [
    {"game_id": "1", "name": "One", "genres": ["Action"], "owners": 40, "players": 30},
    {"game_id": "2", "name": "Two", "genres": ["Action", "RPG"], "owners": 40, "players": 10},
    {"game_id": "3", "name": "Three", "genres": ["RPG"], "owners": 20, "players": 10},
    {"game_id": "4", "name": "Four", "genres": [], "owners": 500, "players": 500},
]
CROWD = Crowd(ROWS)


def games(genre: str, n: int, first: int = 0) -> list[Game]:
    return [Game(str(first + k), f"Game {first + k}", (genre,)) for k in range(n)]


def taste_of(minutes: dict[Game, float | None]) -> Taste:
    taste = CROWD.compare(minutes)
    assert taste is not None
    return taste


def test_all_players_games_are_weighed_by_how_many_play_them() -> None:
    taste = taste_of(dict.fromkeys(games("Action", 5)))
    assert {one.genre: one.all for one in taste.leanings} == pytest.approx({"Action": 0.8, "RPG": 0.4})
    assert {one.genre: one.mine for one in taste.leanings} == {"Action": 1.0, "RPG": 0.0}


def test_what_stands_out_is_the_finding_and_comes_first() -> None:
    taste = taste_of(dict.fromkeys(games("RPG", 10)))
    assert taste.finding == "You play more RPG than most"
    assert taste.leanings[0].genre == "RPG"


def test_what_is_shunned_is_the_finding_where_nothing_stands_out() -> None:
    assert taste_of(dict.fromkeys(games("Action", 12))).finding == "You play less RPG than most"


def test_a_difference_that_chance_would_make_is_none() -> None:
    mixed = games("Action", 7) + games("RPG", 4, first=10)
    assert taste_of(dict.fromkeys(mixed)).finding == "You play much the same genres as everyone"


def test_few_libraries_drawn_by_chance_alone_are_said_to_lean() -> None:
    """Each of six genres has its chance to stand out, so that two standard errors would call out every fifth."""
    generator = np.random.default_rng(6)
    shares = {"Action": 0.5, "Indie": 0.4, "Adventure": 0.3, "Strategy": 0.25, "RPG": 0.2, "Casual": 0.1}
    shop = []
    for k in range(4000):
        genres = tuple(genre for genre, share in shares.items() if generator.random() < share) or ("Action",)
        shop.append(Game(str(k), f"Game {k}", genres))
    crowd = Crowd([{"game_id": g.game_id, "name": g.name, "genres": list(g.genres), "owners": 1} for g in shop])
    called = 0
    for _ in range(1000):
        library = [shop[k] for k in generator.choice(len(shop), 40, replace=False)]
        taste = crowd.compare(dict.fromkeys(library))
        assert taste is not None
        called += "same genres" not in taste.finding
    assert 20 < called < 100


def test_a_few_games_tell_no_taste() -> None:
    assert taste_of(dict.fromkeys(games("RPG", 4))).finding == "Too few games to tell your taste from everyone's"


def test_games_never_played_count_only_where_none_was() -> None:
    played: dict[Game, float | None] = dict.fromkeys(games("Action", 6), 60.0)
    unplayed: dict[Game, float | None] = dict.fromkeys(games("RPG", 30, first=10), 0.0)
    assert taste_of({**played, **unplayed}).games == 6
    bought = taste_of(unplayed)
    assert (bought.games, bought.played, bought.finding) == (30, False, "You own more RPG than most")


def test_hours_are_shared_out_by_genre_where_they_are_said() -> None:
    taste = taste_of({games("Action", 1)[0]: 30.0, games("RPG", 1, first=5)[0]: 90.0})
    assert {one.genre: one.hours for one in taste.leanings} == {"Action": 0.25, "RPG": 0.75}
    assert {one.hours for one in taste_of(dict.fromkeys(games("RPG", 2))).leanings} == {None}


def test_a_library_without_genres_shows_no_taste() -> None:
    assert CROWD.compare({Game("4", "Four"): 5.0}) is None
    assert CROWD.compare({}) is None
    assert taste_picture(None) == ""


def test_the_picture_says_in_words_what_its_bars_show_and_escapes_names() -> None:
    taste = Taste("You play more <b> than most", 7, True, (Leaning("<b>", 0.5, 0.25, 0.125),))
    picture = taste_picture(taste, "Of your games, <i> speaks for most.")
    assert "<b>" not in picture.replace('<b style="left:25.0%"></b>', "")
    assert "<i>" not in picture.replace('<i style="width:50.0%"></i>', "")
    assert "Each genre's share of the 7 games you have played" in picture
    assert "All players 25\u00a0%, 12\u00a0% of your hours" in picture


def test_the_game_that_speaks_most_often_is_named() -> None:
    one, two = Because("One", 0.2), Because("Two", 0.9)
    ten = [Shown(Game("7", "Seven"), (one, two)), Shown(Game("8", "Eight"), (one,)), Shown(Game("9", "Nine"))]
    assert speaks_most(ten) == "Of your games, One speaks for most: it is a reason for 2 of these 3."
    assert "Two" in speaks_most(ten[:1])
    assert speaks_most([]) == speaks_most(ten[2:]) == ""


@pytest.mark.parametrize(
    ("famous", "shown", "words"),
    [
        (0, 3, "None of these three are among"),
        (1, 10, "One of these ten is among"),
        (10, 10, "All of these ten are"),
        (0, 0, ""),
    ],
)
def test_how_well_known_the_games_are_is_said(famous: int, shown: int, words: str) -> None:
    answer = Answer("", "", (Shown(Game("1", "One")),) * shown, famous=famous)
    assert well_known(answer).startswith(words)
    assert bool(well_known(answer)) == bool(shown)

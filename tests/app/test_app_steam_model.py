from __future__ import annotations

import json

import pytest
from few_games import NASTY, FewGames

from crowdwise.app.steam_model import MOST_OWNED, UNSAID_MINUTES, Because, SteamModel
from crowdwise.base.errors import Problem


def test_a_known_players_library_is_what_is_recommended_from(steam: SteamModel, recommender: FewGames) -> None:
    steam.player = "765"
    answer = steam.answer()
    assert recommender.asked == [{"10": 600.0, "30": 540.0, "60": 480.0, "20": 420.0, "50": 360.0}]
    assert answer.title == "Ten games for player 765"
    assert answer.lead == "Owns 5 games, 40 h in all. Played most: Portal (10 h), Garry's Mod (9 h), Terraria (8 h)."
    assert [shown.game.name for shown in answer.games] == [NASTY]
    assert answer.games[0].reasons == (Because("Portal", 0.5),)


def test_a_player_is_found_by_vanity_name_too(steam: SteamModel) -> None:
    steam.player = " user1 "
    assert steam.answer().title == "Ten games for player 766"


def test_an_empty_library_still_gets_games(steam: SteamModel, recommender: FewGames) -> None:
    steam.player = "767"
    assert "empty" in steam.answer().lead
    assert recommender.asked == [{}]


@pytest.mark.parametrize("name", ["nobody", "' OR 1=1 --", "<b>"])
def test_an_unknown_player_is_a_problem(steam: SteamModel, name: str) -> None:
    steam.player = name
    with pytest.raises(Problem, match="no player has the id"):
        steam.answer()


def test_no_choice_is_a_problem_that_says_what_to_do(steam: SteamModel) -> None:
    for way, remedy in (("player", "Pick one"), ("games", "Type a few letters"), ("alike", "Type a few letters")):
        steam.way = way
        with pytest.raises(Problem, match=remedy):
            steam.answer()


def test_hours_are_optional(steam: SteamModel, recommender: FewGames) -> None:
    steam.way = "games"
    steam.own("10")
    steam.own("20")
    steam.play("20", "1,5")
    steam.own("60")
    steam.play("60", "3")
    steam.play("60", " ")
    answer = steam.answer()
    assert recommender.asked == [{"10": UNSAID_MINUTES, "20": 90.0, "60": UNSAID_MINUTES}]
    assert answer.lead == "Made from 3 games: Portal, Portal 2, Terraria."


def test_a_game_never_played_is_said_to_be(steam: SteamModel) -> None:
    steam.way = "games"
    steam.own("10", 0.0)
    assert steam.answer().games[0].reasons == (Because("Portal", 0.5, played=False),)


@pytest.mark.parametrize("words", ["-1", "many", "nan", "inf", "1e9"])
def test_hours_that_are_no_hours_are_a_problem_and_change_nothing(steam: SteamModel, words: str) -> None:
    steam.own("10", 7.0)
    with pytest.raises(Problem, match="not a number of hours for Portal"):
        steam.play("10", words)
    assert steam.owned == {"10": 7.0}


def test_a_game_can_be_taken_away(steam: SteamModel) -> None:
    steam.own("10")
    steam.disown("10")
    steam.disown("10")
    assert steam.owned == {}


def test_an_unknown_game_is_a_problem(steam: SteamModel) -> None:
    with pytest.raises(Problem, match="no game has the id '999'"):
        steam.own("999")
    with pytest.raises(Problem, match="no game has the id"):
        steam.alike("999")


def test_a_list_has_an_end(steam: SteamModel) -> None:
    steam.owned = dict.fromkeys(map(str, range(1000, 1000 + MOST_OWNED)))
    with pytest.raises(Problem, match="as many as fit"):
        steam.own("10")


def test_games_like_one_are_given_with_prices(steam: SteamModel) -> None:
    steam.way, steam.game_id = "alike", "10"
    answer = steam.answer()
    assert answer.title == "Games like Portal"
    assert answer.games[0].game.price == 0.0
    assert answer.games[0].likeness == 0.5
    assert len(steam.alike("10", 2)) == 2


def test_typed_letters_find_games(steam: SteamModel) -> None:
    assert [game.name for game in steam.find("port")] == ["Portal 2", "Portal"]
    assert steam.find("zzz") == []


def test_prices_and_genres_come_from_the_model(steam: SteamModel) -> None:
    assert steam.game("20").genres == ("Action", "Puzzle")
    assert steam.game("30").price is None
    assert steam.game("50").price_text == "Third-party"


def test_known_players_are_offered_with_the_size_of_their_library(steam: SteamModel) -> None:
    assert steam.known_players() == [("765 (5 games)", "765")]


def test_without_a_database_one_starts_from_games(recommender: FewGames) -> None:
    model = SteamModel(recommender)  # type: ignore[arg-type]
    assert model.way == "games"
    assert model.known_players() == []
    model.way = "player"
    with pytest.raises(Problem, match="no database"):
        model.answer()


def test_the_state_survives_a_round_trip_through_json(steam: SteamModel) -> None:
    steam.way, steam.player, steam.game_id = "games", "765", "20"
    steam.own("10")
    steam.own("20", 1.5)
    state = json.loads(json.dumps(steam.get()))
    steam.reset()
    assert steam.get() == {"way": "player", "player": "", "owned": [], "game_id": ""}
    steam.set(state)
    assert steam.get() == state


def test_a_state_of_another_model_loses_only_the_games_it_does_not_know(steam: SteamModel) -> None:
    steam.set({"way": "games", "player": "", "owned": [["10", None], ["999", 3]], "game_id": "999"})
    assert steam.owned == {"10": None}
    assert steam.game_id == ""


@pytest.mark.parametrize(
    "change", [{"way": "x"}, {"owned": [["10", -1]]}, {"owned": [["10", "nan"]]}, {"owned": "10"}, {"owned": None}]
)
def test_what_is_no_state_is_refused_whole(steam: SteamModel, change: dict[str, object]) -> None:
    before = steam.get()
    with pytest.raises(Problem, match="no state"):
        steam.set({**before, **change})
    with pytest.raises(Problem, match="no state"):
        steam.set({})
    assert steam.get() == before

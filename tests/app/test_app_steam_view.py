from __future__ import annotations

import logging
from typing import Any

import pytest
from few_games import NASTY, FewGames

from crowdwise.app.steam_model import SteamModel
from crowdwise.app.steam_view import SteamView
from crowdwise.base.errors import Problem


@pytest.fixture
def view(steam: SteamModel) -> SteamView:
    view = SteamView()
    view.ready(steam)
    return view


def shown(view: SteamView) -> list[Any]:
    return [card for card in view.cards if card.widget.layout.display != "none"]


def test_nothing_can_be_pressed_before_there_is_a_model() -> None:
    view = SteamView()
    controls = (view.go, view.way, view.pick, view.player, view.finder.field, view.liked.field)
    assert all(control.disabled for control in controls)
    view.go.click()
    assert shown(view) == []


def test_with_a_model_everything_can_be_used(view: SteamView) -> None:
    controls = (view.go, view.way, view.pick, view.player, view.finder.field, view.liked.field)
    assert not any(control.disabled for control in controls)


def test_a_picked_player_gets_games(view: SteamView) -> None:
    view.pick.value = "765"
    assert view.player.value == "765"
    view.go.click()
    assert "Ten games for player 765" in view.title.value
    assert len(shown(view)) == 1
    assert not view.go.disabled
    assert view.go.description == "Recommend ten games"


def test_names_are_escaped_wherever_they_stand(view: SteamView) -> None:
    view.pick.value = "765"
    view.go.click()
    assert "<script>" not in shown(view)[0].face.value
    assert "&lt;script&gt;" in shown(view)[0].face.value
    view.way.value = "games"
    view.add("40")
    chip = view.chips.widget.children[0].children[0].value
    assert "<script>" not in chip
    view.go.click()
    view.cards[0].more.click()
    assert "<script>" not in "".join(card.below.value + card.face.value for card in view.cards) + view.title.value


def test_a_typed_id_that_is_not_in_the_list_clears_the_pick(view: SteamView) -> None:
    view.pick.value = "765"
    view.player.value = "user1"
    assert view.pick.value == ""
    view.go.click()
    assert "player 766" in view.title.value


def test_only_the_chosen_way_is_on_screen(view: SteamView) -> None:
    for way in ("games", "alike", "player"):
        view.way.value = way
        assert [name for name, side in view.sides.items() if side.layout.display != "none"] == [way]
    assert view.model is not None
    assert view.model.way == "player"


def test_games_are_found_picked_and_taken_away(view: SteamView) -> None:
    view.way.value = "games"
    view.finder.field.value = "port"
    assert [b.description for b in view.finder.buttons if b.layout.display != "none"] == ["Portal 2", "Portal"]
    view.finder.buttons[1].click()
    assert view.finder.field.value == ""
    assert view.finder.found.layout.display == "none"
    (chip,) = view.chips.widget.children
    chip.children[1].value = "2.5"
    assert view.model is not None
    assert view.model.owned == {"10": 2.5}
    chip.children[2].click()
    assert view.chips.widget.children == ()
    assert view.model.owned == {}


def test_enter_takes_the_first_game_found(view: SteamView) -> None:
    view.way.value = "games"
    view.finder.field.value = "terra"
    view.finder._on_message(view.finder.field, {"event": "submit"}, [])
    assert view.model is not None
    assert list(view.model.owned) == ["60"]


def test_a_search_without_a_hit_says_so(view: SteamView) -> None:
    view.finder.field.value = "zzz"
    assert "No game" in view.finder.said.value
    view.finder.field.value = "port"
    assert view.finder.said.value == ""


def test_a_field_that_stays_keeps_its_hours_when_another_is_added(view: SteamView) -> None:
    view.add("10")
    view.chips.widget.children[0].children[1].value = "4"
    view.add("20")
    assert view.chips.widget.children[0].children[1].value == "4"


def test_hours_that_are_none_are_said_to_be(view: SteamView) -> None:
    view.add("10")
    view.chips.widget.children[0].children[1].value = "lots"
    assert "not a number of hours" in view.notice.value


def test_a_liked_game_shows_those_like_it_at_once(view: SteamView) -> None:
    view.way.value = "alike"
    view.liked.field.value = "portal 2"
    view.liked.buttons[0].click()
    assert "Games like Portal 2" in view.title.value
    assert len(shown(view)) == 5
    view.way.value = "player"
    assert shown(view) == []


def test_more_like_a_game_opens_below_it_and_closes_again(view: SteamView) -> None:
    view.player.value = "766"
    view.go.click()
    card = view.cards[0]
    assert card.more.description == "More like Portal"
    card.more.click()
    assert card.below.layout.display == ""
    assert "Portal 2" in card.below.value
    card.more.click()
    assert card.below.layout.display == "none"


def test_a_problem_is_a_sentence_and_the_next_success_takes_it_away(view: SteamView) -> None:
    view.go.click()
    assert "no player is chosen yet" in view.notice.value
    view.pick.value = "765"
    view.go.click()
    assert view.notice.value == ""


def test_an_error_is_a_sentence_for_the_user_and_a_traceback_for_the_log(
    view: SteamView, recommender: FewGames, caplog: pytest.LogCaptureFixture
) -> None:
    recommender.broken = ZeroDivisionError("secret path /home/x")
    view.pick.value = "765"
    with caplog.at_level(logging.ERROR, logger="crowdwise.app"):
        view.go.click()
    assert "log has the cause under" in view.notice.value
    assert "secret" not in view.notice.value
    code = view.notice.value.split("under ")[1][:6]
    assert code in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert not view.go.disabled


def test_a_cards_error_is_said_in_the_card(view: SteamView, recommender: FewGames, mishap: Problem) -> None:
    view.pick.value = "765"
    view.go.click()
    recommender.broken = mishap
    view.cards[0].more.click()
    assert "the shelf is empty" in view.cards[0].below.value


def test_without_players_that_way_is_not_offered(recommender: FewGames) -> None:
    view = SteamView()
    view.ready(SteamModel(recommender), "No players")  # type: ignore[arg-type]
    assert [way for _, way in view.way.options] == ["games", "alike"]
    assert view.sides["games"].layout.display == ""
    assert "No players" in view.notice.value


def test_every_control_has_a_label(view: SteamView) -> None:
    view.add("40")
    chip = view.chips.widget.children[0]
    assert chip.children[1].tooltip == f"Hours played of {NASTY} (may stay empty)"
    assert chip.children[2].tooltip == f"Remove {NASTY}"
    for control in (view.way, view.pick, view.player, view.finder.field, view.liked.field, view.go):
        assert control.description

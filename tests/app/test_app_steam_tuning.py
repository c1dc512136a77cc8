"""The Steam tab's newer widgets change as they should, and tell what changed."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from few_games import NASTY, FewGames

from crowdwise.app.chips import DRAWN, Chips
from crowdwise.app.diary import MemoryDiary
from crowdwise.app.filters import Filters
from crowdwise.app.sources import StoredPlayers
from crowdwise.app.steam_model import SteamModel
from crowdwise.app.steam_view import SteamView
from crowdwise.base.errors import Problem


@pytest.fixture
def changes() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def view(steam: SteamModel, changes: list[dict[str, Any]]) -> SteamView:
    view = SteamView()
    view.ready(steam)
    view.on_change = lambda: changes.append(steam.get())
    return view


@pytest.fixture
def asked(view: SteamView, changes: list[dict[str, Any]]) -> SteamView:
    """A view that has recommended five games to an owner of Terraria."""
    view.way.value = "games"
    view.add("60")
    view.go.click()
    changes.clear()
    return view


def shown(view: SteamView) -> list[str]:
    faces = [card.face.value for card in view.cards if card.widget.layout.display != "none"]
    return [unescape(face.partition("<h3>")[2].partition("</h3>")[0]) for face in faces]


def entries(view: SteamView) -> int:
    assert view.model is not None
    return len(view.model.diary.entries("steam"))


def test_tuning_is_there_once_there_is_something_to_tune(view: SteamView) -> None:
    assert view.tuning.widget.layout.display == "none"
    view.pick.value = "765"
    view.go.click()
    assert view.tuning.widget.layout.display == ""
    assert list(view.tuning.genres) == ["Action", "Casual", "Indie", "Puzzle", "RPG"]


def test_a_filter_changes_the_list_at_once_and_is_told(asked: SteamView, changes: list[dict[str, Any]]) -> None:
    asked.tuning.price.value = "10"
    assert shown(asked) == ["Portal", "Portal 2", NASTY]
    assert "without a known price" in asked.remarks.value
    asked.tuning.genres["Puzzle"].value = True
    assert shown(asked) == ["Portal 2"]
    assert [change.get("genres") for change in changes] == [None, ["Puzzle"]]
    asked.tuning.price.value = ""
    asked.tuning.genres["Puzzle"].value = False
    assert shown(asked) == ["Portal", "Portal 2", "Garry's Mod", NASTY, "Café Düsseldorf"]
    assert asked.remarks.value == ""


def test_a_price_that_is_none_is_said_beside_it_and_changes_nothing(asked: SteamView, changes: list[Any]) -> None:
    before = shown(asked)
    asked.tuning.price.value = "cheap"
    assert "is no price" in asked.tuning.said.value
    assert (shown(asked), changes) == (before, [])
    asked.tuning.price.value = "50"
    assert asked.tuning.said.value == ""


def test_free_games_only_needs_no_price(asked: SteamView) -> None:
    asked.tuning.free.value = True
    assert shown(asked) == ["Portal 2"]
    assert asked.tuning.price.disabled
    asked.tuning.free.value = False
    assert not asked.tuning.price.disabled


def test_the_slider_asks_anew_and_says_what_it_does(
    asked: SteamView, recommender: FewGames, changes: list[Any]
) -> None:
    assert "Ranked by what suits you alone" in asked.tuning.effect.value
    assert "All of these five are among the 100" in asked.tuning.effect.value
    asked.tuning.slider.value = 0.6
    assert recommender.dampings == [0.0, 0.6]
    assert '<b class="cw-step">Bold</b>' in asked.tuning.effect.value
    assert "Expect names you don" in asked.tuning.effect.value
    assert changes[-1]["damping"] == 0.6


def test_games_like_one_have_no_slider(asked: SteamView) -> None:
    asked.way.value = "alike"
    assert asked.tuning.damped.layout.display == "none"
    asked.way.value = "player"
    assert asked.tuning.damped.layout.display == ""


def test_what_is_not_for_me_goes_at_once_and_can_be_taken_back(asked: SteamView) -> None:
    assert entries(asked) == 1
    assert asked.cards[0].refuse.tooltip == "Portal is not for me"
    asked.cards[0].refuse.click()
    assert shown(asked)[0] == "Portal 2"
    asked.cards[0].own.click()
    assert shown(asked)[0] == "Garry's Mod"
    assert [button.description for button in asked.left_out.row.children] == ["✓ Portal 2", "✕ Portal"]
    assert "2 games put aside" in asked.left_out.head.value
    asked.left_out.row.children[1].click()
    assert "<h3>Portal</h3>" in asked.cards[0].face.value
    assert entries(asked) == 1  # the same question


def test_what_was_said_before_stands_when_the_page_opens(recommender: FewGames, stored: StoredPlayers) -> None:
    diary = MemoryDiary()
    diary.react("steam", "40", "not for me")
    diary.react("steam", "999", "own")
    view = SteamView()
    view.ready(SteamModel(recommender, stored, diary=diary))  # type: ignore[arg-type]
    (button,) = view.left_out.row.children
    assert button.tooltip == f"Take back: {NASTY} (Not for me)"


def test_pasted_games_become_chips(asked: SteamView, changes: list[dict[str, Any]]) -> None:
    asked.paste.field.value = '{"response": {"games": [{"appid": 10, "playtime_forever": 90}, {"appid": 5}]}}'
    asked.paste.go.click()
    assert [row.children[0].value for row in asked.chips.widget.children] == ["Terraria", "Portal"]
    assert asked.chips.widget.children[1].children[1].value == "1.5"
    assert "1 game taken from the text. 1 entry is not known here: app 5." in asked.paste.said.value
    assert asked.paste.field.value == ""
    assert changes == [asked.model.get()]  # type: ignore[union-attr]
    asked.paste.field.value = "Portal: 7"
    asked.paste.go.click()
    assert asked.chips.widget.children[1].children[1].value == "7"


def test_a_text_that_is_not_understood_stays_to_be_mended(asked: SteamView, changes: list[Any]) -> None:
    asked.paste.field.value = "<script>x</script>"
    asked.paste.go.click()
    assert asked.paste.field.value == "<script>x</script>"
    assert "<script>" not in asked.paste.said.value
    assert "no game known here" in asked.paste.said.value
    assert changes == []


def test_all_games_can_be_taken_away(asked: SteamView) -> None:
    assert asked.chips.none.layout.display == "none"
    asked.add("10")
    assert asked.chips.none.description == "Remove all 2"
    asked.chips.none.click()
    assert asked.chips.widget.children == ()
    assert asked.model is not None
    assert asked.model.owned == {}


def test_of_a_large_library_the_last_games_are_drawn_and_the_rest_counted() -> None:
    chips = Chips(lambda *_: None, lambda *_: None)
    owned = {str(k): (f"Game {k}", None) for k in range(3_000)}
    chips.show(owned)
    assert len(chips.widget.children) == DRAWN
    assert chips.widget.children[-1].children[0].value == "Game 2999"
    assert "2,960 games listed before these count as well" in chips.rest.value
    chips.show(dict(list(owned.items())[:2]))
    assert [row.children[0].value for row in chips.widget.children] == ["Game 0", "Game 1"]
    assert chips.rest.value == ""


def test_taste_is_shown_below_and_gone_with_the_answer(asked: SteamView) -> None:
    assert "Too few games to tell your taste" in asked.taste.value
    assert "Of your games, Terraria speaks for most" in asked.taste.value
    asked.way.value = "alike"
    assert asked.taste.value == ""


def test_a_state_is_restored_with_its_answer_and_without_a_submission(view: SteamView, changes: list[Any]) -> None:
    state = {
        **{"way": "games", "player": "765", "owned": [["60", 2.5], ["10", None]], "game_id": ""},
        **{"most_price": 5.0, "genres": ["Puzzle"], "damping": 0.4},
    }
    view.restore(state)
    assert shown(view) == ["Portal 2"]
    assert (view.way.value, view.pick.value, view.player.value) == ("games", "765", "765")
    assert (view.tuning.price.value, view.tuning.genres["Puzzle"].value, view.tuning.slider.value) == ("5", True, 0.4)
    assert view.chips.widget.children[0].children[1].value == "2.5"
    assert view.sides["games"].layout.display == ""
    assert (changes, entries(view)) == ([], 0)
    assert view.model is not None
    assert view.model.filters == Filters(5.0, genres=("Puzzle",))


def test_a_state_without_a_choice_is_restored_without_an_answer(asked: SteamView) -> None:
    asked.restore({"way": "player", "player": "", "owned": [], "game_id": ""})
    assert shown(asked) == []
    assert "Whose library is it?" in asked.title.value
    assert asked.notice.value == ""


def test_a_state_that_is_none_is_a_sentence(asked: SteamView) -> None:
    before = shown(asked)
    asked.restore({"way": "sideways"})
    assert "no state of the Steam tab" in asked.notice.value
    assert shown(asked) == before


def test_every_step_a_user_makes_is_told(view: SteamView, changes: list[dict[str, Any]]) -> None:
    view.pick.value = "765"
    view.way.value = "games"
    view.add("10")
    view.play("10", "3")
    view.remove("10")
    view.way.value = "alike"
    view.like("20")
    assert [change["way"] for change in changes] == ["player", "games", "games", "games", "games", "alike", "alike"]
    assert changes[-1]["game_id"] == "20"


def test_a_diary_that_fails_is_a_sentence_and_the_game_goes_all_the_same(
    asked: SteamView, mishap: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise mishap

    assert asked.model is not None
    monkeypatch.setattr(asked.model.diary, "react", fail)
    asked.cards[0].refuse.click()
    assert "the shelf is empty" in asked.notice.value
    assert asked.model.reactions == {"10": "not for me"}

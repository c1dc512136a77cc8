"""What a visitor chooses from: filters, damping, what was said of games, a pasted library, and the state of it all."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from few_games import NASTY, FewGames
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.app.diary import MemoryDiary
from crowdwise.app.filters import Filters, read_price
from crowdwise.app.hours import UNSAID_MINUTES
from crowdwise.app.sources import StoredPlayers
from crowdwise.app.steam_model import MOST_DAMPING, MOST_OWNED, SteamModel
from crowdwise.app.steam_state import LISTED, read_owned, write_owned
from crowdwise.base.errors import Problem


@pytest.fixture
def diary() -> MemoryDiary:
    return MemoryDiary()


@pytest.fixture
def model(recommender: FewGames, stored: StoredPlayers, diary: MemoryDiary) -> SteamModel:
    model = SteamModel(recommender, stored, diary=diary)  # type: ignore[arg-type]
    model.way, model.owned = "games", {"60": None}
    return model


def shown(model: SteamModel) -> list[str]:
    return [one.game.game_id for one in model.answer().games]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(), ["10", "20", "30", "40", "50"]),
        (Filters(most_price=9.99), ["10", "20", "40"]),
        (Filters(most_price=0.0), ["20"]),
        (Filters(free=True, most_price=5.0), ["20"]),
        (Filters(genres=("Action", "RPG")), ["10", "20", "40"]),
        (Filters(most_price=5.0, genres=("Action", "RPG")), ["20", "40"]),
    ],
)
def test_filters_leave_what_is_asked_for(model: SteamModel, filters: Filters, left: list[str]) -> None:
    model.filters = filters
    assert shown(model) == left


def test_fewer_than_ten_after_a_filter_are_explained(model: SteamModel) -> None:
    model.filters = Filters(most_price=5.0, genres=("Action",))
    answer = model.answer()
    assert answer.title == "1 game for you"
    assert answer.remarks == (
        "Only 1 game known here that you don't own is at most $5.00, Action.",
        "2 games without a known price are left out while you ask for a price.",
    )
    model.filters = Filters(genres=("Indie",))
    assert model.answer().title == "No games for you"
    assert model.answer().remarks == ("No game known here that you don't own is Indie.",)


def test_without_a_filter_nothing_is_remarked(model: SteamModel) -> None:
    assert model.answer().remarks == ()


def test_games_like_one_are_filtered_too(model: SteamModel) -> None:
    model.filters = Filters(free=True)
    model.way, model.game_id = "alike", "10"
    assert shown(model) == ["20"]


def test_damping_is_asked_of_the_model_and_how_well_known_the_games_are_is_counted(
    model: SteamModel, recommender: FewGames
) -> None:
    model.damping = 0.4
    assert model.answer().famous == 5
    assert recommender.dampings == [0.4]


@pytest.mark.parametrize(("words", "price"), [("", None), (" 5 ", 5.0), ("$4.99", 4.99), ("4,5", 4.5), ("0", 0.0)])
def test_a_price_is_read_as_typed(words: str, price: float | None) -> None:
    assert read_price(words) == price


@pytest.mark.parametrize("words", ["-1", "cheap", "nan", "inf", "1e9", "$"])
def test_a_price_that_is_none_is_a_sentence(words: str) -> None:
    if words == "$":
        assert read_price(words) is None
        return
    with pytest.raises(Problem, match="is no price"):
        read_price(words)


def test_what_is_not_for_me_goes_and_stays_away(model: SteamModel, recommender: FewGames, diary: MemoryDiary) -> None:
    model.react("10", "not for me")
    assert shown(model) == ["20", "30", "40", "50"]
    assert model.answer().title == "4 games for you"
    assert "10" not in {one.game.game_id for one in model.alike("20")}
    again = SteamModel(recommender, None, diary=diary)  # type: ignore[arg-type]
    assert again.reactions == {"10": "not for me"}
    again.react("10", "")
    assert diary.reactions("steam") == {}


def test_what_i_say_to_own_counts_as_owned(model: SteamModel, recommender: FewGames) -> None:
    model.react("40", "own")
    answer = model.answer()
    assert recommender.asked[-1] == {"40": UNSAID_MINUTES, "60": UNSAID_MINUTES}
    assert "40" not in {one.game.game_id for one in answer.games}
    assert answer.lead == "Made from 1 game: Terraria. And 1 game you said you own."
    model.owned["40"] = 2.0
    assert model.answer().lead == f"Made from 2 games: Terraria, {NASTY}."
    assert recommender.asked[-1] == {"40": 120.0, "60": UNSAID_MINUTES}


def test_an_empty_library_of_one_who_says_to_own_a_game_is_no_longer_empty(
    model: SteamModel, recommender: FewGames
) -> None:
    model.way, model.player = "player", "767"
    model.react("10", "own")
    assert model.answer().lead == "This library is empty. And 1 game you said you own."
    assert recommender.asked[-1] == {"10": UNSAID_MINUTES}


def test_a_reaction_that_is_none_or_of_no_game_changes_nothing(model: SteamModel) -> None:
    with pytest.raises(Problem, match="no game has the id"):
        model.react("999", "own")
    with pytest.raises(ValueError, match="is none of"):
        model.react("10", "love it")
    assert model.reactions == {}


def test_an_answer_is_taken_down_unless_it_is_shown_again(model: SteamModel, diary: MemoryDiary) -> None:
    model.damping = 0.2
    answer = model.answer()
    model.answer(keep=False)
    (entry,) = diary.entries("steam")
    assert entry.state == model.get()
    assert entry.answer["title"] == answer.title
    assert [one["game_id"] for one in entry.answer["games"]] == ["10", "20", "30", "40", "50"]
    assert json.loads(json.dumps(entry.answer)) == entry.answer


def test_a_diary_that_fails_does_not_keep_the_answer_back(
    model: SteamModel, mishap: Problem, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> str:
        raise mishap

    monkeypatch.setattr(model.diary, "submit", fail)
    with caplog.at_level(logging.WARNING, logger="crowdwise.app"):
        assert len(model.answer().games) == 5
    assert "the shelf is empty" in caplog.text


def test_a_pasted_library_joins_what_is_owned(model: SteamModel) -> None:
    model.owned = {"10": 3.0, "20": 4.0}
    model.paste("Portal\nPortal 2: 9\nTerraria")
    assert model.owned == {"10": 3.0, "20": 9.0, "60": None}


def test_more_than_fits_is_refused_whole(model: SteamModel) -> None:
    model.owned = dict.fromkeys(map(str, range(1000, 1000 + MOST_OWNED)))
    before = dict(model.owned)
    with pytest.raises(Problem, match="5,001 games, and 5,000 fit"):
        model.paste("Portal")
    assert model.owned == before


def test_the_whole_state_survives_and_an_open_choice_is_short(model: SteamModel) -> None:
    assert set(model.get()) == {"way", "player", "owned", "game_id"}
    model.filters, model.damping = Filters(4.99, True, ("Action", "RPG")), 0.6
    state = json.loads(json.dumps(model.get()))
    model.reset()
    assert (model.filters, model.damping) == (Filters(), 0.0)
    model.set(state)
    assert model.get() == state
    model.set({**state, "genres": ["RPG", "Cooking"]})
    assert model.filters.genres == ("RPG",)


@pytest.mark.parametrize(
    "change",
    [
        *({"damping": value} for value in (-0.1, MOST_DAMPING + 0.1, "high", None, float("nan"))),
        *({"most_price": value} for value in (-1, "x", 1e9, float("nan"))),
        *({"genres": value} for value in ("RPG", 5)),
        *({"owned": value} for value in ("AAAA", "§", 5, [["10"]], [[str(k), None] for k in range(MOST_OWNED + 1)])),
    ],
)
def test_a_state_of_no_form_is_refused_whole(model: SteamModel, change: dict[str, Any]) -> None:
    before = model.get()
    with pytest.raises(Problem, match="no state"):
        model.set({**before, **change})
    assert model.get() == before


@given(
    st.dictionaries(
        st.integers(1, 10**7).map(str), st.none() | st.integers(0, 10**6).map(lambda k: k / 100), max_size=3 * LISTED
    )
)
def test_a_library_survives_being_written_into_an_address(owned: dict[str, float | None]) -> None:
    written = json.loads(json.dumps(write_owned(owned)))
    assert read_owned(written) == owned
    assert list(read_owned(written)) == list(owned)


def test_a_library_as_large_as_may_be_fits_an_address() -> None:
    owned: dict[str, float | None] = {str(7 * k): k / 10 for k in range(1, MOST_OWNED + 1)}
    written = write_owned(owned)
    assert isinstance(written, str)
    assert len(written) < 50_000
    assert read_owned(written) == owned


def test_a_packed_word_that_swells_is_refused() -> None:
    swollen = write_owned({f"{k:038d}": 1.0 for k in range(MOST_OWNED)})
    assert len(swollen) < 50_000
    with pytest.raises(Problem, match="no state"):
        read_owned(swollen)

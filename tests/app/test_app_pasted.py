"""What a pasted text is taken for: lists, Steam's own answer, and what is neither."""

from __future__ import annotations

import json

import pytest
from few_games import NAMES, NASTY, FewGames
from hypothesis import assume, given
from hypothesis import strategies as st

from crowdwise.app.catalogue import Catalogue
from crowdwise.app.hours import MOST_HOURS
from crowdwise.app.pasted import LONGEST, MOST_ENTRIES, MOST_JSON, MOST_LIST, Pasted, read_pasted
from crowdwise.base.errors import Problem

GAMES = Catalogue(FewGames().games)


def read(text: str) -> Pasted:
    return read_pasted(text, GAMES)


def answer(*games: object) -> str:
    return json.dumps({"response": {"game_count": len(games), "games": games}})


@pytest.mark.parametrize(
    "text",
    [
        "Portal\nTerraria",
        "portal, TERRARIA",
        "10\n60",
        "10;60",
        "\ufeff  Portal\r\n\r\n  terraria  \r\n",
        '"Portal"\t"Terraria"',
        "- Portal\n- Terraria",
        "[10, 60]",
        '["Portal", "60"]',
        '[{"appid": 10}, {"appid": "60"}]',
        '{"games": [{"appid": 10}, {"appid": 60}]}',
        answer({"appid": 10}, {"appid": 60}),
    ],
)
def test_names_and_ids_are_taken_in_every_form_of_a_list(text: str) -> None:
    assert read(text) == Pasted({"10": None, "60": None})


@pytest.mark.parametrize(
    ("line", "game_id", "played"),
    [
        ("Portal 2: 12.5", "20", 12.5),
        ("Portal 2: 12,5", "20", 12.5),
        ("Portal 2 = 3", "20", 3.0),
        ("Portal 2 (12 h)", "20", 12.0),
        ("Portal 2\t7", "20", 7.0),
        ("Portal 2 - 1,234 hrs on record", "20", 1234.0),
        ("Portal 2 1,234.5 hours", "20", 1234.5),
        ("Portal 2, 12.5", "20", 12.5),
        ("20, 9h", "20", 9.0),
        ("Portal: 2", "20", None),  # which is a game's name, but for a sign
        ("cafe dusseldorf: 0", "50", 0.0),
        (NASTY, "40", None),
    ],
)
def test_hours_may_follow_a_game(line: str, game_id: str, played: float | None) -> None:
    assert read(line) == Pasted({game_id: played})


def test_a_number_after_a_comma_is_a_games_id() -> None:
    assert read("Portal, 20").owned == {"10": None, "20": None}


def test_a_name_with_a_comma_is_one_game_among_others() -> None:
    table = FewGames().games
    table.loc[table["game_id"] == "30", "name"] = "Papers, Please"
    table.loc[table["game_id"] == "60", "name"] = "Warhammer 40,000: Dawn of War"
    text = "Portal, papers, please, Warhammer 40,000: Dawn of War, 50"
    assert list(read_pasted(text, Catalogue(table)).owned) == ["10", "30", "60", "50"]


def test_what_is_not_known_is_counted_and_the_first_few_are_named() -> None:
    pasted = read("Portal\n" + "\n".join(f"Nothing {k}" for k in range(8)) + "\n" + "x" * 300)
    assert pasted.owned == {"10": None}
    assert pasted.words() == (
        "1 game taken from the text. 9 entries are not known here: "
        "Nothing 0, Nothing 1, Nothing 2, Nothing 3, Nothing 4, …."
    )
    assert max(map(len, pasted.unknown)) == LONGEST
    assert read("Portal\nDota").lost() == "1 entry is not known here: Dota."


def test_a_game_named_again_counts_once_and_gets_the_hours_that_are_said() -> None:
    pasted = read("Portal\n10: 5\nPortal: 7")
    assert pasted == Pasted({"10": 5.0}, repeated=2)
    assert "2 entries name a game that stands there before." in pasted.words()


def test_minutes_become_hours_and_a_name_helps_where_the_id_is_not_known() -> None:
    pasted = read(
        answer({"appid": 10, "playtime_forever": 90}, {"appid": 99, "name": "TERRARIA", "playtime_forever": 0})
    )
    assert pasted == Pasted({"10": 1.5, "60": 0.0})


def test_an_app_that_is_not_known_is_named_by_its_name_or_its_id() -> None:
    assert read(answer({"appid": 10}, {"appid": 7}, {"appid": 8, "name": "Eight"})).unknown == ("app 7", "Eight")


@pytest.mark.parametrize("minutes", [-1, MOST_HOURS * 60 + 1, "many", True, [], 1e300])
def test_minutes_that_are_none_are_left_out_and_counted(minutes: object) -> None:
    pasted = read(answer({"appid": 10, "playtime_forever": minutes}))
    assert pasted == Pasted({"10": None}, timeless=1)
    assert "1 play time was no time between 0 and 100,000 hours" in pasted.words()


def test_hours_that_are_none_are_left_out_and_counted() -> None:
    assert read("Portal: 999999 h") == Pasted({"10": None}, timeless=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing is pasted yet"),
        (" \n\t", "nothing is pasted yet"),
        (",,;\n,", "no game is named"),
        ("<!DOCTYPE html><html><body>Portal</body></html>", "a web page"),
        ("<table><tr><td>Portal", "a web page"),
        ('{"response": {"games": [{"appid": 10', "begins as JSON"),
        ('{"response": {}}', "private"),
        ('{"response": {"games": 5}}', "no list of games"),
        ('{"error": "Forbidden"}', "no list of games"),
        ('{"response": {"game_count": 0}}', "no game is named"),
        ("[]", "no game is named"),
        ("[" * 100_000, "nested too deep"),
        ("[" + "9" * 5_000 + "]", "a number too long"),
        ("Dota 2\nFactorio", "no game known here is named in the text: 2 entries are not known here: Dota 2, Factorio"),
        ("x" * (MOST_LIST + 1), "300,001 characters, and a list may have 300,000"),
        ("a," * MOST_ENTRIES, "20,001 entries, and a list may have 20,000"),
        ("[" + " " * MOST_JSON + "1]", "JSON may have 2,000,000"),
    ],
)
def test_what_is_no_list_of_games_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        read(text)
    assert words in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "game",
    [None, 1.5, True, [], {}, {"appid": None}, {"appid": 1.0}, {"appid": [10]}, {"name": 5}, {"appid": "x" * 99}],
)
def test_an_entry_of_json_that_is_no_game_is_not_known(game: object) -> None:
    assert len(read(answer(game, {"appid": 10})).unknown) == 1


def test_of_games_of_one_name_the_better_known_is_meant() -> None:
    table = FewGames().games
    table["name"] = "Portal"
    assert list(read_pasted("portal", Catalogue(table)).owned) == ["20"]


libraries = st.dictionaries(st.sampled_from(list(NAMES)), st.none() | st.integers(0, 5_000), min_size=1)


@given(libraries)
def test_a_library_survives_being_pasted_as_json(library: dict[str, int | None]) -> None:
    games = [
        {"appid": int(key)} | ({} if time is None else {"playtime_forever": time * 60}) for key, time in library.items()
    ]
    assert read(answer(*games)) == Pasted({key: None if time is None else float(time) for key, time in library.items()})


@given(libraries, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_library_survives_being_pasted_as_lines(library: dict[str, int | None], end: str, by_name: bool) -> None:
    words = {key: NAMES[key] if by_name else key for key in library}
    assume(not (by_name and library.get("10") == 2))  # "Portal: 2" is a game's name, and that is what it is taken for
    lines = (words[key] if time is None else f"{words[key]}: {time}" for key, time in library.items())
    expected = {key: None if time is None else float(time) for key, time in library.items()}
    assert read(end.join(lines)).owned == expected


@given(st.text() | st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists).map(json.dumps))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    pasted, remedy = None, ""
    try:
        pasted = read(text)
    except Problem as problem:
        remedy = problem.remedy
    assert remedy if pasted is None else pasted.owned and set(pasted.owned) <= set(NAMES) and pasted.words()


@given(
    st.dictionaries(
        st.sampled_from(["appid", "name", "playtime_forever"]), st.none() | st.text() | st.integers() | st.floats()
    )
)
def test_any_entry_of_json_is_read_or_counted(game: dict[str, object]) -> None:
    pasted = read(json.dumps([{"appid": 10}, game]))
    assert len(pasted.owned) + len(pasted.unknown) + pasted.repeated == 2
    assert all(played is None or 0 <= played <= MOST_HOURS for played in pasted.owned.values())

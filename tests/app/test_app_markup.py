from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.app.cards import alike_list, game_card
from crowdwise.app.markup import count, empty, heading, hours, listing, money, notice, percent, text
from crowdwise.app.steam_model import Because, Game, Shown

NO_BREAK = "\u00a0"


class Words(HTMLParser):
    """What a reader sees, and which tags made it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.seen += data


def read(markup: str) -> Words:
    words = Words()
    words.feed(markup)
    words.close()
    return words


@given(st.text())
def test_whatever_a_name_holds_is_shown_as_text(name: str) -> None:
    shown = Shown(Game("1", name, (name,)), (Because(name, 0.5),))
    for markup in (text(name), heading(name, name), empty(name, name), listing([name], "x"), game_card(1, shown)):
        words = read(markup)
        assert name.replace("\r", "").replace("\x00", "") in words.seen.replace("\r", "").replace("\x00", "")
        assert not words.tags & {"script", "img", "a", "iframe", "style"}


@given(st.text(), st.text())
def test_a_notice_shows_its_sentence_whatever_is_quoted_in_it(before: str, code: str) -> None:
    words = read(notice(f"x{before} `{code}`"))
    assert words.tags <= {"div", "p", "code"}


def test_no_sentence_is_no_notice() -> None:
    assert notice("") == ""


def test_a_command_in_a_notice_shows_as_code() -> None:
    assert "<code>make report</code>" in notice("Run `make report`.")


def test_an_alarm_is_told_at_once_to_who_listens() -> None:
    assert 'role="alert"' in notice("x", alarm=True)
    assert 'role="alert"' not in notice("x")


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.001, "< 1 %"), (0.62, "62 %"), (0.999, "> 99 %"), (1, "100 %")]
)
def test_a_share_is_a_whole_percentage(share: float, words: str) -> None:
    assert percent(share).replace(NO_BREAK, " ") == words
    assert " " not in percent(share)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "never played"), (59, "59 min"), (90, "2 h"), (600_000, "10,000 h")]
)
def test_minutes_become_hours(minutes: float, words: str) -> None:
    assert hours(minutes) == words


def test_a_price_is_shown_as_the_shop_would() -> None:
    assert money(0.0) == "Free"
    assert money(1234.5) == "$1,234.50"
    assert money(None, "Third-party") == "Third-party"
    assert money(499.0, "Starting at $499.00") == "Starting at $499.00"
    assert money(float("nan")) == "Price unknown"


def test_one_is_singular() -> None:
    assert count(1, "game") == "1 game"
    assert count(1200, "game") == "1,200 games"


def test_a_card_says_why() -> None:
    markup = game_card(
        3,
        Shown(
            Game("1", "Portal", ("Action",), 9.99), (Because("Half-Life", 0.62), Because("Rust", 0.21, played=False))
        ),
    )
    assert (
        read(markup).seen.replace(NO_BREAK, " ")
        == "3Portal$9.99ActionBecause you play Half-Life (62 %), Rust (21 %, not played yet)"
    )


def test_a_game_without_reasons_says_so_too() -> None:
    assert "Liked by many players" in game_card(1, Shown(Game("1", "Portal")))


def test_nothing_alike_is_said() -> None:
    assert "No game to choose from" in alike_list(())

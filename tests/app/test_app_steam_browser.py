"""The Steam tab in a real browser: paste, narrow, bend, put aside, by mouse and by keyboard, on a desk and a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_app_browser import app, fits, keep, names, visit  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def library(sample_root: Path) -> str:
    """What Steam would answer about an owner of fifty of the sample's games, and of one that is not known."""
    games = json.loads((sample_root / "data/sample/steam/model/games.json").read_text(encoding="utf-8"))["game_id"]
    owned = [{"appid": int(game), "playtime_forever": 60 * k} for k, game in enumerate(games[:50])]
    return json.dumps({"response": {"game_count": 51, "games": [*owned, {"appid": 1, "playtime_forever": 5}]}})


def paste(page: Any, words: str) -> None:
    page.get_by_text("Games I own", exact=True).click()
    page.get_by_label("or paste a list").fill(words)
    page.get_by_role("button", name="Add what is pasted").click()


def recommend(page: Any, words: str) -> list[str]:
    paste(page, words)
    page.locator(".cw-chip").first.wait_for()
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    return names(page)


def wait_for_change(page: Any, before: list[str]) -> list[str]:
    """Give the list once it is another and stands still: its cards are filled one after the other."""
    last, now = before, names(page)
    for _ in range(60):
        if now == last != before:
            return now
        page.wait_for_timeout(500)
        last, now = now, names(page)
    raise AssertionError(f"the list stays as it was: {before}")


def test_a_pasted_answer_of_steam_gets_ten_games_and_a_taste(app: Any, visit: Callable[..., Any], library: str) -> None:  # noqa: F811
    page = visit(app[0])
    recommend(page, library)
    assert page.locator(".cw-chip").count() == 40
    assert page.get_by_text("10 games listed before these count as well.").is_visible()
    assert page.get_by_text("50 games taken from the text. 1 entry is not known here: app 1.").is_visible()
    assert page.locator(".cw-taste li").count() == 6
    assert re.search(r"You (play|own) ", page.locator(".cw-taste h3").inner_text())
    keep(page, "steam-pasted")


def test_a_text_that_is_no_list_is_a_sentence(app: Any, visit: Callable[..., Any]) -> None:  # noqa: F811
    page = visit(app[0])
    paste(page, '{"response": {}}')
    alarm = page.locator(".cw-alarm:visible")
    alarm.wait_for()
    assert "private" in alarm.inner_text()


def test_not_for_me_brings_the_next_game_and_can_be_taken_back(
    app: Any,  # noqa: F811
    visit: Callable[..., Any],  # noqa: F811
    library: str,
) -> None:
    page = visit(app[0])
    before = recommend(page, library)
    page.get_by_role("button", name="Not for me").first.click()
    after = wait_for_change(page, before)
    assert after[:9] == before[1:]
    assert len(after) == 10
    page.get_by_role("button", name="I own it").first.click()
    page.locator(".cw-left-out button").nth(1).wait_for()
    assert before[1] not in wait_for_change(page, after)
    for left in (1, 0):
        page.locator(".cw-left-out button").first.click()
        page.wait_for_function("n => document.querySelectorAll('.cw-left-out button').length === n", arg=left)
    assert wait_for_change(page, after) == before


def test_filters_change_the_list_at_once(app: Any, visit: Callable[..., Any], library: str) -> None:  # noqa: F811
    page = visit(app[0])
    before = recommend(page, library)
    page.get_by_label("Most to pay, in US dollars").fill("5")
    page.keyboard.press("Tab")
    after = wait_for_change(page, before)
    prices = page.locator(".cw-price:visible").all_inner_texts()
    assert all(price == "Free" or float(price.removeprefix("$")) <= 5 for price in prices)
    assert page.get_by_text("without a known price are left out").is_visible()
    page.get_by_role("group", name="Genres").get_by_label("RPG").check()
    wait_for_change(page, after)
    assert all("RPG" in tags for tags in page.locator(".cw-tags:visible").all_inner_texts())
    keep(page, "steam-filtered")


def test_the_slider_works_by_keyboard_and_says_what_it_does(
    app: Any,  # noqa: F811
    visit: Callable[..., Any],  # noqa: F811
    library: str,
) -> None:
    page = visit(app[0])
    before = recommend(page, library)
    page.get_by_role("slider", name="Safe to adventurous").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.locator(".cw-step", has_text="Adventurous").wait_for()
    after = wait_for_change(page, before)
    assert set(after) != set(before)
    assert "of these ten" in page.locator(".cw-damping .cw-hint").inner_text()
    keep(page, "steam-adventurous")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (320, "dark")])
def test_it_all_fits_a_phone(app: Any, visit: Callable[..., Any], library: str, width: int, scheme: str) -> None:  # noqa: F811
    page = visit(app[0], width=width, scheme=scheme)
    recommend(page, library)
    page.get_by_role("button", name="Not for me").first.click()
    page.locator(".cw-left-out button").first.wait_for()
    page.get_by_role("button", name=re.compile("^More like ")).first.click()
    page.locator(".cw-alike li").first.wait_for()
    assert fits(page)
    keep(page, f"steam-tuned-{width}-{scheme}")

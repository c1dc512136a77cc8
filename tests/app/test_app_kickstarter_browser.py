"""The Kickstarter tab in a real browser: an answer with all its parts, two drafts, bad input, phone and keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_app_browser import fits, keep, served, visit  # noqa: F401
from test_app_real_models import made  # noqa: F401

from crowdwise.base.layout import Layout

pytestmark = pytest.mark.browser
CURVES = ("The chance by the amount asked for", "The chance by the length of the campaign")


@pytest.fixture(scope="module")
def address(root: Path, made: Layout) -> Iterator[str]:  # noqa: F811
    """The app over small models."""
    for folder in ("params", "notebooks"):
        (made.root / folder).mkdir(exist_ok=True)
    shutil.copy(root / "notebooks" / "app.ipynb", made.root / "notebooks")
    with served(made.root) as (url, _):
        yield url


@pytest.fixture
def tab(address: str, visit: Callable[..., Any]) -> Callable[..., Any]:  # noqa: F811
    """Open the tab; nothing is filled in but a name."""

    def open_tab(**options: Any) -> Any:
        page = visit(address, **options)
        page.get_by_role("tab", name="Will it be funded?").click()
        page.get_by_label("Name", exact=True).fill("The <b>Quiet</b> Harbour")
        return page

    return open_tab


def estimate(page: Any) -> None:
    page.get_by_role("button", name="Estimate its chance").click()
    page.get_by_role("button", name="Estimate its chance").and_(page.locator(":enabled")).wait_for()
    page.wait_for_selector(".cw-chance-number")


def test_an_answer_shows_curves_changes_and_similar_projects(tab: Callable[..., Any]) -> None:
    page = tab()
    estimate(page)
    for name in CURVES:
        picture = page.get_by_role("img", name=name)
        picture.wait_for()
        assert picture.bounding_box()["height"] > 100
    assert "Goal in USD, log scale" in page.locator(".cw-curve").first.text_content()
    page.get_by_text("The same as a table").first.click()
    assert "(this draft)" in page.locator(".cw-numbers:visible").inner_text()
    assert page.locator(".cw-past > li").count() == 10
    assert set(page.locator(".cw-outcome").all_inner_texts()) <= {"Funded", "Not funded"}
    helped = page.locator(".cw-changes > li")
    assert 1 <= helped.count() <= 3
    assert all(re.search(r"\+\d+\.\d points", words) for words in helped.all_inner_texts())
    keep(page, "kickstarter-answer")


def test_two_drafts_are_compared_and_differences_add_up(tab: Callable[..., Any]) -> None:
    page = tab()
    estimate(page)
    page.get_by_role("button", name="Keep this draft as A").click()
    page.get_by_text("Draft A is kept").wait_for()
    page.get_by_label("Goal", exact=True).fill("250000")
    page.get_by_label("Days it runs", exact=True).fill("55")
    page.get_by_label("Short description").fill("Another <i>text</i> altogether")
    page.keyboard.press("Tab")
    page.get_by_text("The form has changed since").wait_for()
    estimate(page)
    page.get_by_role("table", name="Draft A and draft B").wait_for()
    named = page.locator('.cw-row [role="rowheader"]').all_inner_texts()
    assert named == ["Chance", "Goal", "Days it runs", "Short description"]
    points = [
        round(10 * float(words.split()[0].replace("−", "-"))) for words in page.locator(".cw-adds").all_inner_texts()
    ]
    assert points[0] == sum(points[1:])
    assert "Another <i>text</i> altogether" in page.locator(".cw-versus").inner_text()
    keep(page, "kickstarter-versus")
    page.get_by_role("button", name="Forget draft A").click()
    page.locator(".cw-versus").wait_for(state="detached")


def test_a_suggested_change_is_tried_with_a_click(tab: Callable[..., Any]) -> None:
    page = tab()
    page.get_by_label("Goal", exact=True).fill("20000")  # the small model has learnt that half of it is better
    estimate(page)
    page.get_by_role("button", name="Try a goal of").click()
    page.get_by_role("table", name="Draft A and draft B").wait_for()
    assert page.locator(".cw-adds .cw-up").count() >= 1


@pytest.mark.parametrize("goal", ["0", "-5", "1e13"])
def test_a_bad_goal_is_a_sentence_and_shows_no_chance(tab: Callable[..., Any], goal: str) -> None:
    page = tab()
    page.get_by_label("Goal", exact=True).fill(goal)
    page.get_by_role("button", name="Estimate its chance").click()
    alarm = page.locator(".cw-alarm:visible")
    alarm.wait_for()
    assert alarm.inner_text().startswith("Goal: ")
    assert page.locator(".cw-chance-number").count() == 0
    assert "Traceback" not in page.content()


def test_earlier_projects_come_and_go_by_keyboard_alone(tab: Callable[..., Any]) -> None:
    page = tab(width=320, scheme="dark")
    page.get_by_role("button", name="Add an earlier project").focus()
    page.keyboard.press("Enter")
    page.get_by_label("How project 1 ended").wait_for()
    page.get_by_label("How project 1 ended").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("Taken as 1 earlier, 0 of them funded").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.title") == "Remove earlier project 1"
    page.keyboard.press("Enter")
    page.get_by_label("How project 1 ended").wait_for(state="detached")
    page.wait_for_function("document.activeElement.textContent === 'Add an earlier project'")


@pytest.mark.parametrize("width", [1280, 320])
def test_all_of_an_answer_fits(tab: Callable[..., Any], width: int) -> None:
    page = tab(width=width, scheme="dark")
    page.get_by_role("button", name="Add an earlier project").click()
    page.get_by_label("Launch of project 1").wait_for()
    page.get_by_label("Short description").fill("Donaudampfschifffahrtsgesellschaftskapitän" * 3)
    estimate(page)
    page.get_by_role("button", name="Keep this draft as A").click()
    page.get_by_label("Name", exact=True).fill("W" * 90)
    estimate(page)
    page.get_by_role("table", name="Draft A and draft B").wait_for()
    assert fits(page)
    keep(page, f"kickstarter-whole-{width}")

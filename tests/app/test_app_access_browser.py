"""Who reads with other eyes or hands, on another screen, can use the app: axe's rules, narrow phones, both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from app_pages import Browser, browser  # noqa: F401

from app_session import App, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GRAVE = ("serious", "critical")
SCREENS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"), (320, "light")]


@pytest.fixture(scope="module")
def app(sample_root: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with served(sample_root, tmp_path_factory.mktemp("log") / "app.log") as running:
        yield running


def grave(page: Any) -> list[str]:
    """Give axe's serious and critical violations, each with the places where it is."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    violations = axe.run(page).response["violations"]
    return [
        f"{found['id']}: {found['help']}: {[node['html'][:160] for node in found['nodes']]}"
        for found in violations
        if found["impact"] in GRAVE
    ]


def sticks_out(page: Any) -> list[str]:
    """Give what reaches beyond the right edge of a page that would scroll sideways, if it does."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
            [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
            .map(e => e.tagName + '.' + e.className).slice(0, 9)"""
        )
    )


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_both_tabs_with_their_answers_can_be_read_by_everybody(
    app: App,
    browser: Browser,  # noqa: F811
    width: int,
    scheme: str,
) -> None:
    # axe comes as a script in the page, which the app's own policy forbids.
    page = browser.open(app.url, width=width, scheme=scheme, bypass_csp=True)
    assert grave(page) == []
    page.get_by_label("Pick a player").select_option(index=2)
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    browser.keep(page, f"access-steam-{width}-{scheme}")
    assert grave(page) == []
    assert sticks_out(page) == []
    page.get_by_text("Games I own", exact=True).click()
    page.get_by_label("Find a game you own").fill("a")
    page.locator(".cw-found .jupyter-button:visible").first.click()
    page.locator(".cw-chip").first.wait_for()
    assert grave(page) == []
    assert sticks_out(page) == []
    page.get_by_role("tab", name="Will it be funded?").click()
    page.get_by_label("Name").fill("A first edition with a name that has to wrap somewhere on a narrow screen")
    page.get_by_label("Goal").fill("5000")
    page.get_by_role("button", name="Estimate its chance").click()
    page.wait_for_selector(".cw-chance-number")
    browser.keep(page, f"access-kickstarter-{width}-{scheme}")
    assert grave(page) == []
    assert sticks_out(page) == []


def test_a_missing_page_and_a_full_app_can_be_read_too(app: App, browser: Browser) -> None:  # noqa: F811
    context = browser.chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    browser.contexts.append(context)
    page = context.new_page()
    page.goto(f"{app.url}nothing-here")
    browser.keep(page, "access-missing")
    assert "There is no such page" in page.locator("h2").inner_text()
    assert page.get_by_role("link", name="Go to the app").get_attribute("href") == "/"
    assert grave(page) == []
    assert sticks_out(page) == []


def test_the_skip_link_leads_to_the_app_and_focus_is_seen(app: App, browser: Browser) -> None:  # noqa: F811
    page = browser.open(app.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "cw-skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert page.evaluate(outline) == "3px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cw-app') !== null")

"""Many at once, and what happens when something breaks under them: a kernel killed, the database gone."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from app_pages import Browser, browser  # noqa: F401

from app_session import App, Session, served
from crowdwise.app.sources import open_players, open_recommender
from crowdwise.app.steam_model import SteamModel
from crowdwise.base.layout import Layout

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SESSIONS, PAGES = 20, 3
NAME = r'class="cw-game".*?<h3>([^<]+)</h3>'  # of a recommended game'
ALARM = r'<div class="cw-notice cw-alarm[^>]*>(.*?)</div>'


@pytest.fixture(scope="module")
def app(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with served(sample_root, tmp_path_factory.mktemp("log") / "app.log") as running:
        yield running


@pytest.fixture(scope="module")
def expected(sample_root: Path) -> list[tuple[str, list[str]]]:
    """The players one may pick, each with the names of the ten games recommended."""
    layout = Layout("sample", sample_root)
    model = SteamModel(open_recommender(layout), open_players(layout))
    answers = []
    for _, player_id in model.known_players():
        model.player = player_id
        answers.append((player_id, [shown.game.name for shown in model.answer().games]))
    assert len({tuple(games) for _, games in answers}) > len(answers) // 2  # else cross-talk could not be seen
    return answers


def visit(app: App, place: int) -> tuple[list[str], list[str]]:
    """Open a session and ask for a player's games twice, with another player's in between."""
    session = Session(app)
    try:
        found = []
        for index in (place, place + 1, place):
            session.set("Pick a player", index=index)
            session.press("Recommend ten games")
            found.append(session.texts(NAME))
        return found[0], found[2]
    finally:
        session.close()


def test_twenty_sessions_and_three_pages_at_once_each_get_their_own_answer(
    app: App,
    browser: Browser,  # noqa: F811
    expected: list[tuple[str, list[str]]],
) -> None:
    places = [1 + k % (len(expected) - 1) for k in range(SESSIONS)]
    pages = [browser.open(app.url) for _ in range(PAGES)]
    with ThreadPoolExecutor(SESSIONS) as pool:
        visits = [pool.submit(visit, app, place) for place in places]
        for k, page in enumerate(pages):
            page.get_by_label("Pick a player").select_option(index=len(expected) - k)
            page.get_by_role("button", name="Recommend ten games").click()
        for k, page in enumerate(pages):
            page.locator(".cw-game:visible").nth(9).wait_for()
            assert page.locator(".cw-game:visible h3").all_inner_texts() == expected[len(expected) - k - 1][1]
        for place, one in zip(places, visits, strict=True):
            assert one.result() == (expected[place - 1][1], expected[place - 1][1])
    assert "Traceback" not in app.log.read_text()


def kernel_of(page: Any) -> str:
    (found,) = re.findall(r'"kernelId": "([\w-]+)"', page.locator("#jupyter-config-data").text_content())
    return str(found)


def test_a_kernel_killed_in_the_middle_is_said_and_a_reload_goes_on(
    app: App,
    browser: Browser,  # noqa: F811
    expected: list[tuple[str, list[str]]],
) -> None:
    from playwright.sync_api import expect

    page, other = browser.open(app.url), browser.open(app.url)
    page.get_by_label("Pick a player").select_option(index=1)
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    app.kernels()[kernel_of(page)].kill()
    page.get_by_role("alert").filter(has_text="session has ended").wait_for()
    browser.keep(page, "killed")
    assert not other.locator("#cw-lost").is_visible()
    page.get_by_role("button", name="Reload the page").click()
    page.wait_for_selector("#cw-lost", state="hidden")
    page.locator(".cw-game:visible").nth(9).wait_for()  # what was there comes back by itself
    assert page.locator(".cw-game:visible h3").all_inner_texts() == expected[0][1]
    page.wait_for_selector(".cw-go:enabled")
    page.get_by_label("Pick a player").select_option(index=2)
    page.get_by_role("button", name="Recommend ten games").click()
    # The first player's ten stand there until the second's come, and some are in both.
    expect(page.locator(".cw-game:visible h3")).to_have_text(expected[1][1])


@pytest.mark.parametrize("cell", ["1;", "raise ValueError('secret')"])
def test_a_page_whose_app_could_not_start_says_so_in_the_place_of_the_skeleton(
    browser: Browser,  # noqa: F811
    root: Path,
    tmp_path: Path,
    cell: str,
) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").mkdir()
    content = json.loads((root / "notebooks" / "app.ipynb").read_text())
    content["cells"] = [{**content["cells"][1], "source": cell}]
    (tmp_path / "notebooks" / "app.ipynb").write_text(json.dumps(content))
    with served(tmp_path, tmp_path / "app.log") as app:
        page = browser.visit(app.url)
        page.get_by_role("alert").filter(has_text="The app could not start").wait_for()
        assert not page.locator("#loading").is_visible()
        assert "secret" not in page.content()
        assert page.get_by_role("button", name="Reload the page").is_visible()
        browser.keep(page, "could-not-start")
        page.locator("#main #rendered_cells").wait_for(
            state="attached"
        )  # Voila's own scripts fail if they are closed while they start
        page.wait_for_load_state("networkidle")


def test_a_database_gone_in_the_middle_is_a_sentence_and_the_rest_goes_on(sample_root: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(sample_root, project, ignore=shutil.ignore_patterns("raw", "reports"))
    database = Layout("sample", project).database
    kept = database.read_bytes()
    with served(project, tmp_path / "app.log") as app:
        session = Session(app)
        session.set("Pick a player", index=1)
        session.press("Recommend ten games")
        before = session.texts(NAME)
        assert len(before) == 10
        os.truncate(database, 0)
        session.set("Pick a player", index=2)
        session.press("Recommend ten games")
        session.wait(lambda: bool(session.texts(ALARM)))
        said = " ".join(session.texts(ALARM))
        assert re.search(r"database|log has the cause under", re.sub(r"<[^>]+>", "", said))
        assert "Traceback" not in said
        assert "sqlalchemy" not in said.lower()
        session.set("Name", value="A first edition")
        session.set("Goal", value=5000.0)
        session.press("Estimate its chance")
        assert session.texts(r'class="cw-chance-number[^>]*>')
        database.write_bytes(kept)
        session.set("Pick a player", index=1)
        session.press("Recommend ten games")
        assert session.texts(NAME) == before
        session.close()

"""Pages in a real browser: tables that sort and filter, contents that follow, axe, print, no script, no network."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.figures import figure_to_html
from crowdwise.reporting.frames import frame_to_html
from crowdwise.reporting.look import CARDS
from crowdwise.reporting.page import render

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["index", *(f"{system}/{name}" for system in SYSTEMS for name in (*NOTEBOOKS, *CARDS))]
SCORES = ["1,234", "12 %", ".45 [.44, .46]", "–", "−3.5", "< 0.001"]
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
SIDEWAYS = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A page with two tables, a tall figure, code, a formula, and a script that nobody asked for."""
    figure, axes = plt.subplots(figsize=(8, 14))
    axes.plot([1, 2], [3, 4])
    scores = pd.DataFrame(
        {"name": list("bcafed"), "score": SCORES, "day": [f"2018-0{k}-01" for k in (3, 1, 2, 6, 5, 4)]}
    )
    games = pd.DataFrame({"game": [f"Game {k}" for k in range(30)], "genre": ["action", "puzzle", "racing"] * 10})
    shown = [frame_to_html(scores), frame_to_html(games), figure_to_html(figure, alt="A line that rises from 3 to 4")]
    cells = [
        nbformat.v4.new_markdown_cell("# A small page\n\nWith $x^2$ <script>document.title = 'taken over'</script>")
    ]
    for title, output in zip(("One", "Two", "Three"), shown, strict=True):
        data = nbformat.v4.new_output("display_data", {"text/html": output})
        cells.append(nbformat.v4.new_markdown_cell(f"## {title}\n\n" + "A line of text.\n\n" * 20))
        cells.append(nbformat.v4.new_code_cell("1 + 1", outputs=[data]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    page = tmp_path / "small.html"
    page.write_text(render(notebook, Layout("tiny", tmp_path), "steam", "1-acquire", source="made up"))
    return page


def opened(chromium: Any, path: Path, **options: Any) -> Any:
    options = {"viewport": {"width": 1280, "height": 900}, "offline": True, **options}
    page = chromium.new_context(**options).new_page()
    page.goto(path.as_uri())
    return page


def column(page: Any, table: int, number: int) -> list[str]:
    return page.locator("main table").nth(table).locator(f"tbody tr:visible td:nth-child({number})").all_inner_texts()


def test_numbers_sort_as_numbers_and_what_is_missing_stays_last(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    head = page.locator("main table").first.locator("th", has_text="score")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    rising = ["−3.5", "< 0.001", ".45 [.44, .46]", "12 %", "1,234"]
    assert column(page, 0, 2) == [*rising, "–"]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, 0, 2) == [*rising[::-1], "–"]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert column(page, 0, 2) == SCORES


def test_words_and_days_sort_by_keyboard_and_one_column_at_a_time(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    heads = page.locator("main table").first.locator("th")
    heads.nth(0).get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert column(page, 0, 1) == list("abcdef")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert column(page, 0, 3) == sorted(column(page, 0, 3))
    assert [heads.nth(k).get_attribute("aria-sort") for k in range(3)] == [None, None, "ascending"]


def test_long_tables_filter_and_short_ones_have_no_box(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    box = page.get_by_label("Filter rows")
    assert box.count() == 1
    box.fill("puzzle game 1")
    assert column(page, 1, 1) == ["Game 1", "Game 10", "Game 13", "Game 16", "Game 19"]
    assert page.locator(".table-tools output").inner_text() == "5 of 30 rows"
    box.fill("")
    assert len(column(page, 1, 1)) == 30


def test_the_contents_follow_the_reader(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    here = page.locator(".contents a[aria-current]")
    page.evaluate("document.getElementById('Two').scrollIntoView({behavior: 'instant'})")
    here.filter(has_text="Two").wait_for()
    page.evaluate("window.scrollTo({top: 1e6, behavior: 'instant'})")
    here.filter(has_text="Three").wait_for()
    assert here.count() == 1


def test_all_code_opens_at_once_and_closes_again(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    button = page.get_by_role("button", name="Show all code")
    for open_now in (True, False):
        button.click()
        assert button.get_attribute("aria-pressed") == str(open_now).lower()
        assert page.locator("details.code[open]").count() == (3 if open_now else 0)


def test_only_the_pages_own_script_runs(chromium: Any, small: Path) -> None:
    page = opened(chromium, small)
    assert page.title() == "A small page · crowdwise"
    assert page.locator(".show-code").count() == 1


def test_without_a_script_the_page_is_whole(chromium: Any, small: Path) -> None:
    page = opened(chromium, small, java_script_enabled=False, viewport={"width": 360, "height": 800})
    assert page.locator(".contents a").first.is_visible()
    assert page.locator("main table").count() == 3
    assert page.locator("th button, .table-tools, .show-code").count() == 0
    assert page.locator("math").count() == 1


def test_no_figure_is_cut_and_nothing_sticks_out_on_a4(chromium: Any, small: Path) -> None:
    page = opened(chromium, small, viewport={"width": 688, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('main figure img').getBoundingClientRect().height") < 1000
    assert not page.evaluate(SIDEWAYS)
    assert not page.locator("details.code, .contents, .table-tools").first.is_visible()
    assert page.locator(".banner").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_and_a_phone_shows_all(
    sample_root: Path, chromium: Any, name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    path = sample_root / "reports/sample" / f"{name}.html"
    assert path.stat().st_size < 3_000_000
    page = opened(chromium, path, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(OPEN_ALL)
    found = axe.run(page).response["violations"]
    serious = [
        (each["id"], [node["html"][:120] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("window.scrollTo(0, 1e6)")
    wide = page.evaluate(SIDEWAYS)
    page.context.close()
    assert serious == [], json.dumps(serious, indent=1)
    assert not wide, "something sticks out sideways"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "index"])
def test_every_figure_has_its_data_to_open(sample_root: Path, name: str) -> None:
    text = (sample_root / "reports/sample" / f"{name}.html").read_text()
    figures = re.findall(r'<figure class="crowdwise-figure">.*?</figure>', text, re.S)
    bare = [figure for figure in figures if "The data behind this figure" not in figure]
    # One says that nothing was given to draw.
    assert [figure for figure in bare if "No reference rates were given" not in figure] == []
    assert len(bare) < len(figures) or not figures

"""The nine pages in a real browser, opened as files: on a desk and on a phone, light and dark, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = Path(__file__).resolve().parents[1] / "app" / "screenshots"
PAGES = ["index", *(f"{system}/{notebook}" for system in SYSTEMS for notebook in NOTEBOOKS)]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window_and_asks_nothing_of_the_network(
    sample_root: Path, chromium: Any, name: str, width: int, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.set_default_timeout(120_000)  # other tests may hold every core
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((sample_root / "reports/sample" / f"{name}.html").as_uri())
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=str(SHOTS / f"page-{name.replace('/', '-')}-{width}-{scheme}.png"), full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)")
    context.close()
    assert not wide, "something sticks out sideways"
    assert broken == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_one_walks_from_the_index_through_all_reports_and_back(sample_root: Path, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto((sample_root / "reports/sample/index.html").as_uri())
    page.locator("a.card").first.click()
    page.wait_for_load_state()
    seen = [page.url.rsplit("/", 2)[-2:]]
    while page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").click()
        page.wait_for_load_state()  # the next link stands at the page's end
        seen.append(page.url.rsplit("/", 2)[-2:])
    assert seen == [[system, f"{notebook}.html"] for system in SYSTEMS for notebook in NOTEBOOKS]
    page.locator("a.brand").click()
    assert page.url.endswith("index.html")

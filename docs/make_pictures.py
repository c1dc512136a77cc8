"""The README's pictures, taken from the sample reports and the running app: `python docs/make_pictures.py`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PORT = 8899


def picture_index(page: Page) -> None:
    """Take the index page, down to the cards."""
    page.goto((ROOT / "reports" / "sample" / "index.html").as_uri())
    page.screenshot(path=DOCS / "index.png", clip={"x": 0, "y": 0, "width": 1200, "height": 1180}, full_page=True)


def picture_steam(page: Page) -> None:
    """Take ten games for a known player."""
    page.get_by_label("Pick a player").select_option(index=1)
    page.get_by_role("button", name="Recommend ten games").click()
    page.locator(".cw-game:visible").nth(9).wait_for()
    page.screenshot(path=DOCS / "app-steam.png")


def picture_kickstarter(page: Page) -> None:
    """Take the chance of a draft, and what drives it."""
    page.get_by_role("tab", name="Will it be funded?").click()
    page.get_by_label("Name").fill("The Quiet Harbour")
    page.get_by_label("Short description").fill("A first edition, printed and proofed, with three prototypes tested.")
    page.get_by_label("Goal").fill("8000")
    page.get_by_role("button", name=re.compile("Estimate")).click()
    page.wait_for_selector(".cw-chance-number")
    page.screenshot(
        path=DOCS / "app-kickstarter.png", clip={"x": 0, "y": 0, "width": 1200, "height": 1400}, full_page=True
    )


def main() -> None:
    """Take all pictures; the sample reports must be there."""
    command = [sys.executable, "-m", "crowdwise.app.serve", "--profile", "sample", "--port", str(PORT)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            picture_index(page)
            assert server.stdout is not None
            page.goto(server.stdout.readline().strip())
            page.wait_for_selector(".cw-go:enabled", timeout=60_000)
            picture_steam(page)
            picture_kickstarter(page)
            browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()

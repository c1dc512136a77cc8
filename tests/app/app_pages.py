"""Pages of the app in Chromium, watched: what they ask for and what fails in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
WAIT = 120_000  # milliseconds; a busy machine is slow


@dataclass
class Browser:
    """A browser whose pages may ask this machine alone, and in which no script may fail."""

    chromium: Any
    shots: Path
    asked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(self, url: str, **options: Any) -> Any:
        """Open a page and wait until its controls can be used."""
        page = self.visit(url, **options)
        page.wait_for_selector(".cw-go:enabled")
        return page

    def visit(self, url: str, *, width: int = 1280, scheme: str = "light", **options: Any) -> Any:
        """Open a page and wait for nothing."""
        context = self.chromium.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda opened: self.asked.append(opened.url))
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        page.goto(url, wait_until="commit")
        return page

    def keep(self, page: Any, name: str) -> None:
        """Keep a picture of the page."""
        self.shots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)

    def close(self) -> None:
        """Close all pages; whatever they asked must have been this machine's to answer."""
        for context in self.contexts:
            context.close()
        hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith(("data:", "blob:"))}
        assert hosts <= LOOPBACK, hosts - LOOPBACK
        assert self.failed == []


@pytest.fixture
def browser(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Pictures go to a temporary folder, or to the one that CROWDWISE_SCREENSHOTS names."""
    named = os.environ.get("CROWDWISE_SCREENSHOTS")
    opened = Browser(chromium, Path(named) if named else tmp_path_factory.mktemp("screenshots"))
    yield opened
    opened.close()

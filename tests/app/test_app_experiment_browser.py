"""In a real browser: the token of a page in a test stands in its address and outlives a reload."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from test_app_browser import served, visit  # noqa: F401

from crowdwise.base.layout import Layout
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import start_experiment
from crowdwise.storage.database import engine, prepare
from experiment_logs import LOGGED_PLAN

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The app of a project without models in which an experiment runs."""
    project = tmp_path_factory.mktemp("tested")
    (project / "params").mkdir()
    (project / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "app.ipynb", project / "notebooks")
    to = engine(Layout("sample", project))
    prepare(to, "sample")
    start_experiment(to, read_plan(LOGGED_PLAN), "steam")
    to.dispose()
    with served(project) as (url, _):
        yield url


def token_of(page: Any) -> str:
    page.wait_for_selector("[data-unit]", state="attached")
    page.wait_for_url(re.compile(r"[?&]unit="))
    return parse_qs(urlsplit(page.url).query)["unit"][0]


def test_the_token_stands_in_the_address_and_outlives_a_reload(address: str, visit: Callable[..., Any]) -> None:  # noqa: F811
    page = visit(f"{address}?theme=dark", ready=False)
    token = token_of(page)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert page.locator("[data-unit]").get_attribute("data-unit") == token
    assert "theme=dark" in page.url
    assert "A test is running" in page.inner_text("body")
    page.reload(wait_until="commit")
    assert token_of(page) == token
    assert page.locator("[data-unit]").get_attribute("data-unit") == token
    other = visit(f"{address}?unit=%3Cscript%3Ealert(1)%3C/script%3E", ready=False)
    other.wait_for_selector("[data-unit]", state="attached")
    other.wait_for_url(re.compile(r"[?&]unit=[A-Za-z0-9_-]{22}$"))
    assert token_of(other) != token

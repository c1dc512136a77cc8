"""What every test may ask for."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from project_copy import ROOT, copy_project, run_make

CHROMIUM = Path("/usr/bin/chromium")

# How long an example takes depends on what else the machine does.
settings.register_profile("crowdwise", deadline=None)
settings.load_profile("crowdwise")


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Undo what a command's set-up of the log leaves behind: a handler on the stderr of a test that has ended."""
    yield
    logger = logging.getLogger("crowdwise")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real data, named by CROWDWISE_REALDATA or found beside the project."""
    folder = Path(os.environ.get("CROWDWISE_REALDATA", ROOT.parent / "shared" / "data"))
    if not (folder / "steam").is_dir() or not (folder / "kickstarter").is_dir():
        pytest.skip(f"no real data at {folder}: name its folder in CROWDWISE_REALDATA")
    return folder


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which `make report` was run on the sample profile, both systems side by side."""
    folder = copy_project(tmp_path_factory.mktemp("sample") / "crowdwise")
    made = run_make(folder, "-j2", "report")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser of Debian's package, without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield launched
        launched.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Under CROWDWISE_STRICT=1 a skipped test is a failed one: whoever sets it says that everything is installed."""
    report = yield
    if os.environ.get("CROWDWISE_STRICT") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped although CROWDWISE_STRICT=1: {reason}"
    return report

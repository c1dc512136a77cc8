"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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

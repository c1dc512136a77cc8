"""A small made-up world, made and read once for all tests of the room."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from crowdwise.steam.evaluation import Trial
from crowdwise.steam.madeup import make
from crowdwise.steam.models import Warp
from crowdwise.steam.tables import Tables, parse


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of made-up raw files, 300 lines of players."""
    folder = tmp_path_factory.mktemp("made-up")
    make(folder, players=300, seed=7)
    return folder


@pytest.fixture(scope="session")
def tables(made_up: Path) -> Tables:
    """The tables made from them."""
    return parse(made_up)


@pytest.fixture(scope="session")
def trial(tables: Tables) -> Trial:
    """Their libraries, a fifth held out."""
    return Trial.draw(tables.owned, tables.games, share=0.2, seed=7)


@pytest.fixture(scope="session")
def warp(trial: Trial) -> Warp:
    """A WARP model fitted on the training part."""
    return Warp(components=8, epochs=8, learning_rate=0.05, item_alpha=0.0, seed=7).fit(trial.train)


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Write lines to a gzip, and give its path."""

    def write(lines: Iterable[object], name: str = "lines.json.gz") -> Path:
        path = tmp_path / name
        with gzip.open(path, "wb") as out:
            for line in lines:
                out.write((line if isinstance(line, bytes) else repr(line).encode()) + b"\n")
        return path

    return write

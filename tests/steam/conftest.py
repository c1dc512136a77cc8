"""A small made-up world, made and read once for all tests of the room."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from crowdwise.steam.madeup import make
from crowdwise.steam.models import EASE, Blend, FoldedIn, Light
from crowdwise.steam.tables import Tables, parse
from crowdwise.steam.trial import Trial


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
    return Trial.draw(tables.owned, tables.games, share=0.2, seed=7, min_games=3, min_owners=2)


@pytest.fixture(scope="session")
def light(trial: Trial) -> Light:
    """A LightFM model fitted on the training part."""
    return Light(components=8, epochs=8, seed=7).fit(trial.train)


@pytest.fixture(scope="session")
def blend(trial: Trial, light: Light) -> Blend:
    """The deployed kind of model, fitted on the training part."""
    return Blend(EASE(penalty=20.0, kept=50), FoldedIn(light), 0.5, 7).fit(trial.train)


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

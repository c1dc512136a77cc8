"""What the app reads: two models and the database, each asked for when it is needed, each allowed to be missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crowdwise.app.retention import read_retention
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crowdwise.app.participation import Participation
    from crowdwise.app.stored_diary import StoredDiary
    from crowdwise.kickstarter.predictor import Predictor
    from crowdwise.steam.recommender import Recommender
    from crowdwise.storage.queries import OwnedGame, PlayerCount, Reference

# LightGBM imports these when they are there, for what the app never asks of it; they cost a session 80 MB and a second.
UNNEEDED = ("sklearn", "matplotlib", "dask")
PATIENCE = 3  # seconds that a visitor waits for another writer of the database
DRAWN_BY = 1  # the seed that draws the players one may pick from


class Players(Protocol):
    """Known players and what they own."""

    def some(self) -> list[PlayerCount]:
        """Give a few players to pick from."""

    def find(self, name: str) -> str | None:
        """Give the id of the player of that id or name, or None."""

    def library(self, player_id: str) -> list[OwnedGame]:
        """Give what a player owns, the most played first."""


@dataclass(frozen=True)
class StoredPlayers:
    """The players of the profile's database."""

    engine: Engine

    def some(self) -> list[PlayerCount]:
        """Give up to twenty players to pick from, the same ones each time."""
        from crowdwise.storage.queries import some_players

        return some_players(self.engine, 20, seed=DRAWN_BY)

    def find(self, name: str) -> str | None:
        """Give the id of the player of that id or name, or None."""
        from crowdwise.storage.queries import find_player

        return find_player(self.engine, name)

    def library(self, player_id: str) -> list[OwnedGame]:
        """Give what a player owns, the most played first; a Problem if there is no such player."""
        from crowdwise.storage.queries import player_library

        return player_library(self.engine, player_id)


def open_players(layout: Layout) -> StoredPlayers:
    """Open the profile's database.

    Raises
    ------
    Problem
        If it is missing, can't be used or holds another profile.
    """
    return StoredPlayers(open_database(layout))


def open_reference(layout: Layout) -> Reference:
    """Read what a project can be filed under from the profile's database.

    Raises
    ------
    Problem
        As `open_players`, and if no Kickstarter data was put into it.
    """
    from crowdwise.storage.queries import read_reference

    made = open_database(layout)
    try:
        return read_reference(made)
    finally:
        made.dispose()


def open_participation(layout: Layout, system: str, token: str) -> Participation | None:
    """Give a page's part in the experiment that runs in a system; None if none runs.

    Raises
    ------
    Problem
        As `open_players`.
    """
    made = open_database(layout)
    from crowdwise.app.participation import Participation
    from crowdwise.experiment.register import running_experiment

    experiment = running_experiment(made, system)
    if experiment is None:
        made.dispose()
        return None
    return Participation(made, experiment, token, read_version(layout, system))


def open_diary(
    layout: Layout, token: str, experiments: Mapping[str, str], tell: Callable[[str], None]
) -> StoredDiary | None:
    """Give a visitor's diary in the profile's database; None where nothing is to be kept.

    Parameters
    ----------
    token : str
        The visitor's key.
    experiments : mapping
        The name of the experiment that runs in a system, where one does.
    tell : callable
        Shows the visitor a sentence when the database fails.

    Raises
    ------
    Problem
        As `open_players`, if the database has no tables for it, or ``CROWDWISE_RETENTION_DAYS`` is no number of days.
    """
    if read_retention() == 0:
        return None
    made = open_database(layout)
    from crowdwise.app.stored_diary import StoredDiary
    from crowdwise.storage.diaries import has_tables

    if not has_tables(made):
        remedy = f"Run `make ingest PROFILE={layout.profile}`"
        raise Problem("the database has no tables for histories", where=layout.profile, remedy=remedy)
    versions = {system: read_version(layout, system) for system in SYSTEMS}
    return StoredDiary(made.execution_options(wait=PATIENCE), token, versions, experiments, tell)


def open_database(layout: Layout) -> Engine:
    """Give the engine of the profile's database, which may be of an earlier version: then it lacks tables.

    Raises
    ------
    Problem
        If it is missing, can't be used or holds another profile.
    """
    from crowdwise.storage.database import VARIABLE, address, check, engine

    url = address(layout)
    if url == url.set(database=str(layout.database)) and not layout.database.is_file():
        remedy = f"Run `make report PROFILE={layout.profile}`, or name another database in {VARIABLE}"
        raise Problem("the database is not made yet", where=layout.relative(layout.database), remedy=remedy)
    made = engine(layout)
    check(made, layout.profile, older=True)
    return made


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports in the block find that these modules are not installed, unless they are loaded already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def open_recommender(layout: Layout) -> Recommender:
    """Load the Steam model, memory-mapped.

    Raises
    ------
    Problem
        If it is missing or is not one of ours.
    """
    _look(layout, "steam")
    with _without(UNNEEDED):
        from crowdwise.steam.recommender import Recommender
    return Recommender.load(layout.model("steam"))


def open_predictor(layout: Layout) -> Predictor:
    """Load the Kickstarter model.

    Raises
    ------
    Problem
        If it is missing or is not one of ours.
    """
    _look(layout, "kickstarter")
    with _without(UNNEEDED):
        from crowdwise.kickstarter.predictor import Predictor
    return Predictor.load(layout.model("kickstarter"))


def _look(layout: Layout, system: str) -> None:
    folder = layout.model(system)
    if not folder.is_dir():
        remedy = f"Run `make report PROFILE={layout.profile}`, then reload this page"
        raise Problem("this model is not made yet", where=layout.relative(folder), remedy=remedy)


def read_source(layout: Layout, system: str) -> str:
    """Give what a model learnt from (``made up``, ``local`` or ``published``), or nothing if it does not say."""
    return _read_word(layout, system, "metrics.json", "source")


def read_version(layout: Layout, system: str) -> str:
    """Give the version on a model's card, or nothing if it does not say."""
    return _read_word(layout, system, "card.json", "version")


def _read_word(layout: Layout, system: str, file: str, key: str) -> str:
    try:
        document = json.loads((layout.model(system) / file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(document.get(key, "")) if isinstance(document, dict) else ""

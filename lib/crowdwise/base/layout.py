"""Where everything stands, relative to the project's root and a profile."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from crowdwise.base.errors import Problem

SYSTEMS = ("steam", "kickstarter")
NOTEBOOKS = ("1-acquire", "2-explore", "3-model", "4-experiment")


def find_root(start: Path | None = None) -> Path:
    """Give the project's root: ``CROWDWISE_ROOT``, or the nearest folder above with ``params/`` and ``notebooks/``.

    Raises
    ------
    Problem
        If neither is there.
    """
    named = os.environ.get("CROWDWISE_ROOT")
    if named:
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise Problem(
        "no folder above this one holds params/ and notebooks/",
        where=here,
        remedy="Start from inside the project, or set CROWDWISE_ROOT to its folder",
    )


@dataclass(frozen=True)
class Layout:
    """The folders and files of one profile.

    Parameters
    ----------
    profile : str
        ``sample``, ``local``, ``full`` or a name of your own (letters, digits, ``-`` and ``_``).
    root : Path, optional
        The project's root, found from the current folder when left out.
    """

    profile: str
    root: Path = field(default_factory=find_root)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", self.profile):
            raise Problem(
                f"{self.profile!r} is not a profile's name",
                where="PROFILE",
                remedy="Use letters, digits, - and _, as in sample, local or full",
            )

    def raw(self, system: str) -> Path:
        """Give the folder of raw files as published."""
        return self.root / "data" / self.profile / system / "raw"

    def tables(self, system: str) -> Path:
        """Give the folder of Parquet tables."""
        return self.root / "data" / self.profile / system / "tables"

    def table(self, system: str, name: str) -> Path:
        """Give one Parquet table's file."""
        return self.tables(system) / f"{name}.parquet"

    def model(self, system: str) -> Path:
        """Give the folder of the deployed model."""
        return self.root / "data" / self.profile / system / "model"

    @property
    def database(self) -> Path:
        """The profile's own SQLite file."""
        return self.root / "data" / self.profile / "crowdwise.db"

    @property
    def reports(self) -> Path:
        """The folder of the profile's reports."""
        return self.root / "reports" / self.profile

    def report(self, system: str, notebook: str, ending: str) -> Path:
        """Give one report's file, as in ``report("steam", "3-model", "metrics.json")``."""
        return self.reports / system / f"{notebook}.{ending}"

    def params(self, system: str) -> Path:
        """Give the profile's parameter file of one system."""
        return self.root / "params" / self.profile / f"{system}.yaml"

    def plan(self, system: str) -> Path:
        """Give the profile's plan of one system's experiment."""
        return self.root / "params" / self.profile / "plans" / f"{system}.yaml"

    def notebook(self, system: str, notebook: str) -> Path:
        """Give one notebook's file."""
        return self.root / "notebooks" / system / f"{notebook}.ipynb"

    def relative(self, path: Path) -> str:
        """Give a path as seen from the root, for pages and messages."""
        return os.path.relpath(path, self.root)

"""The acquire notebook's work: raw files brought home, read, checked, and written as tables with their provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.steam.lines import Refused
from crowdwise.steam.raw import bring
from crowdwise.steam.tables import Tables, parse, write_rejects
from crowdwise.storage.fetch import Fetched
from crowdwise.storage.provenance import write_provenance


@dataclass(frozen=True)
class Acquired:
    """The raw files and the tables made from them."""

    files: tuple[Fetched, ...]
    tables: Tables

    def file_table(self) -> pd.DataFrame:
        """Give one row a raw file: ``file, origin, bytes, md5, sha256``."""
        rows = [(file.name, file.origin, file.size, file.md5, file.sha256) for file in self.files]
        return pd.DataFrame(rows, columns=pd.Index(["file", "origin", "bytes", "md5", "sha256"]))


def acquire(
    layout: Layout,
    source: str,
    *,
    pinned: Mapping[str, Mapping[str, Any]],
    players: int,
    seed: int,
    max_reject_share: float,
    twin_share: float,
    twin_min_owners: int,
) -> Acquired:
    """Bring the raw files home, read them into checked tables, and write these with their provenance.

    Parameters
    ----------
    layout : Layout
        Whose folders to write to.
    source : str
        ``made-up``, a folder, a bucket or a URL (see `crowdwise.steam.raw.bring`; as for `pinned`, `players`, `seed`).
    max_reject_share, twin_share, twin_min_owners
        See `crowdwise.steam.tables.parse`.

    Raises
    ------
    Problem
        If a file is missing, broken, not what is pinned, or holds too much that can't be read.
    """
    raw, folder = layout.raw("steam"), layout.tables("steam")
    files, kind = bring(source, raw, pinned=pinned, players=players, seed=seed)
    try:
        tables = parse(raw, max_reject_share=max_reject_share, twin_share=twin_share, twin_min_owners=twin_min_owners)
    except Refused as refused:
        rejects = layout.reports / "failed" / "steam-rejects.jsonl"
        write_rejects([refused.tally], rejects, at_once=True)
        remedy = f"Read {layout.relative(rejects)}. {refused.remedy}"
        raise Problem(refused.what, where=refused.where, remedy=remedy) from refused
    tables.write(folder)
    write_provenance(folder, kind, files)
    return Acquired(tuple(files), tables)

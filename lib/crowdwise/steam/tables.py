"""Steam's five tables, from the raw files to Parquet."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crowdwise.steam.bundles import read_bundles
from crowdwise.steam.catalogue import build_games, read_catalogue
from crowdwise.steam.libraries import read_libraries
from crowdwise.steam.lines import Reject, Tally, reconcile
from crowdwise.steam.raw import FILES
from crowdwise.steam.reviews import read_reviews
from crowdwise.steam.schemas import SCHEMAS, check
from crowdwise.steam.twins import find_twins
from crowdwise.storage.tables import write_table
from crowdwise.storage.whole import whole_file

log = logging.getLogger("crowdwise.steam")


@dataclass(frozen=True)
class Tables:
    """The five tables, each as its schema says, and what became of every raw line.

    Attributes
    ----------
    facts : DataFrame
        ``what, count, of, share``: what is odd in the data, in how many of how many.
    tallies : tuple of Tally
    """

    games: pd.DataFrame
    players: pd.DataFrame
    owned: pd.DataFrame
    reviews: pd.DataFrame
    bundles: pd.DataFrame
    facts: pd.DataFrame
    tallies: tuple[Tally, ...]

    def reconciliation(self) -> pd.DataFrame:
        """Give one row a raw file and unit: read = kept + dropped by reason."""
        return reconcile(list(self.tallies))

    def rejects(self) -> pd.DataFrame:
        """Give what could not be read: ``file, line, why, quote``, at most 1,000 a file and unit."""
        rows = [(row["file"], row["line"], row["why"], reject.quote) for row, reject in _rejects(self.tallies)]
        return pd.DataFrame(rows, columns=pd.Index(["file", "line", "why", "quote"]))

    @property
    def unreadable(self) -> int:
        """How many units could not be read."""
        return sum(tally.unreadable for tally in self.tallies)

    def write(self, folder: Path) -> None:
        """Write each table as ``<name>.parquet``, and what could not be read as ``rejects.jsonl``."""
        for name in SCHEMAS:
            write_table(getattr(self, name), folder / f"{name}.parquet")
        write_rejects(self.tallies, folder / "rejects.jsonl")


def write_rejects(tallies: Sequence[Tally], path: Path, *, at_once: bool = False) -> None:
    """Write what could not be read, a JSON object a line: ``file, unit, line, why, text``, the whole text."""
    with whole_file(path, at_once=at_once) as new, new.open("w", encoding="utf-8") as lines:
        for row, _ in _rejects(tallies):
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rejects(tallies: Sequence[Tally]) -> Iterator[tuple[dict[str, Any], Reject]]:
    for tally in tallies:
        for one in tally.rejects:
            yield {"file": tally.file, "unit": tally.unit, "line": one.line, "why": one.why, "text": one.text}, one


def parse(raw: Path, *, max_reject_share: float = 0.001, twin_share: float = 0.9, twin_min_owners: int = 20) -> Tables:
    """Read the four raw files into typed, checked tables.

    Parameters
    ----------
    raw : Path
        The folder that holds them.
    max_reject_share : float
        The share of a file's lines that may be unreadable.
    twin_share, twin_min_owners : float, int
        When two games are twins (see `find_twins`).

    Raises
    ------
    Problem
        If a file is missing, broken or empty, or holds too much that can't be read.
    """
    libraries = read_libraries(raw / FILES["libraries"], max_reject_share=max_reject_share)
    log.info("%s players, %s owned games", f"{len(libraries.players):,}", f"{len(libraries.owned):,}")
    catalogue, listed = read_catalogue(raw / FILES["catalogue"], max_reject_share=max_reject_share)
    reviews, reviewed = read_reviews(raw / FILES["reviews"], libraries.known_as, max_reject_share=max_reject_share)
    bundles, bundled = read_bundles(raw / FILES["bundles"], max_reject_share=max_reject_share)
    games = build_games(catalogue, libraries.names, libraries.owned, set(reviews["game_id"]))
    twins = find_twins(libraries.owned, share=twin_share, min_owners=twin_min_owners)
    games["twin_of"] = games["game_id"].map(twins.set_index("game_id")["twin_of"]).astype(games["game_id"].dtype)
    log.info("%s games, %s of them twins of another", f"{len(games):,}", f"{len(twins):,}")
    tallies = (*libraries.tallies, listed, *reviewed, *bundled)
    tables = Tables(
        games=check("games", games),
        players=check("players", libraries.players),
        owned=check("owned", libraries.owned),
        reviews=check("reviews", reviews),
        bundles=check("bundles", bundles),
        facts=_facts(libraries.facts, games, reviews, tallies),
        tallies=tallies,
    )
    unbalanced = [f"{tally.file} ({tally.unit})" for tally in tables.tallies if not tally.balances]
    if unbalanced:
        raise AssertionError(f"rows were lost without a reason in {', '.join(unbalanced)}")
    return tables


def _facts(
    libraries: dict[str, tuple[int, int]], games: pd.DataFrame, reviews: pd.DataFrame, tallies: Sequence[Tally]
) -> pd.DataFrame:
    owned, listed = games["owners"] > 0, games["in_catalogue"]
    price, precision = games["price_meaning"], games["release_precision"]
    posted = reviews["posted_precision"]
    odd = {
        "owned apps: not in the catalogue": (owned & ~listed, owned),
        "owned apps: no game, but a test server, soundtrack, tool...": (owned & ~games["is_game"], owned),
        "owned apps: twin of a better known one": (games["twin_of"].notna(), owned),
        "catalogue: no price": (listed & (price == "missing"), listed),
        "catalogue: price is text that means free": (price == "free", listed),
        "catalogue: price is text that names the least of several": (price == "from", listed),
        "catalogue: price is other text": (price == "unpriced", listed),
        "catalogue: no release date": (listed & (precision == "none"), listed),
        "catalogue: release date to the month, quarter or year": (precision.isin(["month", "quarter", "year"]), listed),
        "catalogue: no genre": (listed & (games["genres"].map(len) == 0), listed),
        "catalogue: no publisher": (listed & games["publisher"].isna(), listed),
        "catalogue: no metascore": (listed & games["metascore"].isna(), listed),
        "reviews: date without a year": (posted == "month_day", posted.notna()),
        "reviews: no date": (posted == "none", posted.notna()),
        "reviews: by someone who is not among the players": (reviews["player_id"].isna(), posted.notna()),
        "reviews: of a game that is nowhere else": (
            reviews["game_id"].isin(games.loc[~owned & ~listed, "game_id"]),
            posted.notna(),
        ),
    }
    counts = libraries | {what: (int(which.sum()), int(of.sum())) for what, (which, of) in odd.items()}
    counts |= {
        f"{tally.file}: {why}, and left out": (count, tally.read)
        for tally in tallies
        for why, count in sorted(tally.odd.items())
    }
    table = pd.DataFrame([(what, *count) for what, count in counts.items()], columns=pd.Index(["what", "count", "of"]))
    return table.assign(share=table["count"] / table["of"].clip(lower=1))

"""Steam's five tables, from the raw files to Parquet."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crowdwise.steam.bundles import read_bundles
from crowdwise.steam.catalogue import build_games, read_catalogue
from crowdwise.steam.libraries import read_libraries
from crowdwise.steam.lines import Tally, reconcile
from crowdwise.steam.raw import FILES
from crowdwise.steam.reviews import read_reviews
from crowdwise.steam.schemas import SCHEMAS, check
from crowdwise.steam.twins import find_twins
from crowdwise.storage.tables import write_table

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
        """Give every line that could not be read: ``file, line, why, quote``."""
        rows = [(t.file, r.line, r.why, r.quote) for t in self.tallies for r in t.rejects]
        return pd.DataFrame(rows, columns=pd.Index(["file", "line", "why", "quote"]))

    def write(self, folder: Path) -> None:
        """Write each table as ``<name>.parquet``."""
        for name in SCHEMAS:
            write_table(getattr(self, name), folder / f"{name}.parquet")


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
    tables = Tables(
        games=check("games", games),
        players=check("players", libraries.players),
        owned=check("owned", libraries.owned),
        reviews=check("reviews", reviews),
        bundles=check("bundles", bundles),
        facts=_facts(libraries.facts, games, reviews),
        tallies=(*libraries.tallies, listed, *reviewed, *bundled),
    )
    unbalanced = [f"{tally.file} ({tally.unit})" for tally in tables.tallies if not tally.balances]
    if unbalanced:
        raise AssertionError(f"rows were lost without a reason in {', '.join(unbalanced)}")
    return tables


def _facts(libraries: dict[str, tuple[int, int]], games: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    owned, listed = games["owners"] > 0, games["in_catalogue"]
    text, price, precision = games["price_text"].notna(), games["price"].notna(), games["release_precision"]
    posted = reviews["posted_precision"]
    odd = {
        "owned apps: not in the catalogue": (owned & ~listed, owned),
        "owned apps: no game, but a test server, soundtrack, tool...": (owned & ~games["is_game"], owned),
        "owned apps: twin of a better known one": (games["twin_of"].notna(), owned),
        "catalogue: no price": (listed & ~price & ~text, listed),
        "catalogue: price is text that means free": (text & price, listed),
        "catalogue: price is other text": (text & ~price, listed),
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
    table = pd.DataFrame([(what, *count) for what, count in counts.items()], columns=pd.Index(["what", "count", "of"]))
    return table.assign(share=table["count"] / table["of"].clip(lower=1))

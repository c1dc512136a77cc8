"""Made-up months on disk: two files in the publisher's form, and what is known of their truth."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.seeds import generator
from crowdwise.base.statistics import auc_interval
from crowdwise.kickstarter.madeup.flaws import plain, spoil
from crowdwise.kickstarter.madeup.population import CRAWLS, draw_population
from crowdwise.kickstarter.madeup.publishing import first_month, publish, second_month
from crowdwise.storage.documents import write_json
from crowdwise.storage.whole import whole_file

FEWEST, MOST = 300, 210_000
MARK = "made-up.json"


def make_months(
    folder: Path, *, projects: int, seed: int, flaws: bool = True, leak: bool = True
) -> tuple[list[Path], dict[str, Any]]:
    """Write two made-up months and ``made-up.json`` to a folder: the same bytes for the same arguments.

    Parameters
    ----------
    folder : Path
    projects : int
        Different projects in both months together.
    seed : int
    flaws : bool
        Whether the months have the flaws of real ones (else every line is sound and finished).
    leak : bool
        Whether the crawl caught more successes than failures, as the real one does.

    Returns
    -------
    paths : list of Path
        The two months.
    document : dict
        What ``made-up.json`` holds; ``ceiling`` is the AUC of the true probability, which no model can expect to pass.

    Raises
    ------
    Problem
        If `projects` is not between 300 and 210,000.
    """
    if not FEWEST <= projects <= MOST:
        raise Problem(f"{projects} is not between {FEWEST:,} and {MOST:,}", where="projects", remedy="Ask for as many")
    population = draw_population(projects, seed, leak=leak)
    table = publish(population, generator(seed, "kickstarter", "publishing"), all_states=flaws)
    paths, lines_of = [], {}
    for k, (inside, form) in enumerate((("in_first", first_month), ("in_second", second_month))):
        name = f"Kickstarter_{CRAWLS[k]:%Y-%m-%dT%H_%M_%S}_{CRAWLS[k].microsecond // 1000:03d}Z"
        records = [form(row, name) for row in _plain_rows(table[table[inside]])]
        lines = (spoil if flaws else plain)(records, generator(seed, "kickstarter", "flaws", k))
        paths.append(Path(folder) / f"{name}.json.gz")
        _write_lines(lines, paths[-1])
        lines_of[paths[-1].name] = len(lines)
    decided = table[table["final"].isin(("successful", "failed"))]
    document = {
        "generator": "crowdwise.kickstarter.madeup",
        "seed": seed,
        "projects": projects,
        "flaws": flaws,
        "crawl_leak": leak,
        "lines": lines_of,
        "success_rate": round(float(decided["success"].mean()), 6),
        "ceiling": {
            "auc": _rounded_auc(decided, "chance_if_caught" if leak else "chance"),
            "auc_without_crawl_leak": _rounded_auc(decided, "chance"),
            "words": "AUC of the true probability of success on the projects drawn; no model can expect to pass it",
        },
    }
    write_json(document, Path(folder) / MARK)
    return paths, document


def _rounded_auc(decided: pd.DataFrame, score: str) -> float:
    return round(auc_interval(decided["success"].to_numpy(), decided[score].to_numpy()).value, 6)


def _plain_rows(table: pd.DataFrame) -> list[Any]:
    columns = {str(name): values.tolist() for name, values in table.items()}
    return [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _write_lines(lines: list[str], path: Path) -> None:
    text = "".join(f"{line}\n" for line in lines).encode()
    # No time and no name in the header: the same lines make the same bytes.
    with (
        whole_file(path) as new,
        new.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as packed,
    ):
        packed.write(text)

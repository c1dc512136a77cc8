"""What a notebook says about itself: its profile, the source of its data, its metrics."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.base.statistics import Estimate
from crowdwise.reporting.frames import frame_to_html
from crowdwise.reporting.metrics import SOURCES, Metric, MetricsFile
from crowdwise.storage.documents import read_json, write_json

WORDS = {
    "made up": "Made-up data: drawn by a random generator in the publishers' form. No number here is about the world.",
    "local": "Real data from a local folder: whatever files it holds, not the whole published set.",
    "published": "The published data, as its publishers give it.",
}


@dataclass(frozen=True)
class Shown:
    """Metrics as a page shows them: a table, folded when it is long."""

    table: pd.DataFrame
    longest: int = 12

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        rows = frame_to_html(self.table)
        if len(self.table) <= self.longest:
            return rows
        return f"<details><summary>All {len(self.table)} metrics of this notebook</summary>{rows}</details>"


class Report:
    """One notebook's run: where it reads and writes, and the metrics it collects.

    Parameters
    ----------
    system : str
        ``steam`` or ``kickstarter``.
    notebook : str
        Its file's name without the ending, as in ``3-model``.
    profile : str
    """

    def __init__(self, system: str, notebook: str, profile: str) -> None:
        self.system, self.notebook, self.profile = system, notebook, profile
        self.layout = Layout(profile)
        self._metrics: list[Metric] = []
        self._source: str | None = None

    @property
    def source(self) -> str:
        """``made up``, ``local`` or ``published``, as the acquire notebook found it."""
        if self._source is None:
            self._source = str(read_json(self.layout.tables(self.system) / "provenance.json")["source"])
        return self._source

    @source.setter
    def source(self, source: str) -> None:
        if source not in SOURCES:
            raise ValueError(f"source is one of {SOURCES}, not {source!r}")
        self._source = source

    def table(self, name: str) -> Path:
        """Give the file of one of this system's tables."""
        return self.layout.table(self.system, name)

    def metric(
        self,
        name: str,
        value: float | Estimate,
        *,
        unit: str = "",
        model: str = "",
        split: str = "",
        slice: str = "all",
        n: int | None = None,
        higher_is_better: bool | None = None,
    ) -> None:
        """Add a metric: a plain number, or an estimate with its interval."""
        if isinstance(value, Estimate):
            low, high, level, n = value.low, value.high, value.level, value.n
            number = value.value
        else:
            number, low, high, level = float(value), None, None, None
        metric = Metric(name, number, low, high, level, n, unit, model, split, slice, higher_is_better)
        key = (metric.name, metric.model, metric.split, metric.slice)
        if any((m.name, m.model, m.split, m.slice) == key for m in self._metrics):
            raise ValueError(f"metric {key} is given twice")
        self._metrics.append(metric)

    def metrics(
        self, name: str, table: pd.DataFrame, value: str, slice: str, *, unit: str = "", split: str = ""
    ) -> None:
        """Add a metric a row of a table, with its interval where the table has ``low``, ``high``, ``level`` and ``n``.

        Parameters
        ----------
        value, slice : str
            The columns of the number and of what it is about; a row without a number is left out.
        unit : str
            Of all rows; or, if the table has a column of that name, the column of each row's.
        """
        interval = {"low", "high", "level", "n"} <= set(table)
        for row in table[table[value].notna()].to_dict("records"):
            number: float | Estimate = float(row[value])
            if interval:
                number = Estimate(float(row[value]), row["low"], row["high"], row["level"], int(row["n"]))
            self.metric(name, number, unit=str(row.get(unit, unit)), split=split, slice=str(row[slice]))

    def metrics_table(self) -> pd.DataFrame:
        """Give the metrics so far as a frame to show."""
        columns = ["name", "model", "split", "slice", "value", "low", "high", "n", "unit"]
        table = pd.DataFrame([[getattr(m, c) for c in columns] for m in self._metrics], columns=columns)
        said = [name for name in columns if table[name].isin(["", "all"]).all()]
        unknown = [name for name in columns if table[name].isna().all()]
        return table.drop(columns=[*said, *unknown])

    def document(self, deploy: bool | None = None) -> MetricsFile:
        """Give the metrics file's content, as `save` writes it (for a model directory's own copy)."""
        return MetricsFile(self.system, self.notebook, self.profile, self.source, deploy, tuple(self._metrics))

    def save(self, deploy: bool | None = None) -> Shown:
        """Write ``<notebook>.metrics.json`` and give the metrics to show: folded where they are many.

        Raises
        ------
        Problem
            If no metric was added: a report without a number says nothing that can be checked.
        """
        if not self._metrics:
            raise Problem(
                "no metric was added", where=self.notebook, remedy="Call report.metric(...) before report.save()"
            )
        write_json(self.document(deploy).document(), self.layout.report(self.system, self.notebook, "metrics.json"))
        return Shown(self.metrics_table())

    def __repr__(self) -> str:
        return f"{WORDS[self.source]} Profile {self.profile}."

    def _repr_html_(self) -> str:
        words = html.escape(WORDS[self.source])
        kind = self.source.replace(" ", "-")
        return f'<p class="crowdwise-source {kind}">{words} Profile <code>{html.escape(self.profile)}</code>.</p>'

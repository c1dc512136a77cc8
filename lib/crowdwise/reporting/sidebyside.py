"""What two report sets have in common, and in what they differ by more than chance would.

Two estimates differ beyond their intervals if the difference is larger than the half widths that face each other,
combined as ``sqrt(h_a**2 + h_b**2)``: the interval of a difference of independent estimates (Zou and Donner 2008,
*Construction of confidence limits about effect measures*). Estimates from the same data vary together, so that the rule
is careful there. Numbers without an interval are put side by side and not judged.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS
from crowdwise.reporting.metrics import Metric, MetricsFile, read_metrics

RULE = (
    "Two numbers differ by more than chance would if their difference exceeds sqrt(hA² + hB²), "
    "the combined half widths of the sides of their intervals that face each other."
)


@dataclass(frozen=True)
class Difference:
    """One thing in both sets: `kind` is metric, parameter, data or code; `beyond` whether it differs surely.

    `beyond` is None where that can't be said.
    """

    system: str
    notebook: str
    kind: str
    name: str
    a: str
    b: str
    change: str = ""
    beyond: bool | None = None

    def line(self) -> str:
        """Give it as a line of text."""
        change = f" ({self.change})" if self.change else ""
        return f"{self.system} {self.notebook}: {self.name}: {self.a or 'none'} and {self.b or 'none'}{change}"


@dataclass(frozen=True)
class Side:
    """A report set: what each of its notebooks measured and was made of."""

    name: str
    metrics: dict[tuple[str, str], MetricsFile]
    provenance: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """Give where its data comes from: ``made up``, ``local`` or ``published``."""
        return sorted({found.source for found in self.metrics.values()})

    def notes(self, which: str, other: Side) -> list[str]:
        """Say which reports it does not have and the other does, and which name no provenance."""
        missing = [" ".join(key) for key in other.metrics if key not in self.metrics]
        dumb = [" ".join(key) for key in self.metrics if key not in self.provenance]
        lines = [f"{which} has no {', '.join(missing)}: not compared"] if missing else []
        if dumb:
            lines.append(f"{which} keeps no provenance of {', '.join(dumb)}: only its metrics are compared")
        return lines


def read_side(folder: Path, name: str) -> Side:
    """Read a report set from a folder laid out as ``reports/<profile>``.

    Raises
    ------
    Problem
        If it holds no metrics, or one of its files can't be read.
    """
    metrics, provenance = {}, {}
    for system in SYSTEMS:
        for notebook in NOTEBOOKS:
            path = folder / system / f"{notebook}.metrics.json"
            if path.is_file():
                metrics[system, notebook] = read_metrics(path)
            beside = path.with_name(f"{notebook}.provenance.json")
            if path.is_file() and beside.is_file():
                try:
                    provenance[system, notebook] = json.loads(beside.read_text(encoding="utf-8"))
                except ValueError as error:
                    remedy = "Remove it, and run `make report` again"
                    raise Problem("this is not JSON", where=beside, remedy=remedy) from error
    if not metrics:
        raise Problem("this holds no report set", where=name, remedy="Name a folder like reports/sample")
    return Side(name, metrics, provenance)


def is_beyond(a: Metric, b: Metric) -> bool | None:
    """Say whether two estimates differ beyond their intervals, or None if one has none or their levels differ."""
    lower, upper = sorted((a, b), key=lambda metric: metric.value)
    if lower.high is None or upper.low is None or a.level != b.level:
        return None
    return upper.value - lower.value > math.hypot(lower.high - lower.value, upper.value - upper.low)


def _written(metric: Metric) -> str:
    if metric.low is None or metric.high is None:
        return f"{metric.value:.6g}"
    return f"{metric.value:.4g} [{metric.low:.4g}, {metric.high:.4g}]"


def _metrics(key: tuple[str, str], a: MetricsFile, b: MetricsFile) -> list[Difference]:
    def by_name(file: MetricsFile) -> dict[tuple[str, ...], Metric]:
        return {(m.name, m.model, m.split, m.slice): m for m in file.metrics}

    one, other, found = by_name(a), by_name(b), []
    for names in (names for names in one if names in other):
        x, y = one[names], other[names]
        name = ", ".join(part for part in names if part and part != "all")
        change = "" if x.value == y.value else f"{y.value - x.value:+.4g}"
        found.append(Difference(*key, "metric", name, _written(x), _written(y), change, is_beyond(x, y)))
    return found


def _values(key: tuple[str, str], kind: str, a: dict[str, Any], b: dict[str, Any]) -> list[Difference]:
    names = [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]
    texts = [tuple(_short(side[name]) if name in side else "" for side in (a, b)) for name in names]
    return [Difference(*key, kind, name, one, other) for name, (one, other) in zip(names, texts, strict=True)]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _files(document: dict[str, Any], part: str) -> dict[str, str]:
    """Give a provenance's files by name: those of data without their profile's folder, which differs anyway."""
    if part == "code":
        return {file["file"]: file["sha256"][:12] for file in [*document["code"], document["source"]]}
    raw = {file["name"]: file["sha256"][:12] for file in document.get("raw", [])}
    profile = f"data/{document['profile']}/"
    return raw | {file["file"].removeprefix(profile): file["sha256"][:12] for file in document["inputs"]}


def compare_sides(a: Side, b: Side) -> list[Difference]:
    """Give every metric that both have, and every parameter, input and module in which they differ."""
    found = []
    for key in (key for key in a.metrics if key in b.metrics):
        found += _metrics(key, a.metrics[key], b.metrics[key])
        if key in a.provenance and key in b.provenance:
            one, other = a.provenance[key], b.provenance[key]
            found += _values(key, "parameter", one["parameters"], other["parameters"])
            found += _values(key, "data", _files(one, "data"), _files(other, "data"))
            found += _values(key, "code", _files(one, "code"), _files(other, "code"))
    return found

"""A notebook's metrics: the only source of every number that pages, cards, the app and the tests show."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.storage.documents import read_json

SOURCES = ("made up", "local", "published")


@dataclass(frozen=True)
class Metric:
    """One measured number.

    `value` has the interval [`low`, `high`] at confidence `level` from `n` units (all None where an interval means
    nothing, as for a count); `unit` is what the value is counted in; `model`, `split` and `slice` say of which model,
    on which part of the data, for whom.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None
    unit: str = ""
    model: str = ""
    split: str = ""
    slice: str = "all"
    higher_is_better: bool | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(
                    f"metric {self.name!r} of model {self.model!r}: {name} is {number}, not a finite number"
                )


@dataclass(frozen=True)
class MetricsFile:
    """What a notebook's metrics file holds."""

    system: str
    notebook: str
    profile: str
    source: str
    deploy: bool | None
    metrics: tuple[Metric, ...]

    def document(self) -> dict[str, Any]:
        """Give the JSON document."""
        return {**asdict(self), "metrics": [asdict(metric) for metric in self.metrics]}

    def find(self, name: str, **where: str) -> Metric | None:
        """Give the first metric of that name whose `model`, `split` and `slice` are as asked for, or None."""
        for metric in self.metrics:
            if metric.name == name and all(getattr(metric, key) == value for key, value in where.items()):
                return metric
        return None


def read_metrics(path: Path) -> MetricsFile:
    """Read a metrics file.

    Raises
    ------
    Problem
        If it is missing, is not JSON, or does not have a metrics file's form.
    """
    document = read_json(path)
    try:
        return MetricsFile(**{**document, "metrics": tuple(Metric(**metric) for metric in document["metrics"])})
    except (TypeError, KeyError) as error:
        remedy = "Remove it and run `make report` again"
        raise Problem(f"this is not a metrics file ({error})", where=path, remedy=remedy) from error

"""The success criteria of both systems: which metric is held against which bar, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.reporting.metrics import Metric, MetricsFile, read_metrics
from crowdwise.reporting.parameters import stamp_path
from crowdwise.storage.documents import read_json


@dataclass(frozen=True)
class Criterion:
    """One promise: a metric of a notebook and its bar.

    The bar is the name of the notebook's parameter that holds it (``deployment.auc`` for a part of one), or a number;
    None means that the metric is shown and not judged. With `surely`, the whole interval must lie on the right side of
    the bar, not the value alone.
    `scale` is the range that the score is drawn on, where a picture of it helps.
    """

    system: str
    title: str
    notebook: str
    metric: str
    where: dict[str, str] = field(default_factory=dict)
    bar: str | float | None = None
    words: str = ""
    surely: bool = False
    scale: tuple[float, float] | None = None


@dataclass(frozen=True)
class Verdict:
    """What came of a criterion: ``met``, ``missed``, ``shown`` or ``not run``, with the metric it rests on."""

    criterion: Criterion
    outcome: str
    metric: Metric | None
    bar: float | None

    @property
    def number(self) -> str:
        """The value with its interval, as text."""
        return "" if self.metric is None else written(self.metric)

    @property
    def score(self) -> str:
        """The value alone."""
        return "" if self.metric is None else value_written(self.metric)

    @property
    def beside(self) -> tuple[str, ...]:
        """What stands beside the value: its interval, and the bar it is held against, where there are any."""
        interval = "" if self.metric is None else interval_written(self.metric)
        lower = self.metric is not None and self.metric.higher_is_better is False
        bar = "" if self.bar is None else f"bar: at {'most' if lower else 'least'} {self.bar:g}"
        return tuple(part for part in (interval, bar) if part)


def written(metric: Metric) -> str:
    """Write a metric's value with its interval, in as many digits as it bears."""
    interval = interval_written(metric)
    return value_written(metric) + (f" ({interval})" if interval else "")


def value_written(metric: Metric) -> str:
    """Write a metric's value with its unit."""
    ending = f" {metric.unit}" if metric.unit not in ("", "share") else ""
    return f"{_digits(metric, metric.value)}{ending}"


def interval_written(metric: Metric) -> str:
    """Write a metric's interval, or nothing if it has none."""
    if metric.low is None or metric.high is None or metric.level is None:
        return ""
    return f"{metric.level:.0%} interval {_digits(metric, metric.low)} to {_digits(metric, metric.high)}"


def _digits(metric: Metric, number: float) -> str:
    if metric.unit == "share":
        return f"{number:.1%}"
    whole = metric.value == int(metric.value) and metric.low is None
    return f"{number:,.0f}" if abs(metric.value) >= 100 or (whole and metric.unit) else f"{number:.3f}"


def judge(criterion: Criterion, layout: Layout) -> Verdict:
    """Hold a criterion's metric against its bar, which is a parameter of the same notebook."""
    path = layout.report(criterion.system, criterion.notebook, "metrics.json")
    if not path.exists():
        return Verdict(criterion, "not run", None, None)
    metric = read_metrics(path).find(criterion.metric, **criterion.where)
    if metric is None:
        return Verdict(criterion, "not run", None, None)
    if criterion.bar is None:
        return Verdict(criterion, "shown", metric, None)
    stamp = stamp_path(layout, criterion.system, criterion.notebook)
    bar = float(parameter(read_json(stamp), criterion.bar) if isinstance(criterion.bar, str) else criterion.bar)
    ascending = metric.higher_is_better is not False
    worst = metric.low if ascending else metric.high
    held = worst if criterion.surely and worst is not None else metric.value
    better = held >= bar if ascending else held <= bar
    return Verdict(criterion, "met" if better else "missed", metric, bar)


def parameter(parameters: Mapping[str, Any], name: str) -> Any:
    """Give a parameter by its name; dots lead to its parts.

    Raises
    ------
    Problem
        If there is none of that name.
    """
    found: Any = parameters
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            raise Problem("this parameter was not given", where=name, remedy="Run `make report` again")
        found = found[part]
    return found


def deployed(layout: Layout, system: str) -> MetricsFile | None:
    """Give the metrics file of a system's model notebook, if it was run."""
    path = layout.report(system, "3-model", "metrics.json")
    return read_metrics(path) if path.exists() else None

"""The success criteria of both systems: which metric is held against which bar, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from crowdwise.base.layout import Layout
from crowdwise.reporting.metrics import Metric, MetricsFile, read_metrics
from crowdwise.reporting.parameters import stamp_path
from crowdwise.storage.tables import read_json


@dataclass(frozen=True)
class Criterion:
    """One promise: a metric of a notebook and its bar.

    The bar is the name of the notebook's parameter that holds it, or a number; None means that the metric is shown and
    not judged. With `surely`, the whole interval must lie on the right side of the bar, not the value alone.
    """

    system: str
    title: str
    notebook: str
    metric: str
    where: dict[str, str] = field(default_factory=dict)
    bar: str | float | None = None
    words: str = ""
    surely: bool = False


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


def written(metric: Metric) -> str:
    """Write a metric's value with its interval, in as many digits as it bears."""
    ending = f" {metric.unit}" if metric.unit else ""
    if metric.unit == "share":
        number, ending = (lambda x: f"{x:.1%}"), ""
    elif abs(metric.value) >= 100:
        number = lambda x: f"{x:,.0f}"  # noqa: E731
    else:
        number = lambda x: f"{x:.3f}"  # noqa: E731
    interval = ""
    if metric.low is not None and metric.high is not None and metric.level is not None:
        interval = f" ({metric.level:.0%} interval {number(metric.low)} to {number(metric.high)})"
    return f"{number(metric.value)}{ending}{interval}"


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
    bar = float(read_json(stamp)[criterion.bar] if isinstance(criterion.bar, str) else criterion.bar)
    ascending = metric.higher_is_better is not False
    worst = metric.low if ascending else metric.high
    held = worst if criterion.surely and worst is not None else metric.value
    better = held >= bar if ascending else held <= bar
    return Verdict(criterion, "met" if better else "missed", metric, bar)


def deployed(layout: Layout, system: str) -> MetricsFile | None:
    """Give the metrics file of a system's model notebook, if it was run."""
    path = layout.report(system, "3-model", "metrics.json")
    return read_metrics(path) if path.exists() else None

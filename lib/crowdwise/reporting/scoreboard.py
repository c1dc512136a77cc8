"""The scoreboard: what each system was held to and what came of it, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from crowdwise.base.layout import Layout
from crowdwise.reporting.criteria import Criterion, Verdict, judge

OUTCOMES = {
    "met": ("met", "✓ Met"),
    "missed": ("missed", "✕ Missed"),
    "shown": ("open", "Reported"),
    "not run": ("open", "Not run"),
}
WIDTH, HEIGHT, EDGE = 200, 34, 8  # of a gauge, in pixels


@dataclass(frozen=True)
class Row:
    """A criterion as the scoreboard shows it."""

    kind: str
    word: str
    title: str
    score: str
    beside: tuple[str, ...]
    words: str
    gauge: Markup


def fill_rows(layout: Layout, system: str, promises: tuple[Criterion, ...]) -> list[Row]:
    """Give a system's rows, in the order of its promises."""
    verdicts = [judge(promise, layout) for promise in promises if promise.system == system]
    return [
        Row(*OUTCOMES[v.outcome], v.criterion.title, v.score, v.beside, v.criterion.words, draw_gauge(v))
        for v in verdicts
    ]


def tally(rows: list[Row]) -> tuple[str, str]:
    """Give how many bars were met, as a kind and a sentence."""
    judged = [row for row in rows if row.kind in ("met", "missed")]
    met = sum(row.kind == "met" for row in judged)
    if not judged:
        return "open", "no bar judged yet"
    words = f"{met} of {len(judged)} bar{'' if len(judged) == 1 else 's'} met"
    return ("met" if met == len(judged) else "missed"), words


def draw_gauge(verdict: Verdict) -> Markup:
    """Draw a score on its scale, with its interval and the bar; nothing if it has no scale.

    The picture is decoration: all it says stands beside it in words.
    """
    scale, metric = verdict.criterion.scale, verdict.metric
    if scale is None or metric is None:
        return Markup("")
    low, high = min(scale[0], metric.value), max(scale[1], metric.value)

    def place(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)

    drawn = [_line("track", place(low), place(high))]
    if metric.low is not None and metric.high is not None:
        drawn.append(_line("span", place(metric.low), place(metric.high)))
    if verdict.bar is not None:
        at = place(verdict.bar)
        drawn.append(Markup('<line class="bar" x1="{}" x2="{}" y1="2" y2="18"/>').format(at, at))
    drawn.append(Markup('<circle class="value" cx="{}" cy="10" r="5"/>').format(place(metric.value)))
    for value, anchor in ((low, "start"), (high, "end")):
        x = 0 if anchor == "start" else WIDTH
        drawn.append(Markup('<text x="{}" y="31" text-anchor="{}">{:g}</text>').format(x, anchor, value))
    start = Markup('<svg class="gauge" viewBox="0 0 {} {}" aria-hidden="true">').format(WIDTH, HEIGHT)
    return start + Markup("").join(drawn) + Markup("</svg>")


def _line(kind: str, start: float, end: float) -> Markup:
    return Markup('<line class="{}" x1="{}" x2="{}" y1="10" y2="10"/>').format(kind, start, end)

"""Labels at the ends of lines, without overlap, plain numbers on log axes, and titles with a capital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter


def label_ends(axes: Axes, ends: Mapping[str, tuple[float, float]], colours: Sequence[str]) -> None:
    """Write each label beside its point, moved up or down as little as keeps them apart; the limits must be set.

    Parameters
    ----------
    ends : mapping of str to (x, y)
    colours : sequence of str
        One a label.
    """
    low, high = axes.get_ylim()
    gap = 0.062 * (high - low)
    order = sorted(range(len(ends)), key=lambda k: list(ends.values())[k][1])
    heights = np.array([list(ends.values())[k][1] for k in order], dtype=float)
    # Labels that touch form a group around their mean height.
    groups = [[k] for k in range(len(order))]
    while True:
        centres = [heights[group].mean() for group in groups]
        tight = next(
            (
                k
                for k in range(len(groups) - 1)
                if centres[k + 1] - centres[k] < gap * (len(groups[k]) + len(groups[k + 1])) / 2
            ),
            None,
        )
        if tight is None:
            break
        groups[tight : tight + 2] = [groups[tight] + groups[tight + 1]]
    for group in groups:
        middle = heights[group].mean()
        for step, k in enumerate(group):
            label = list(ends)[order[k]]
            x, _ = ends[label]
            placed = middle + gap * (step - (len(group) - 1) / 2)
            axes.text(x, placed, f"  {label}", va="center", color=colours[order[k]])


def capitalised(words: str) -> str:
    """Give a sentence with a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]


def plain_ticks(axis: Axis) -> None:
    """Write 1, 10, 100, 1,000 on a log axis, with 2 and 5 between them where the range is short."""
    low, high = axis.get_view_interval()
    short = high / max(low, 1e-9) < 300
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if short else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if x >= 1 else f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())

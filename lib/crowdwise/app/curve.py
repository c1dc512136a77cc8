"""A probability along the values of one field, as a picture that follows the page's colours, and as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from crowdwise.app.markup import percent, text

if TYPE_CHECKING:
    from crowdwise.kickstarter.explanation import Profile

SHOWN = ("goal", "duration_days")
TITLES = {"goal": "If the goal were another", "duration_days": "If it ran for longer or shorter"}
NAMES = {"goal": "The chance by the amount asked for", "duration_days": "The chance by the length of the campaign"}
# The picture's own units: it is scaled to the place it has.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340.0, 214.0, 44.0, 14.0, 20.0, 46.0
LETTER = 7.0  # about how wide one is
MOST_TICKS, MOST_ROWS = 6, 9


def curves(profiles: Sequence[Profile], currency: str) -> str:
    """Give the curves of what a creator sets by number, each with its present value marked; nothing if there is none.

    Parameters
    ----------
    profiles : sequence of Profile
    currency : str
        Which the goal is in.
    """
    drawn = [curve(profile, currency) for profile in profiles if profile.field in SHOWN and len(profile.tried) > 1]
    if not drawn:
        return ""
    return (
        '<h3>What if</h3><p class="cw-hint">The chance along one choice, all else as it is. It is what the model has '
        "learnt from other projects, not what a change would bring about.</p>"
        f'<div class="cw-curves">{"".join(drawn)}</div>'
    )


def curve(profile: Profile, currency: str) -> str:
    """Give one field's curve as a figure: what it says in words, the picture, and the same numbers as a table."""
    return (
        f'<figure class="cw-curve"><figcaption><b>{TITLES[profile.field]}</b><span>{text(tell(profile, currency))}'
        f"</span></figcaption>{draw(profile, currency)}{tabulate(profile, currency)}</figure>"
    )


def say(profile: Profile, value: float, currency: str) -> str:
    """Give a value with its unit."""
    if profile.field == "goal":
        return f"{value:,.10g} {currency}"
    return f"{value:,.0f} day{'' if value == 1 else 's'}"


def tell(profile: Profile, currency: str) -> str:
    """Say what a curve shows: both ends, the present value, and whether that lies where few projects do."""
    p, tried = profile.probabilities, profile.tried
    words = (
        f"{percent(p[0])} at {say(profile, tried[0], currency)}, {percent(p[-1])} at "
        f"{say(profile, tried[-1], currency)}; this draft, at {say(profile, tried[profile.present], currency)}, "
        f"{percent(p[profile.present])}."
    )
    if profile.extrapolated[profile.present] and profile.seen is not None:
        low, high = (say(profile, end, currency) for end in _rounded(profile.seen))
        words += f" Few projects are like it there: 98\u00a0% lie between {low} and {high}."
    return words


def draw(profile: Profile, currency: str) -> str:
    """Give the picture: the chance from 0 to 100 %, a goal on a log scale, dashed where few projects were seen."""
    x = [_across(profile, value) for value in profile.tried]
    y = [TOP + (1 - p) * (HEIGHT - TOP - BOTTOM) for p in profile.probabilities]
    key, foot = f"cw-curve-{profile.field}", HEIGHT - BOTTOM
    unit = f"Goal in {currency}, log scale" if profile.field == "goal" else "Days it runs"
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-labelledby="{key}-title" '
        f'aria-describedby="{key}-desc">'
        f'<title id="{key}-title">{NAMES[profile.field]}</title>'
        f'<desc id="{key}-desc">{text(tell(profile, currency))}</desc>'
        f"{_grid(foot)}{_ticks(profile, foot)}"
        f'<text class="cw-axis" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 6:.1f}" text-anchor="middle">'
        f"{text(unit)}</text>{_lines(profile, x, y)}{_present(profile, x, y, foot)}</svg>"
    )


def tabulate(profile: Profile, currency: str) -> str:
    """Give some of a curve's points, its ends and the present one among them, as a table to unfold."""
    last = len(profile.tried) - 1
    places = {round(k * last / (MOST_ROWS - 1)) for k in range(MOST_ROWS)} | {profile.present}
    rows = (
        f"<tr{' class=cw-here' if k == profile.present else ''}><th scope=row>"
        f"{text(say(profile, profile.tried[k], currency))}{' (this draft)' if k == profile.present else ''}</th>"
        f"<td>{percent(profile.probabilities[k])}</td></tr>"
        for k in sorted(places)
    )
    head = "Goal" if profile.field == "goal" else "Days it runs"
    return (
        "<details><summary>The same as a table</summary><table class=cw-numbers><thead><tr>"
        f"<th scope=col>{head}</th><th scope=col>Chance</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
        "</details>"
    )


def ticks(low: float, high: float, *, log: bool) -> list[float]:
    """Give round values between two, at most six: powers of ten on a log scale, else steps of 1, 2 or 5 such."""
    if log:
        first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
        step = max(1, math.ceil((last - first + 1) / MOST_TICKS))
        found = [10.0**k for k in range(first, last + 1, step)]
        if len(found) > 1:
            return found
    wide = (high - low) / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(wide))
    step_size = next(size * power for size in (1, 2, 5, 10) if size * power >= wide)
    start = math.ceil(low / step_size - 1e-9)
    return [k * step_size for k in range(start, math.floor(high / step_size + 1e-9) + 1)]


def shorten(value: float) -> str:
    """Give a number as an axis has room for: ``500``, ``10k``, ``2.5M``."""
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _across(profile: Profile, value: float) -> float:
    low, high = profile.tried[0], profile.tried[-1]
    if profile.field == "goal":
        low, high, value = math.log(low), math.log(high), math.log(value)
    return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def _grid(foot: float) -> str:
    lines = []
    for share in (0, 25, 50, 75, 100):
        y = foot - share / 100 * (foot - TOP)
        lines.append(
            f'<line class="cw-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="cw-axis" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share}\u00a0%</text>'
        )
    return "".join(lines)


def _ticks(profile: Profile, foot: float) -> str:
    found = ticks(profile.tried[0], profile.tried[-1], log=profile.field == "goal")
    marks = ((_across(profile, value), shorten(value)) for value in found)
    return "".join(
        f'<line class="cw-tick" x1="{x:.1f}" x2="{x:.1f}" y1="{foot}" y2="{foot + 4}"/>'
        f'<text class="cw-axis" x="{x:.1f}" y="{foot + 18}" text-anchor="middle">{words}</text>'
        for x, words in marks
    )


def _lines(profile: Profile, x: Sequence[float], y: Sequence[float]) -> str:
    runs: list[tuple[bool, list[int]]] = []
    for before, after in pairwise(range(len(x))):
        unseen = profile.extrapolated[before] or profile.extrapolated[after]
        if runs and runs[-1][0] == unseen:
            runs[-1][1].append(after)
        else:
            runs.append((unseen, [before, after]))
    return "".join(
        f'<polyline class="cw-line{" cw-unseen" if unseen else ""}" points="'
        + " ".join(f"{x[k]:.1f},{y[k]:.1f}" for k in places)
        + '"/>'
        for unseen, places in runs
    )


def _present(profile: Profile, x: Sequence[float], y: Sequence[float], foot: float) -> str:
    here_x, here_y = x[profile.present], y[profile.present]
    words = f"this draft {percent(profile.probabilities[profile.present])}"
    side, shift = ("start", 9.0) if here_x < (LEFT + WIDTH - RIGHT) / 2 else ("end", -9.0)
    reach = here_x + shift + (LETTER * len(words) if shift > 0 else -LETTER * len(words))
    return (
        f'<line class="cw-now" x1="{here_x:.1f}" x2="{here_x:.1f}" y1="{here_y:.1f}" y2="{foot}"/>'
        f'<circle class="cw-dot" cx="{here_x:.1f}" cy="{here_y:.1f}" r="5.5"/>'
        f'<text class="cw-now-words" x="{here_x + shift:.1f}" y="{_free_line(x, y, (here_x, here_y), reach):.1f}" '
        f'text-anchor="{side}">{words}</text>'
    )


def _free_line(x: Sequence[float], y: Sequence[float], here: tuple[float, float], reach: float) -> float:
    """Give the height nearest to the present point at which words from it to `reach` don't cross the curve."""
    low, high = sorted((here[0], reach))
    met = [here[1]] + [height for across, height in zip(x, y, strict=True) if low <= across <= high]
    met += np.interp([low, high], x, y).tolist()
    above, below = min(met) - 9, max(met) + 19
    inside = [line for line in (above, below) if 12 <= line <= HEIGHT - BOTTOM - 3]
    return min(inside or [above], key=lambda line: abs(line - here[1]))


def _rounded(seen: tuple[float, float]) -> tuple[float, float]:
    low, high = (float(f"{end:.2g}") for end in seen)
    return low, high

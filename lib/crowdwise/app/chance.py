"""A project's probability as HTML: the number, the base rate beside it, what drives it, what to bear in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowdwise.app.advice import cut
from crowdwise.app.markup import count, listing, notice, percent, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crowdwise.app.outlook import Outlook
    from crowdwise.kickstarter.explanation import Contribution

MOST_DRIVERS = 8
LEAST_POINTS = 0.05  # a smaller one shows as 0.0


def odds(probability: float) -> str:
    """Say a probability as one would aloud: ``about 4 in 10``."""
    if probability < 0.05:
        return "fewer than 1 in 20"
    if probability > 0.95:
        return "more than 19 in 20"
    tenths = round(probability * 10)
    return f"about {min(9, max(1, tenths))} in 10" if 0.075 <= probability <= 0.95 else "about 1 in 20"


def chance(outlook: Outlook, name: str) -> str:
    """Give the number, its words and the scale with the base rates marked on it."""
    prediction, rate = outlook.prediction, outlook.category_rate
    p, base = prediction.probability, prediction.base_rate
    like = f"Among {text(prediction.speaks_of)}, {odds(p)} like this one reached their goal."
    if prediction.speaks_of == prediction.base_rate_of:  # said below
        like = f"Of projects like this one, {odds(p)} reached their goal."
    between = f"{percent(prediction.low)} to {percent(prediction.high)}"
    source = (
        f", from the {count(prediction.ranged_by, 'past project')} with the nearest scores"
        if prediction.ranged_by
        else ""
    )
    beside = [f"{compare(p, base)} the {percent(base)} of {text(prediction.base_rate_of)}"]
    marks = mark(base, "all", below=True)
    if rate is not None:
        seen = count(outlook.category_projects, "project")
        beside.insert(0, f"{compare(p, rate)} the {percent(rate)} of {seen} in {text(outlook.category)}")
        marks += mark(rate, outlook.category.split("/")[-1], below=False)
    return (
        '<section class="cw-chance" aria-label="Chance of success">'
        f'<h2>“{text(cut(name.strip()))}”</h2><div><span class="cw-chance-number">{percent(p)}</span></div>'
        f'<p class="cw-chance-words">{like}</p>'
        f'<p class="cw-hint">Of projects with about this score, {between} did (95\u00a0% range{source}).</p>'
        f'<p class="cw-hint">That is {", and ".join(beside)}.</p>'
        f'<div class="cw-scale" aria-hidden="true"><div class="cw-scale-fill" style="width:{p * 100:.1f}%"></div>'
        f"{marks}</div></section>"
    )


def mark(rate: float, words: str, *, below: bool) -> str:
    """Give a base rate's mark on the scale, with its words to the side where there is room."""
    kind = f"cw-scale-mark {'cw-left' if rate < 0.5 else 'cw-right'} {'cw-below' if below else 'cw-above'}"
    return f'<div class="{kind}" style="left:{rate * 100:.1f}%"><span>{text(words)} {percent(rate)}</span></div>'


def compare(probability: float, base: float) -> str:
    """Say how a probability stands to a base rate."""
    points = round(abs(probability - base) * 100)
    if points < 1:
        return "about the same as"
    return f"{count(points, 'point')} {'above' if probability > base else 'below'}"


def drivers(contributions: Sequence[Contribution]) -> str:
    """Give what raises and lowers the probability as a list of bars, the largest first."""
    ordered = sorted(contributions, key=lambda one: -abs(one.points))
    shown = [one for one in ordered if abs(one.points) >= LEAST_POINTS][:MOST_DRIVERS]
    if not shown:
        return '<h3>What drives it</h3><p class="cw-hint">Nothing in this draft moves it much from the base rate.</p>'
    widest = max(abs(one.points) for one in shown)
    rest = sum(one.points for one in ordered) - sum(one.points for one in shown)
    rows = [_driver(one.words, one.points, widest) for one in shown]
    if abs(rest) >= LEAST_POINTS:
        rows.append(_driver("Everything else", rest, max(widest, abs(rest))))
    return (
        "<h3>What drives it</h3>"
        '<p class="cw-hint">Percentage points on the way from the rate of all projects to this one\'s chance.</p>'
        f'<ul class="cw-drivers">{"".join(rows)}</ul>'
    )


def _driver(words: str, points: float, widest: float) -> str:
    kind = "cw-up" if points > 0 else "cw-down"
    sign, width = "+" if points > 0 else "−", min(50.0, abs(points) / widest * 50)
    return (
        f'<li><span class="cw-words">{text(words[:1].upper() + words[1:])}</span>'
        f'<span class="cw-bar" aria-hidden="true"><i class="{kind}" style="width:{width:.1f}%"></i></span>'
        f'<span class="cw-points {kind}">{sign}{abs(points):.1f} points</span></li>'
    )


def warning(sentence: str) -> str:
    """Give a box that says why the draft is unlike the projects the model learnt from; nothing if it is not."""
    return notice(sentence if sentence.endswith(".") or not sentence else f"{sentence}.")


def notes(sentences: Sequence[str]) -> str:
    """Give what to bear in mind, as a list of whole sentences."""
    if not sentences:
        return ""
    whole = [sentence if sentence.endswith((".", "!", "?")) else f"{sentence}." for sentence in sentences]
    return f"<h3>What to bear in mind</h3>{listing(whole, 'cw-notes')}"

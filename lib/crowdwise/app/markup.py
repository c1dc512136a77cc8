"""Small pieces of HTML. Every word from outside (a game's name, a player's id, a blurb) goes through `text`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable


def text(words: object) -> str:
    """Give words as HTML that shows them as they are, tags and quotes included."""
    return html.escape(str(words), quote=True)


def notice(sentence: str, *, alarm: bool = False) -> str:
    """Give a box with a sentence; what stands in backquotes shows as code. Nothing for an empty sentence."""
    if not sentence:
        return ""
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", text(sentence))
    kind, role = ("cw-notice cw-alarm", "alert") if alarm else ("cw-notice", "note")
    return f'<div class="{kind}" role="{role}"><p>{words}</p></div>'


def heading(words: str, lead: str = "") -> str:
    """Give a section's heading and, below it, a line of plain words."""
    return f"<h2>{text(words)}</h2>" + (f'<p class="cw-hint">{text(lead)}</p>' if lead else "")


def empty(title: str, words: str) -> str:
    """Give what stands where results will be."""
    return f'<div class="cw-empty"><b>{text(title)}</b><span>{text(words)}</span></div>'


def hint(words: str) -> str:
    """Give a line of plain words below a control."""
    return f'<p class="cw-hint">{text(words)}</p>'


def listing(words: Iterable[str], kind: str) -> str:
    """Give an unordered list of the CSS class `kind`."""
    return f'<ul class="{kind}">' + "".join(f"<li>{text(word)}</li>" for word in words) + "</ul>"


def percent(share: float) -> str:
    """Give a share in [0, 1] as a whole percentage in one unbroken piece; a small one that is not 0 as ``< 1 %``."""
    if 0 < share < 0.005:
        return "<\u00a01\u00a0%"
    if 0.995 < share < 1:
        return ">\u00a099\u00a0%"
    return f"{share * 100:.0f}\u00a0%"


def hours(minutes: float) -> str:
    """Give minutes of play as hours a reader can take in."""
    if minutes <= 0:
        return "never played"
    if minutes < 60:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:,.0f} h"


def money(price: float | None, instead: str | None = None) -> str:
    """Give a price in US dollars, ``Free``, or what the shop wrote instead of a number."""
    if price is None or price != price:
        return instead or "Price unknown"
    if price and instead:
        return instead  # the least of several prices
    return "Free" if price == 0 else f"${price:,.2f}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Give a number with its noun: ``1 game``, ``2 games``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

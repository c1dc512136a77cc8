"""What is to say about a list of games that is not as one may expect, and about how it was made."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crowdwise.app.catalogue import FAMOUS
from crowdwise.app.markup import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crowdwise.app.filters import Filters
    from crowdwise.app.shown import Answer, Shown

TEN = 10
NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def remark(games: Sequence[Shown], filters: Filters, unpriced: int, left_out: int) -> tuple[str, ...]:
    """Say that fewer than ten games are left, and that games without a known price were left out.

    Parameters
    ----------
    unpriced : int
        How many games have no known price.
    left_out : int
        How many games the user has put aside.
    """
    said = []
    if len(games) < TEN and (filters or left_out):
        number = f"Only {count(len(games), 'game')}" if games else "No game"
        verb = "is" if len(games) <= 1 else "are"
        said.append(f"{number} known here that you don't own {verb} {filters.words() or 'left'}.")
    if filters.prices and unpriced:
        verb = "is" if unpriced == 1 else "are"
        said.append(f"{count(unpriced, 'game')} without a known price {verb} left out while you ask for a price.")
    return tuple(said)


def retitle(title: str, games: Sequence[Shown], chosen: bool) -> str:
    """Give a title of ten games the number that is left after a choice."""
    if len(games) >= TEN or not chosen:
        return title
    return title.replace("Ten games", "No games" if not games else count(len(games), "game"))


def well_known(answer: Answer) -> str:
    """Say how many of the games are among the hundred most owned."""
    if not answer.games:
        return ""
    most = f"the {FAMOUS} that most players own"
    of = NUMBERS[min(len(answer.games), TEN)].lower()
    among = "All" if answer.famous == len(answer.games) > 1 else NUMBERS[min(answer.famous, TEN)]
    return f"{among} of these {of} {'is' if answer.famous == 1 else 'are'} among {most}."


def speaks_most(games: Sequence[Shown]) -> str:
    """Say which owned game is a reason most often; nothing where there are no reasons."""
    times: Counter[str] = Counter()
    weight: dict[str, float] = {}
    for why in (why for one in games for why in one.reasons):
        times[why.name] += 1
        weight[why.name] = weight.get(why.name, 0.0) + why.share
    if not times:
        return ""
    name = max(times, key=lambda one: (times[one], weight[one]))
    return f"Of your games, {name} speaks for most: it is a reason for {times[name]} of these {len(games)}."

"""A recommended game on screen: its card, with the games like it below when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from crowdwise.app.guard import guarded
from crowdwise.app.markup import listing, money, notice, percent, text
from crowdwise.app.shown import Shown

MOST_GENRES = 4
MOST_ALSO = 3  # games of a series named beside the one that stands for it


def reasons(shown: Shown) -> str:
    """Say why a game is recommended: the owned games behind it, with their shares."""
    if shown.likeness is not None:
        return f"Likeness {percent(max(0.0, shown.likeness))}{_also(shown)}"
    if not shown.reasons:
        return "Liked by many players"
    parts = (
        f"<b>{text(why.name)}</b> ({percent(why.share)}{'' if why.played else ', not played yet'})"
        for why in shown.reasons
    )
    return "Because you play " + ", ".join(parts)


def game_card(rank: int, shown: Shown) -> str:
    """Give one game's card as HTML."""
    game = shown.game
    price = text(money(game.price, game.price_text))
    known = "" if game.price is not None else " cw-unknown"
    return (
        f'<article class="cw-game" data-game="{text(game.game_id)}"><div class="cw-game-head">'
        f'<span class="cw-rank" aria-hidden="true">{rank}</span><h3>{text(game.name)}</h3>'
        f'<span class="cw-price{known}">{price}</span></div>'
        f"{listing(game.genres[:MOST_GENRES], 'cw-tags') if game.genres else ''}"
        f'<p class="cw-why">{reasons(shown)}</p></article>'
    )


def alike_list(games: Sequence[Shown]) -> str:
    """Give games like another as a short list with prices; what a game stands for of its series is named with it."""
    if not games:
        return '<p class="cw-hint">No game to choose from is owned by enough of its players to be called like it.</p>'
    rows = (
        f"<li><span>{text(one.game.name)}{_also(one)}</span>"
        f"<span>{text(money(one.game.price, one.game.price_text))}</span></li>"
        for one in games
    )
    return f'<ol class="cw-alike">{"".join(rows)}</ol>'


def _also(one: Shown) -> str:
    if not one.also:
        return ""
    few = ", ".join(one.also[:MOST_ALSO]) + (" and more" if len(one.also) > MOST_ALSO else "")
    return f"<small>And of its series: {text(few)}</small>"


class Card:
    """One place of the list: filled anew for each answer, empty and hidden otherwise.

    Parameters
    ----------
    rank : int
    alike : callable
        Gives the games like one, by its id.
    react : callable, optional
        Called with an id and what its player says of the game: ``not for me`` or ``own``.
    """

    def __init__(
        self,
        rank: int,
        alike: Callable[[str], Sequence[Shown]],
        react: Callable[[str, str], None] = lambda game_id, reaction: None,
    ) -> None:
        self._rank, self._alike, self._react, self._game_id, self._name = rank, alike, react, "", ""
        self.face, self.below = widgets.HTML(), widgets.HTML()
        self.more, self.refuse, self.own = (
            widgets.Button(description=words) for words in ("", "Not for me", "I own it")
        )
        self.said = widgets.Box([self.refuse, self.own]).add_class("cw-said")
        self.widget = widgets.VBox([self.face, self.said, self.more, self.below]).add_class("cw-card")
        self.below.layout.display = "none"
        self.more.on_click(self.toggle)
        self.refuse.on_click(lambda _: self._react(self._game_id, "not for me"))
        self.own.on_click(lambda _: self._react(self._game_id, "own"))
        self.clear()

    def fill(self, shown: Shown) -> None:
        """Show a game."""
        self._game_id, self._name = shown.game.game_id, shown.game.name
        self.face.value = game_card(self._rank, shown)
        self.refuse.tooltip, self.own.tooltip = f"{self._name} is not for me", f"I own {self._name}"
        self._close()
        self.widget.layout.display = ""

    def clear(self) -> None:
        """Hide the card."""
        self.widget.layout.display = "none"
        self.face.value = self.below.value = ""

    def say(self, sentence: str) -> None:
        """Show a sentence below the card."""
        self.below.value = notice(sentence, alarm=True)
        self.below.layout.display = "" if sentence else "none"

    @guarded
    def toggle(self, _: Any = None) -> None:
        """Show the games like this one below it, or put them away."""
        if self.more.icon == "open":
            self._close()
            return
        self.below.value = alike_list(self._alike(self._game_id))
        self.below.layout.display = ""
        self.more.icon, self.more.description = "open", f"Hide what is like {self._name}"

    def _close(self) -> None:
        self.below.layout.display = "none"
        self.more.icon, self.more.description = "", f"More like {self._name}"

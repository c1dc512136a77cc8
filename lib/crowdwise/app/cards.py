"""A recommended game on screen: its card, with the games like it below when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from crowdwise.app.guard import guarded
from crowdwise.app.markup import listing, money, notice, percent, text
from crowdwise.app.steam_model import Shown

MOST_GENRES = 4


def reasons(shown: Shown) -> str:
    """Say why a game is recommended: the owned games behind it, with their shares."""
    if shown.likeness is not None:
        return f"Likeness {percent(max(0.0, shown.likeness))}"
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
    """Give games like another as a short list with prices."""
    if not games:
        return '<p class="cw-hint">Too few players own this game to say what is like it.</p>'
    rows = (
        f"<li><span>{text(one.game.name)}</span><span>{text(money(one.game.price, one.game.price_text))}</span></li>"
        for one in games
    )
    return f'<ol class="cw-alike">{"".join(rows)}</ol>'


class Card:
    """One place of the list: filled anew for each answer, empty and hidden otherwise.

    Parameters
    ----------
    rank : int
    alike : callable
        Gives the games like one, by its id.
    """

    def __init__(self, rank: int, alike: Callable[[str], Sequence[Shown]]) -> None:
        self._rank, self._alike, self._game_id, self._name = rank, alike, "", ""
        self.face, self.below = widgets.HTML(), widgets.HTML()
        self.more = widgets.Button()
        self.widget = widgets.VBox([self.face, self.more, self.below]).add_class("cw-card")
        self.below.layout.display = "none"
        self.more.on_click(self.toggle)
        self.clear()

    def fill(self, shown: Shown) -> None:
        """Show a game."""
        self._game_id, self._name = shown.game.game_id, shown.game.name
        self.face.value = game_card(self._rank, shown)
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

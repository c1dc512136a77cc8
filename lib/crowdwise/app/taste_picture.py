"""A player's taste as bars: each genre's share of the games, with a mark where all players stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowdwise.app.markup import count, percent, text

if TYPE_CHECKING:
    from crowdwise.app.taste import Leaning, Taste


def taste_picture(taste: Taste | None, speaks: str = "") -> str:
    """Give the picture as HTML; nothing where there is no taste to show.

    Parameters
    ----------
    speaks : str
        A sentence on which games the recommendations rest on.
    """
    if taste is None:
        return ""
    did = "have played" if taste.played else "own"
    games = count(taste.games, f"game you {did}", f"games you {did}")
    return (
        f'<section class="cw-taste" aria-label="Your taste"><h3>{text(taste.finding)}</h3>'
        f"<p class=\"cw-hint\">Each genre's share of the {games}; the line marks its share of all players' games. "
        "A game can have several genres.</p>"
        f"<ul>{''.join(map(_bar, taste.leanings))}</ul>"
        f"{f'<p class=cw-hint>{text(speaks)}</p>' if speaks else ''}</section>"
    )


def _bar(one: Leaning) -> str:
    spent = "" if one.hours is None else f", {percent(one.hours)} of your hours"
    return (
        f"<li><span>{text(one.genre)}</span>"
        f'<span class="cw-share" aria-hidden="true"><i style="width:{one.mine * 100:.1f}%"></i>'
        f'<b style="left:{one.all * 100:.1f}%"></b></span>'
        f'<span class="cw-points">{percent(one.mine)}</span>'
        f'<span class="cw-hint">All players {percent(one.all)}{spent}</span></li>'
    )

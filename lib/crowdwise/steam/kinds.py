"""What is a game and what is only something beside one: soundtracks, test servers, demos, tools."""

from __future__ import annotations

import re
from collections.abc import Sequence

BESIDE_A_GAME = ("Game demo", "Downloadable Content")
SOFTWARE = frozenset(
    (
        *("Accounting", "Animation & Modeling", "Audio Production", "Design & Illustration", "Education"),
        *("Photo Editing", "Software Training", "Utilities", "Video Production", "Web Publishing"),
    )
)
ANYWHERE = re.compile(
    r"\b(soundtracks?|artbook|dedicated server|test server|public test|authoring tools|workshop uploader)\b",
    re.IGNORECASE,
)
AT_THE_END = re.compile(r"\b(SDK|OST|DLC|DLC pack)\W*$")
AT_THE_END_UNLISTED = re.compile(r"\b(test|beta|demo|editor|server|trailer|benchmark|staging|unstable)\W*$", re.I)


def is_game(name: str, genres: Sequence[str], specs: Sequence[str], in_catalogue: bool) -> bool:
    """Say whether an app is a game one can play by itself. It is not when

    - the catalogue calls it a ``Game demo`` or ``Downloadable Content``, or gives it only software's genres;
    - its name says soundtrack, dedicated server, public test, SDK, DLC...;
    - its name ends in Test, Beta, Demo, Editor, Server... and the catalogue does not list it. (The catalogue lists
      *The Turing Test*, a game, and does not list *Dota 2 Test*, a test server that most players own.)
    """  # noqa: D400
    if any(spec in BESIDE_A_GAME for spec in specs):
        return False
    described = [genre for genre in genres if genre not in ("Early Access", "Free to Play")]
    if described and SOFTWARE.issuperset(described):
        return False
    if ANYWHERE.search(name) or AT_THE_END.search(name):
        return False
    return in_catalogue or not AT_THE_END_UNLISTED.search(name)

"""A pasted list of games: names or app ids, or what Steam's ``IPlayerService/GetOwnedGames`` answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crowdwise.app.hours import MOST_HOURS
from crowdwise.app.markup import count
from crowdwise.app.owned_games import looks_like_json, read_owned_games
from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from crowdwise.app.catalogue import Catalogue

MOST_JSON = 2_000_000  # characters; a library of 5,000 games with its pictures' names has about 1.5 million
MOST_LIST = 300_000
MOST_ENTRIES = 20_000  # of a list
LONGEST = 200  # characters of a name
JOINED = 4  # a name holds at most so many commas, less one
NAMED = 5
PAGE = re.compile(r"<(?:!doctype|\?xml|html|head|body|div|table)\b", re.IGNORECASE)
HOURS = re.compile(
    r"\s*[\s,;:=|(\[–—-]\s*(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,7}(?:[.,]\d{1,2})?)"
    r"\s*(?P<unit>h|hrs?|hours?)?(?:\s+on record|\s+played)?\s*[)\]]?$",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r",(?=\d{3}\b)")
APART = re.compile(r"[,;\t\n]")
MARKS = re.compile(r"[:=|(\[\t]|\s[–—-]\s")  # after one of these a bare number means hours; after a comma, a game
REMEDY = "Paste names or app ids, one a line, or the JSON of GetOwnedGames"


@dataclass(frozen=True)
class Pasted:
    """What a pasted text says.

    Parameters
    ----------
    owned : dict of str to float or None
        Known games, in the text's order, with hours (None: not said).
    unknown : tuple of str
        What no known game is meant by.
    repeated, timeless : int
        How many entries named a game again, and how many play times were no such.
    """

    owned: dict[str, float | None] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    repeated: int = 0
    timeless: int = 0

    def words(self) -> str:
        """Say what was taken and what was not."""
        said = [f"{count(len(self.owned), 'game')} taken from the text."]
        if self.unknown:
            said.append(self.lost())
        if self.repeated:
            said.append(f"{count(self.repeated, 'entry names', 'entries name')} a game that stands there before.")
        if self.timeless:
            times = count(self.timeless, "play time was", "play times were")
            said.append(f"{times} no time between 0 and {MOST_HOURS:,} hours and left out.")
        return " ".join(said)

    def lost(self) -> str:
        """Say what was not recognised, the first few by name."""
        few = ", ".join(words if len(words) <= 40 else f"{words[:39]}…" for words in self.unknown[:NAMED])
        entries = count(len(self.unknown), "entry is", "entries are")
        return f"{entries} not known here: {few}{', …' if len(self.unknown) > NAMED else ''}."


def read_pasted(text: str, games: Catalogue) -> Pasted:
    """Read a pasted text.

    A list has a game a line, or several with commas or semicolons between them; names match whatever their case,
    accents and signs, ids exactly. Hours may follow a game: ``Portal 2: 12.5``, ``Portal 2 (12 h)``, ``620, 12 h``. A
    bare number after a comma is a game's id.

    Raises
    ------
    Problem
        If it is empty, too long, a web page, JSON of another form, or names no known game.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise Problem("nothing is pasted yet", remedy=REMEDY)
    if PAGE.match(text):
        raise Problem("this is a web page, not a list of games", remedy=REMEDY)
    if looks_like_json(text):
        _limit(len(text), "characters", MOST_JSON, "JSON")
        pasted = _gather(_of_json(text, games))
    else:
        _limit(len(text), "characters", MOST_LIST, "a list")
        _limit(len(APART.findall(text)) + 1, "entries", MOST_ENTRIES, "a list")
        pasted = _gather(one for line in text.splitlines() for one in _of_line(line, games))
    if not pasted.owned:
        if not pasted.unknown:
            raise Problem("no game is named in the text", remedy=REMEDY)
        raise Problem(f"no game known here is named in the text: {pasted.lost().rstrip('.')}", remedy=REMEDY)
    return pasted


Entry = tuple[str | None, str, float | None, bool]  # the game, its words, its hours, whether the hours given are some


def _limit(size: int, of: str, most: int, what: str) -> None:
    if size > most:
        sentence = f"the text has {size:,} {of}, and {what} may have {most:,}"
        raise Problem(sentence, remedy="Paste it in parts, or leave out what is no game")


def _gather(entries: Iterable[Entry]) -> Pasted:
    owned: dict[str, float | None] = {}
    unknown: dict[str, None] = {}
    repeated = timeless = 0
    for game_id, words, played, sound in entries:
        timeless += not sound
        if game_id is None:
            unknown.setdefault(" ".join(words.split())[:LONGEST])
        elif game_id in owned:
            repeated += 1
            owned[game_id] = played if owned[game_id] is None else owned[game_id]
        else:
            owned[game_id] = played
    return Pasted(owned, tuple(unknown), repeated, timeless)


def _of_json(text: str, games: Catalogue) -> Iterable[Entry]:
    for one in read_owned_games(text):
        game_id = one.app_id if one.app_id in games else _find(one.name, games) if one.name else None
        yield game_id, one.name or f"app {one.app_id}", one.played, one.sound


def _of_line(line: str, games: Catalogue) -> Iterable[Entry]:
    """Take a line as one game if it is one; else as many pieces between its commas at a time as make one."""
    whole = _entry(line, games)
    if whole[0] is not None:
        yield whole
        return
    pieces = [piece for piece in APART.split(line) if piece.strip()]
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + JOINED), at, -1):
            entry = _entry(",".join(pieces[at:end]), games)
            if entry[0] is not None or end == at + 1:
                yield entry
                at = end
                break


def _entry(words: str, games: Catalogue) -> Entry:
    """Take words as a game, or as a game and its hours."""
    words = words.strip().strip("\"'").strip()
    game_id = _find(words, games)
    if game_id is not None or len(words) > LONGEST:
        return game_id, words, None, True
    stated = HOURS.search(words)
    if stated is None:
        return None, words, None, True
    name, mark = words[: stated.start()].strip(), words[stated.start() : stated.start("number")]
    if not stated["unit"] and not MARKS.search(mark) and "." not in stated["number"]:
        return None, words, None, True
    game_id = _find(name.strip("\"'"), games)
    if game_id is None:
        return None, words, None, True
    played = float(THOUSANDS.sub("", stated["number"]).replace(",", "."))
    return (game_id, words, played, True) if played <= MOST_HOURS else (game_id, words, None, False)


def _find(words: str, games: Catalogue) -> str | None:
    if words in games:
        return words
    return games.named(words) if len(words) <= LONGEST else None

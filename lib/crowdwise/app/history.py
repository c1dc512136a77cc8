"""What a visitor asked so far: in words for a list, and whole for a file."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crowdwise.app.diary import Archive, Entry, Reaction
from crowdwise.app.markup import count, percent
from crowdwise.base.layout import SYSTEMS

PARTS = {"steam": "Games", "kickstarter": "Project"}
COLUMNS = ("made_at_utc", "part", "kind", "asked", "answered", "state", "answer")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet take a cell for a formula
LONGEST = 90  # characters of a name in the list
FIRST = 3  # games named in the list


@dataclass(frozen=True)
class Line:
    """One submission in words."""

    entry_id: str
    system: str
    when: str
    asked: str
    answered: str


def list_entries(diary: Archive) -> list[Entry]:
    """Give the submissions of both systems, newest first."""
    entries = [entry for system in SYSTEMS for entry in diary.entries(system)]
    return sorted(entries, key=lambda entry: entry.made_at, reverse=True)


def describe(entry: Entry) -> Line:
    """Give a submission in words; a state or an answer of another form is said in general ones."""
    words = _describe_games if entry.system == "steam" else _describe_project
    asked, answered = words(entry.state, entry.answer)
    return Line(entry.entry_id, entry.system, f"{entry.made_at:%-d %B %Y, %H:%M} UTC", _short(asked), answered)


def write_csv(entries: Sequence[Entry], reactions: Iterable[Reaction]) -> str:
    """Give all that is kept as CSV, oldest first: a row a submission or reaction, state and answer as JSON.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV Injection).
    """
    rows = [
        (entry.made_at, entry.system, "submission", line.asked, line.answered, _json(entry.state), _json(entry.answer))
        for entry in entries
        for line in [describe(entry)]
    ]
    rows += [
        (said.made_at, said.system, "reaction", said.item_id, said.reaction or "taken back", "", "")
        for said in reactions
    ]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for made_at, *cells in sorted(rows, key=lambda row: row[0]):
        writer.writerow([f"{made_at:%Y-%m-%d %H:%M:%S}", *(_as_text(cell) for cell in cells)])
    return file.getvalue()


def data_uri(text: str) -> str:
    """Give a CSV as the address of a download that needs no server; marked as UTF-8, which spreadsheets ask for."""
    whole = text.encode("utf-8-sig", "replace")
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(whole).decode()


def _describe_games(state: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str]:
    way = state.get("way")
    owned = state.get("owned")
    asked = str(answer.get("title") or "Games")
    if way == "player" and state.get("player"):
        asked = f"Games for player {state['player']}"
    elif way == "games" and isinstance(owned, str):
        asked = "Games for an owner of many games"  # a state packs a large library
    elif way == "games" and isinstance(owned, Sequence | Mapping):
        asked = f"Games for an owner of {count(len(owned), 'game')}"
    games = answer.get("games")
    if not isinstance(games, Sequence) or isinstance(games, str) or not games:
        return asked, "no games"
    names = [name for name in map(_name_of, games[:FIRST]) if name]
    more = len(games) - len(names)
    return asked, (f"{', '.join(names)} and {more} more" if names and more else ", ".join(names)) or count(more, "game")


def _describe_project(state: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, str]:
    name = str(state.get("name") or "A project")
    goal, currency = state.get("goal"), str(state.get("currency") or "")
    parts = [name, str(state.get("category") or "")]
    if isinstance(goal, int | float):
        parts.append(f"{currency} {goal:,.0f}".strip())
    chance = answer.get("probability")
    shown = isinstance(chance, int | float) and 0 <= chance <= 1 and answer.get("shown", True)
    return ", ".join(part for part in parts if part), f"{percent(float(chance or 0))} chance" if shown else "noted"


def _name_of(game: object) -> str:
    """Give a game's name, however an answer holds it."""
    if isinstance(game, Mapping):
        return str(game.get("name") or game.get("game_id") or "")
    if isinstance(game, Sequence) and not isinstance(game, str):
        return str(game[-1]) if game else ""
    return str(game)


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, default=str)


def _as_text(cell: str) -> str:
    words = cell.replace("\0", "\ufffd")
    return f"'{words}" if words.startswith(FORMULA) else words

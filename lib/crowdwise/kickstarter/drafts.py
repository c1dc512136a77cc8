"""Drafts from a file that someone brings: a CSV table or JSON lines, a draft a row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.rejects import Reject
from crowdwise.storage.inputs import record

FORMS = ".csv or .jsonl"
PROJECT_ID = "project_id"
REMEDY = "Mend them, or say MAX_REJECT_SHARE=... if it is all the same to you"
# What a field is taken as where it is left out: these change nothing, or a model that needs them asks for them.
LEFT_OUT: dict[str, Any] = {
    **{"blurb": "", "country": "US", "duration_days": 30, "prelaunch_days": 0},
    **{field.name: field.default for field in fields(Draft) if field.default is not MISSING},
}
EXAMPLE = Draft(
    *("The Quiet Harbour", "A first edition, each one numbered and signed.", "publishing/poetry", 5000, "USD", "US"),
    *(date(2026, 3, 3), 30, 21, 1, 1),
)


@dataclass(frozen=True)
class Drafts:
    """A file's drafts in its order, and what could not be read.

    Attributes
    ----------
    lines : tuple of int
        Where each draft stands.
    ids : tuple of str
        What the file calls each in ``project_id``; empty where it does not.
    drafts : tuple of Draft
    rejects : tuple of Reject
    unused : tuple of str
        Columns, or keys, that are no field of a draft.
    """

    lines: tuple[int, ...]
    ids: tuple[str, ...]
    drafts: tuple[Draft, ...]
    rejects: tuple[Reject, ...]
    unused: tuple[str, ...]


def read_drafts(
    path: Path, *, asked: Collection[str], check: Callable[[Draft], None], max_reject_share: float = 0.001
) -> Drafts:
    """Read the drafts of a file, in the form that its name's ending says.

    Parameters
    ----------
    path : Path
        ``.csv``: a table whose columns are a draft's fields, a day as in ``2026-03-03``. ``.jsonl``: an object a line
        with the same keys. Either may have a ``project_id`` beside them.
    asked : collection of str
        The fields that have to be there; a blurb and the creator's record may be left out all the same.
    check : callable
        Refuses, with a Problem, a draft that can't be judged.
    max_reject_share : float
        Of rows that may be left out.

    Raises
    ------
    Problem
        If the file is missing, of another ending or form, empty, or more than `max_reject_share` of it is refused.
    """
    reading = {".csv": _read_csv, ".jsonl": _read_json_lines}.get(path.suffix.lower())
    if reading is None:
        raise Problem("this is no file of drafts by its name", where=path, remedy=f"Bring one that ends in {FORMS}")
    if not path.is_file():
        raise Problem("there is no such file", where=path, remedy="Name another in PROJECTS=...")
    record(path)
    lines: list[int] = []
    ids: list[str] = []
    drafts: list[Draft] = []
    rejects: list[Reject] = []
    unused: dict[str, None] = {}
    needed = [name for name in asked if name not in ("blurb", "earlier_projects", "earlier_successes")]
    try:
        for line, row in reading(path, needed):
            try:
                if isinstance(row, str):
                    raise Problem(row)
                unused |= dict.fromkeys(str(name) for name in row if name not in (*_TAKEN, PROJECT_ID))
                draft = make_draft(row, needed)
                check(draft)
            except Problem as problem:
                why = f"{problem.where}: {problem.what}" if problem.where else problem.what
                rejects.append(Reject(line, why))
                continue
            lines.append(line)
            ids.append(str(row.get(PROJECT_ID) or ""))
            drafts.append(draft)
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise Problem(f"this can't be read ({error})", where=path, remedy="Save it as text in UTF-8") from error
    found = len(drafts) + len(rejects)
    if not found:
        raise Problem("it holds no draft", where=path, remedy="Put one a line below the names of the columns")
    if len(rejects) > max_reject_share * found:
        first = rejects[0]
        what = f"{len(rejects):,} of {found:,} drafts can't be judged, more than {max_reject_share:.6g} of them"
        raise Problem(f"{what}; first on line {first.line}: {first.reason}", where=path, remedy=REMEDY)
    return Drafts(tuple(lines), tuple(ids), tuple(drafts), tuple(rejects), tuple(unused))


def make_draft(row: dict[str, Any], needed: Collection[str]) -> Draft:
    """Make a draft of texts, numbers or what JSON has; an empty text is a value left out.

    Raises
    ------
    Problem
        If a needed field is left out, or a value can't be.
    """
    given: dict[str, Any] = {}
    for name, take in _TAKEN.items():
        value = row.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if name in needed or name not in LEFT_OUT:
                raise Problem("it is left out", where=name, remedy="Fill it in")
            given[name] = LEFT_OUT[name]
        else:
            given[name] = take(value, name)
    return Draft(**given)


def write_template() -> str:
    """Give a CSV file with every column and one draft."""
    names = [field.name for field in fields(Draft)]
    cells = [str(getattr(EXAMPLE, name)) for name in names]
    return ",".join(names) + "\n" + ",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\n"


def _read_csv(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        head = [name.strip() for name in next(rows, [])]
        missing = [name for name in needed if name not in head]
        if missing or len(set(head)) < len(head):
            what = f"there is no column {', '.join(missing)}" if missing else "two columns have one name"
            raise Problem(what, where=path, remedy=f"Name them on the first line: {', '.join(_TAKEN)}")
        for cells in rows:
            if len(cells) == len(head):
                yield rows.line_num, dict(zip(head, cells, strict=True))
            elif any(cells):
                yield rows.line_num, f"it has {len(cells)} cells, not {len(head)} as the first line"


def _read_json_lines(path: Path, _: Sequence[str]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, f"this is not JSON ({str(error).splitlines()[0]})"
                continue
            yield number, row if isinstance(row, dict) else "this is no object with a draft's fields"


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Problem(f"{value!r} is not text", where=name)
    return value


def _amount(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        raise Problem(f"{value!r} is no number", where=name) from None


def _whole(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", value):
        raise Problem(f"{value!r} is no whole number", where=name)
    return int(value)


def _day(value: Any, name: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        raise Problem(f"{value!r} is no day as in 2026-03-03", where=name) from None


_TAKEN: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("name", "blurb", "category"), _text),
    **{"goal": _amount, "currency": _text, "country": _text, "launched_on": _day},
    **dict.fromkeys(("duration_days", "prelaunch_days", "earlier_projects", "earlier_successes"), _whole),
}

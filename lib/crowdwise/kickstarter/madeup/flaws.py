"""The flaws of real months, put into made-up ones."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np

Record = dict[str, Any]


def spoil(records: list[Record], rng: np.random.Generator) -> list[str]:
    """Give a month's lines with the flaws that real months have, and in no order.

    Null blurbs, places and creators; projects that stand twice; nested objects as text, some of it malformed;
    categories spelt another way; a row whose values are shifted by one field, and a line that is cut off.
    """
    size = len(records)
    for k in _some(size, 0.004, rng):
        records[k]["data"]["blurb"] = None
    for k in _some(size, 0.006, rng):
        records[k]["data"]["location"] = None
    for k in _some(size, 0.03, rng):
        records[k]["data"]["creator"] = None
    for k in _some(size, 0.01, rng):
        category = records[k]["data"]["category"]
        parent, _, child = category["slug"].partition("/")
        category["slug"] = f"{parent}/{child or 'no subcategory'}"
    texts = _some(size, 0.005, rng, least=2)
    hopeless = max(1, len(texts) // 5)
    for number, k in enumerate(texts):
        _write_as_text(records[k]["data"], mendable=number >= hopeless)
    again = [copy.deepcopy(records[k]) for k in _some(size, 0.02, rng)]
    for record in again:
        record["data"]["source_url"] = "https://made-up.example/staff-picks"
    every = records + again
    lines = [_line(every[k]) for k in rng.permutation(len(every))]
    for k in _some(size, 0.0003, rng):
        lines.insert(int(rng.integers(0, len(lines))), _line(_shifted(records[k])))
    for k in _some(size, 0.0003, rng):
        lines.insert(int(rng.integers(0, len(lines))), _line(records[k])[:200])
    return lines


def plain(records: list[Record], rng: np.random.Generator) -> list[str]:
    """Give a month's lines without any flaw, in no order."""
    return [_line(records[k]) for k in rng.permutation(len(records))]


def _some(size: int, share: float, rng: np.random.Generator, *, least: int = 1) -> list[int]:
    return rng.choice(size, min(size, max(least, round(size * share))), replace=False).tolist()


def _line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False)


def _write_as_text(data: Record, *, mendable: bool) -> None:
    creator = data["creator"] or {"id": 1}
    name = 'The "quoted" one\nand another'
    text = f'{{"id":{creator["id"]},"name":"{name}","is_registered":null}}'
    data["creator"] = text if mendable else text[: text.index("and another")]


def _shifted(record: Record) -> Record:
    data = record["data"]
    values = list(data.values())
    return {**record, "data": dict(zip(data, [values[-1], *values[:-1]], strict=True))}

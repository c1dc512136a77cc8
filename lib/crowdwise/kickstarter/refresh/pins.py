"""The list of published months in a parameter file: new ones are pinned at its end."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from crowdwise.base.errors import Problem
from crowdwise.storage.fetch import Fetched
from crowdwise.storage.whole import whole_file

LIST = re.compile(
    r"^  months:(?: *\[ *\])?(?P<end>[ \t]*(?:#.*)?)\n(?P<items>(?:^(?:    .*|  - .*|[ \t]*#.*|[ \t]*)\n)*)", re.M
)
REMEDY = "Give its section `acquire` a list `months`, an item a line: {url: ..., size: ..., md5: ...}"


def pin_months(path: Path, files: Sequence[Fetched]) -> int:
    """Add months to the list `months` of the section `acquire`, and give how many were added.

    The rest of the file stays as it is, comments too; it is replaced whole or not at all. A month whose URL stands
    there already is not added again.

    Parameters
    ----------
    path : Path
        The profile's parameter file.
    files : sequence of Fetched
        With the URL, size and MD5 to pin.

    Raises
    ------
    Problem
        If the file holds no such list, or would not be read as meant afterwards; it is left as it was.
    """
    text = path.read_text(encoding="utf-8")
    before = _months(text, path)
    known = {str(month.get("url")) for month in before}
    new = [{"url": f.origin, "size": f.size, "md5": f.md5} for f in files if f.origin not in known]
    if not new:
        return 0
    start = text.find("acquire:")
    found = LIST.search(text if text.endswith("\n") else text + "\n", max(start, 0))
    if found is None:
        raise Problem("there is no list of months to add to", where=path, remedy=REMEDY)
    items = found["items"].splitlines(keepends=True)
    last = max((k + 1 for k, line in enumerate(items) if line.strip() and not line.strip().startswith("#")), default=0)
    indent = "  " if items[:1] and items[0].startswith("  -") else "    "
    lines = [f'{indent}- {{url: {json.dumps(m["url"])}, size: {m["size"]}, md5: "{m["md5"]}"}}\n' for m in new]
    whole = "".join([f"  months:{found['end']}\n", *items[:last], *lines, *items[last:]])
    text = f"{text[: found.start()]}{whole}{text[found.end() :]}"
    if _months(text, path) != before + new:
        raise Problem("its list of months can't be added to as it is written", where=path, remedy=REMEDY)
    with whole_file(path) as place:
        place.write_text(text, encoding="utf-8")
    return len(new)


def _months(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        months = yaml.safe_load(text)["acquire"]["months"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise Problem("this holds no section `acquire` with `months`", where=path, remedy=REMEDY) from error
    if not isinstance(months, list) or not all(isinstance(month, dict) for month in months):
        raise Problem("its `months` is no list of months", where=path, remedy=REMEDY)
    return months

"""Why a target is made again, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crowdwise.base.layout import Layout
from crowdwise.reporting.parameters import stamp_path
from crowdwise.reporting.provenance import read_provenance

UNRUN, ASKED = "it has not been run yet", "it was asked for"


def explain(targets: list[str], needs: list[str], root: Path) -> str:
    """Say which outputs are not there, or which of what they are made from is newer.

    Parameters
    ----------
    targets, needs : list of str
        The Makefile's names, relative to `root`.
    """
    missing = [name for name in targets if not (root / name).exists()]
    if len(missing) == len(targets):
        return UNRUN
    if missing:
        return f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not there"
    oldest = min((root / name).stat().st_mtime_ns for name in targets)
    gone = [name for name in needs if not (root / name).exists()]
    newer = [name for name in needs if (root / name).exists() and (root / name).stat().st_mtime_ns > oldest]
    reasons = [f"{_listed(newer)} changed"] if newer else []
    reasons += [f"{_listed(gone)} is gone"] if gone else []
    return " and ".join(reasons) or ASKED


def explain_notebook(
    layout: Layout,
    system: str,
    notebook: str,
    *,
    targets: list[str],
    needs: list[str],
    values: Mapping[str, Any] | None = None,
    upstream: str = "",
) -> str:
    """Say why a notebook runs again, its parameters by their names and values.

    Parameters
    ----------
    values : mapping, optional
        Its parameters now, if its stamp does not hold them yet.
    upstream : str
        A notebook that is to run before it, whose outputs it reads.
    """
    stamp = stamp_path(layout, system, notebook)
    others = [need for need in needs if need != layout.relative(stamp)]
    files = explain(targets, others, layout.root)
    if files == UNRUN:
        return files
    if values is None and stamp.is_file():
        values = json.loads(stamp.read_text(encoding="utf-8"))
    earlier = read_provenance(layout, system, notebook)
    reasons = [changed_parameters(earlier["parameters"], values)] if earlier and values is not None else []
    reasons.append("" if files == ASKED else files)
    if files == ASKED and upstream:
        reasons.append(f"{upstream} runs before it")
    return " and ".join(filter(None, reasons)) or explain(targets, needs, layout.root)


def changed_parameters(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say which parameters have another value, as ``parameter power changed from 0.8 to 0.9``; empty if none has."""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    words = [f"{name} from {_short(before.get(name))} to {_short(now.get(name))}" for name in names[:3]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"parameter{'' if len(names) == 1 else 's'} {', '.join(words)}{more} changed" if names else ""


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:4]) + (f" and {len(unique) - 4} more" if len(unique) > 4 else "")

"""A notebook's parameters: literals in one tagged cell, the same names in the profile's file, handed over by a stamp.

A stamp is the JSON of one notebook's section. It is rewritten only when its content changes, so that editing the
model's parameters does not run acquire again.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.storage.address import SCHEME, parse

GIVEN = ("profile",)  # what the runner adds by itself
COMMANDS = {"kickstarter": ("refresh",)}  # sections of commands that run no notebook


def section_of(notebook: str) -> str:
    """Give the section of a notebook in its system's parameter file: ``model`` for ``3-model``."""
    return notebook.split("-", 1)[1]


def read_sections(layout: Layout, system: str) -> dict[str, dict[str, Any]]:
    """Read a system's parameter file.

    Raises
    ------
    Problem
        If the file is missing, is not YAML, or does not hold exactly one mapping a notebook, and at most one a command.
    """
    path = layout.params(system)
    where = layout.relative(path)
    if not path.exists():
        there = sorted(folder.name for folder in (layout.root / "params").iterdir() if folder.is_dir())
        remedy = f"Use one of the profiles {', '.join(there)}, or make this file from another profile's"
        raise Problem("this profile has no such file of parameters", where=where, remedy=remedy)
    try:
        sections = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Problem(f"this is not YAML ({' '.join(str(error).split())})", where=where, remedy="Mend it") from error
    wanted = [section_of(notebook) for notebook in NOTEBOOKS]
    allowed = (*wanted, *COMMANDS.get(system, ()))
    if not isinstance(sections, dict) or not set(wanted) <= set(sections) <= set(allowed):
        got = ", ".join(map(str, sections)) if isinstance(sections, dict) else type(sections).__name__
        raise Problem(f"it holds {got}", where=where, remedy=f"Give it the sections {', '.join(allowed)} and no other")
    for name, section in sections.items():
        if not isinstance(section, dict):
            raise Problem(f"section {name} is not a mapping", where=where, remedy="Write `name: value` lines below it")
    return sections


def declared(notebook: Any, where: str) -> dict[str, Any]:
    """Give the names and literal values of a notebook's one cell tagged ``parameters``.

    Raises
    ------
    Problem
        If there is not exactly one such cell, or a line of it does more than give a literal a name.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise Problem(f"{len(cells)} cells are tagged parameters", where=where, remedy="Tag exactly one")
    values: dict[str, Any] = {}
    for line in ast.parse(cells[0].source).body:
        if not isinstance(line, ast.Assign) or len(line.targets) != 1 or not isinstance(line.targets[0], ast.Name):
            raise Problem(
                f"its parameters cell holds `{ast.unparse(line)}`",
                where=where,
                remedy="Write `name = literal` lines only",
            )
        try:
            values[line.targets[0].id] = ast.literal_eval(line.value)
        except ValueError as error:
            name = line.targets[0].id
            raise Problem(
                f"parameter {name} is not a literal", where=where, remedy="Compute it in a later cell"
            ) from error
    return values


def check_names(given: dict[str, Any], names: dict[str, Any], where: str, notebook: str) -> None:
    """Refuse parameters that a notebook does not know, and parameters it has that are not given.

    Raises
    ------
    Problem
        Naming the first of either kind.
    """
    for name in given:
        if name not in names:
            known = ", ".join(sorted(set(names) - set(GIVEN)))
            raise Problem(f"{notebook} has no parameter {name!r}", where=where, remedy=f"Use one of {known}")
    for name in names:
        if name not in given and name not in GIVEN:
            raise Problem(f"{notebook} has a parameter {name!r} that is not given here", where=where, remedy="Add it")


def stamp_path(layout: Layout, system: str, notebook: str) -> Path:
    """Give the file of one notebook's stamp."""
    return layout.reports / "params" / f"{system}-{notebook}.json"


def _source(layout: Layout, system: str, raw: str, stamp: Path) -> str:
    """Give where `local` takes its raw files from: ``RAW`` (a folder or a bucket), or what was taken last."""
    if raw.startswith(SCHEME):
        return f"{parse(raw, source='RAW')}/{system}"
    if raw:
        folder = (layout.root / raw).resolve()
        if not (folder / system).is_dir():
            remedy = "Name a folder that holds steam/ and kickstarter/, as in RAW=../shared/data"
            raise Problem(f"it holds no folder {system}/", where=f"RAW={raw}", remedy=remedy)
        return os.path.relpath(folder / system, layout.root)
    if stamp.exists():
        return str(json.loads(stamp.read_text(encoding="utf-8"))["source"])
    remedy = "Name the folder or bucket that holds steam/ and kickstarter/, as in `make report RAW=../shared/data`"
    raise Problem("this profile's params name no source", where=f"PROFILE={layout.profile}", remedy=remedy)


def read_values(layout: Layout, raw: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    """Give each notebook's parameters, by system and notebook, as its stamp is to hold them.

    Raises
    ------
    Problem
        If a parameter file is not usable, or where `local` takes its files from is not known.
    """
    read = {}
    for system in SYSTEMS:
        sections = read_sections(layout, system)
        for notebook in NOTEBOOKS:
            values = dict(sections[section_of(notebook)])
            if section_of(notebook) == "acquire" and (raw or not values.get("source")):
                values["source"] = _source(layout, system, raw, stamp_path(layout, system, notebook))
            read[system, notebook] = values
    return read


def stale_stamps(layout: Layout, values: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[Path, str]:
    """Give the stamps that hold something else, or are not there, with what they are to hold."""
    stale = {}
    for (system, notebook), given in values.items():
        stamp = stamp_path(layout, system, notebook)
        text = json.dumps(given, indent=2, ensure_ascii=False) + "\n"
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != text:
            stale[stamp] = text
    return stale


def write_stamps(layout: Layout, raw: str = "") -> list[Path]:
    """Write the stamps that changed, and give them."""
    stale = stale_stamps(layout, read_values(layout, raw))
    for stamp, text in stale.items():
        stamp.parent.mkdir(parents=True, exist_ok=True)
        new = stamp.with_name(f".{stamp.name}.new")
        new.write_text(text, encoding="utf-8")
        new.replace(stamp)
    return list(stale)

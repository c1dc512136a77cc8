"""What is wrong with the notebooks and their parameters: found by reading them, before anything runs.

Looked for are parameters that a notebook does not know, names that nothing defines (pyflakes, with the parameters and
the prelude's names put in), names that a module of ours does not have, and tables that no rule makes.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pyflakes.checker import Checker
from pyflakes.messages import UndefinedLocal, UndefinedName

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.parameters import check_names, declared, section_of
from crowdwise.reporting.trace import PACKAGE

BUILT_IN = {"display", "get_ipython"}  # what IPython adds to Python's own names


def read_notebook(path: Path) -> Any:
    """Give a notebook's cells (`cell_type`, `source`, `metadata`) without nbformat, which takes long to import.

    Raises
    ------
    Problem
        If the file is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        read = [SimpleNamespace(**{**cell, "source": "".join(cell["source"])}) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Problem("this is no notebook that can be read", where=path, remedy="Take it from git again") from error
    return SimpleNamespace(cells=read)


@dataclass(frozen=True)
class Code:
    """A notebook's code as one text, and the number of the cell that each of its lines stands in."""

    text: str
    cells: tuple[int, ...]

    @classmethod
    def of(cls, notebook: Any) -> Code:
        """Join a notebook's code cells; lines for IPython alone (``%`` and ``!``) are emptied."""
        lines: list[str] = []
        cells: list[int] = []
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type == "code":
                plain = re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.M).splitlines()
                lines += plain
                cells += [number] * len(plain)
        return cls("\n".join(lines) + "\n", tuple(cells))

    def cell(self, line: int) -> int:
        """Give the number of the cell that a line (from 1) stands in."""
        return self.cells[min(line, len(self.cells)) - 1] if self.cells else 0


@cache
def _names_in(module: str, lib: Path) -> tuple[str, ...] | None:
    """Give the names and submodules that a module of ours has, or None if there is no such module."""
    path = lib / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():
        return None
    names: list[str] = [p.stem for p in path.glob("*")] if path.is_dir() else []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            names += bound
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names += [alias.asname or alias.name.split(".")[0] for alias in node.names]
    return tuple(names)


@cache
def _all_of(module: str, lib: Path) -> tuple[str, ...]:
    file = lib / Path(*module.split(".")).with_suffix(".py")
    for node in ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else []:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return tuple(ast.literal_eval(node.value))
    return ()


def _imports(tree: ast.AST, lib: Path) -> Iterator[tuple[int, str]]:
    """Give what is imported from our modules and is not there; spell out the stars, in place."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("crowdwise"):
            continue
        module, names = str(node.module), _names_in(str(node.module), lib)
        if names is None:
            yield node.lineno, f"there is no module {module}"
        elif [alias.name for alias in node.names] == ["*"]:
            node.names = [ast.alias(name) for name in _all_of(module, lib)] or node.names
        else:
            for alias in node.names:
                if alias.name not in names:
                    yield node.lineno, f"{module} has no {alias.name!r}"


def undefined(notebook: Any, lib: Path) -> list[str]:
    """Say which names of a notebook nothing defines, each with its cell's number (from 1, text cells counted)."""
    code = Code.of(notebook)
    try:
        tree = ast.parse(code.text)
    except SyntaxError as error:
        return [f"cell {code.cell(error.lineno or 1)} is not Python ({error.msg})"]
    found = [(line, words) for line, words in _imports(tree, lib)]
    for message in Checker(tree, builtins=BUILT_IN).messages:
        if isinstance(message, UndefinedName | UndefinedLocal):
            found.append((message.lineno, f"nothing defines {message.message_args[0]!r}"))
    return [f"cell {code.cell(line)}: {words}" for line, words in sorted(found)]


def _texts(node: ast.AST, known: dict[str, list[str]]) -> list[str]:
    """Give the texts that an expression stands for: a literal, literals in brackets, or a name for either."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Tuple | ast.List):
        return [text for each in node.elts for text in _texts(each, known)]
    return known.get(node.id, []) if isinstance(node, ast.Name) else []


def tables_of(notebook: Any) -> list[str]:
    """Give the names in a notebook's ``report.table(...)``: literals, also in loops over literals."""
    try:
        tree = ast.parse(Code.of(notebook).text)
    except SyntaxError:  # said by `undefined`
        return []
    known: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _texts(node.value, known)
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            known[node.target.id] = _texts(node.iter, known)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "report.table"]
    return sorted({text for call in calls for argument in call.args for text in _texts(argument, known)})


def check_all(layout: Layout, values: dict[tuple[str, str], dict[str, Any]], made: Sequence[str]) -> list[Problem]:
    """Give what is wrong with the notebooks of a profile.

    Parameters
    ----------
    layout : Layout
    values : dict
        Each notebook's parameters, by system and notebook.
    made : sequence of str
        The files that rules make, relative to the root; if it is empty, tables are not looked at.
    """
    found: list[Problem] = []
    for system in SYSTEMS:
        for name in NOTEBOOKS:
            path = layout.notebook(system, name)
            if not path.is_file():  # make itself says so
                continue
            where = layout.relative(path)
            try:
                notebook = read_notebook(path)
                file = f"{layout.relative(layout.params(system))}, section {section_of(name)}"
                check_names(values[system, name], declared(notebook, where), file, where)
            except Problem as problem:
                found.append(problem)
                continue
            words = undefined(notebook, PACKAGE.parent)
            found += [Problem(each, where=where, remedy="Define it, or mend its name") for each in words]
            tables = tables_of(notebook) if made and name != NOTEBOOKS[0] else []
            for table in tables:
                place = layout.relative(layout.table(system, table))
                if place not in made:
                    remedy = f"Write it in {NOTEBOOKS[0]} and name it in the Makefile, or mend its name"
                    found.append(Problem(f"it reads {place}, which no rule makes", where=where, remedy=remedy))
    return found

"""What every page shares: templates, style sheet, script, menu, and how a notebook's title is found."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS
from crowdwise.reporting.mathematics import to_mathml

TEMPLATES = Path(__file__).with_name("template")
TITLES = {"steam": "Steam", "kickstarter": "Kickstarter"}
CARDS = {"model-card": "Model card", "data-card": "Data card"}


@dataclass(frozen=True)
class Link:
    """A link to another page: where, with which word, and whether it is the page it stands on."""

    href: str
    word: str
    here: bool = False


def title_of(notebook: Any) -> str:
    """Give a notebook's title: the first heading of its first text cell."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.search(r"^# (.+)$", cell.source, re.M)
            if found:
                return found.group(1).strip()
    return "Untitled"


def word_of(name: str) -> str:
    """Give a page's word in menus: ``Model`` for ``3-model``, ``Model card`` for ``model-card``."""
    return CARDS.get(name) or name.split("-", 1)[1].capitalize()


def menu(home: str, here: tuple[str, str] | None = None) -> list[dict[str, Any]]:
    """Give the menu of a page: each system's reports and cards.

    Parameters
    ----------
    home : str
        The way from the page to the index's folder, as ``../``.
    here : (str, str), optional
        The page's own system and name, which is marked.
    """
    names = (*NOTEBOOKS, *CARDS)
    return [
        {
            "title": TITLES[system],
            "links": [Link(f"{home}{system}/{n}.html", word_of(n), (system, n) == here) for n in names],
        }
        for system in SYSTEMS
    ]


@cache
def environment() -> Environment:
    """Give the template environment that all pages share; a name that a template misses is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals |= {"script": Markup(script()), "style": Markup(style()), "policy": policy()}
    made.filters["formula"] = lambda latex: Markup(to_mathml(latex))
    made.filters["formula_block"] = lambda latex: Markup(to_mathml(latex, block=True))
    return made


def style() -> str:
    """Give the style sheet."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


def script() -> str:
    """Give the pages' one script: what it adds, a page can do without."""
    return (TEMPLATES / "script.js").read_text(encoding="utf-8")


def policy() -> str:
    """Give the content security policy: no page fetches anything, and only our own script runs."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )

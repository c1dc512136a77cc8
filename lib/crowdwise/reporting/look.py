"""What every page shares: templates, the style sheet, and how a notebook's title is found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).with_name("template")


def title_of(notebook: Any) -> str:
    """Give a notebook's title: the first heading of its first text cell."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.search(r"^# (.+)$", cell.source, re.M)
            if found:
                return found.group(1).strip()
    return "Untitled"


def environment() -> Environment:
    """Give the template environment that pages and the index share."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)


def style() -> str:
    """Give the style sheet."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")

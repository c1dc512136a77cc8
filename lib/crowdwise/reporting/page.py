"""An executed notebook as one offline HTML page, readable without a script, loading nothing from elsewhere."""

from __future__ import annotations

import argparse
import html
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.look import TEMPLATES, TITLES, Link, environment, menu, title_of, word_of
from crowdwise.reporting.mathematics import markdown_to_html
from crowdwise.reporting.metrics import read_metrics
from crowdwise.reporting.provenance import read_provenance
from crowdwise.storage.whole import whole_file


class PageExporter(HTMLExporter):
    """nbconvert's exporter with our template, and formulas as MathML."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Give a text cell's HTML."""
        attachments = context.get("cell", {}).get("attachments", {})
        return markdown_to_html(source, attachments=attachments, anchor_link_text="#")


@cache
def _exporter() -> PageExporter:
    return PageExporter(
        template_name="crowdwise",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_output_prompt=True,
        optimistic_validation=True,  # once at the end, not after each of its steps
    )


def prepare() -> None:
    """Read and compile ahead what the first page needs: templates, and what colours code."""
    cells = [nbformat.v4.new_markdown_cell("# A"), nbformat.v4.new_code_cell("1")]
    _body(nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}))
    environment().get_template("report.html.j2")


def _body(notebook: Any) -> str:
    body, _ = _exporter().from_notebook_node(notebook)
    return str(body)


def headings_of(body: str) -> list[dict[str, str]]:
    """Give a page's headings of the second level, in order: their ``anchor`` and ``text``."""
    found = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body, re.S)
    texts = [(anchor, re.sub(r"<a class=\"anchor-link\".*?</a>|<[^>]+>", "", inner)) for anchor, inner in found]
    return [{"anchor": html.unescape(anchor), "text": html.unescape(text).strip()} for anchor, text in texts]


def render(notebook: Any, layout: Layout, system: str, name: str, *, source: str, failed: bool = False) -> str:
    """Give the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
    system, name : str
        Which one, for the links to the others.
    source : str
        Where its data comes from, as in its metrics file: made-up data is marked all over.
    failed : bool
        Whether it is a failed run's page, which stands apart from the others.
    """
    body = _body(notebook)
    home = "../"
    order = [(each, nb) for each in SYSTEMS for nb in NOTEBOOKS]
    place = order.index((system, name))
    neighbours = [
        Link(f"{home}{order[k][0]}/{order[k][1]}.html", f"{TITLES[order[k][0]]}: {word_of(order[k][1])}")
        if 0 <= k < len(order)
        else None
        for k in (place - 1, place + 1)
    ]
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            title=("Failed: " if failed else "") + title_of(notebook),
            made_up=source == "made up",
            home=home,
            menus=menu(home, (system, name)),
            headings=headings_of(body),
            body=Markup(body),
            previous=neighbours[0],
            next=neighbours[1],
            footer=f"Profile {layout.profile}. Made by crowdwise from notebooks/{system}/{name}.ipynb.",
            provenance=None if failed else read_provenance(layout, system, name),
        )
    )


def render_again(layout: Layout) -> list[Path]:
    """Make the page of every notebook that has been run in this profile again, without running it."""
    pages = []
    for system in SYSTEMS:
        for name in NOTEBOOKS:
            executed, metrics = (layout.report(system, name, ending) for ending in ("ipynb", "metrics.json"))
            if executed.exists() and metrics.exists():
                notebook = nbformat.read(executed, as_version=4)
                page = layout.report(system, name, "html")
                with whole_file(page) as place:
                    text = render(notebook, layout, system, name, source=read_metrics(metrics).source)
                    place.write_text(text, encoding="utf-8")
                pages.append(page)
    return pages


def main(arguments: list[str] | None = None) -> int:
    """Make a profile's pages again from its executed notebooks."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    try:
        pages = render_again(Layout(parser.parse_args(arguments).profile))
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    if pages:
        print(f"crowdwise: made {len(pages)} pages again", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

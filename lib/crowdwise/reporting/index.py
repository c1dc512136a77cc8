"""The index page of a profile: both systems at a glance, from their metrics files."""

from __future__ import annotations

import argparse
import html
import re
import sys
from typing import Any

import nbformat

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.criteria import Criterion, deployed
from crowdwise.reporting.look import environment, title_of, word_of
from crowdwise.reporting.metrics import read_metrics
from crowdwise.reporting.notebook import WORDS
from crowdwise.reporting.promises import PROMISES
from crowdwise.reporting.scoreboard import fill_rows, tally
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import whole_file

QUESTIONS = {
    "steam": "Steam: what should this player play next?",
    "kickstarter": "Kickstarter: will this project reach its goal?",
}


def _card(layout: Layout, system: str, notebook: str) -> dict[str, str]:
    """Give a report's card: its title, its key picture, and the finding in that picture's words."""
    executed = layout.report(system, notebook, "ipynb")
    if not executed.exists() or not layout.report(system, notebook, "html").exists():
        source = layout.notebook(system, notebook)
        title = title_of(nbformat.read(source, as_version=4)) if source.exists() else notebook
        return {"href": "", "kind": word_of(notebook), "title": title, "target": system}
    document = nbformat.read(executed, as_version=4)
    card = {"href": f"{system}/{notebook}.html", "kind": word_of(notebook), "title": title_of(document)}
    card |= {"picture": "", "alt": "", "finding": ""}
    for cell in document.cells:
        if "key-figure" in cell.metadata.get("tags", []):
            shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
            found = re.search(r'<img src="([^"]+)" alt="([^"]*)"', shown)
            if found:
                alt = html.unescape(found.group(2))
                card |= {"picture": found.group(1), "alt": alt, "finding": alt}
    return card


ABOUT = {
    "model-card": (
        "What is the model for, and what is it not for?",
        "How well it does, for whom, and on which data; what it must not be used for.",
    ),
    "data-card": (
        "Where does the data come from, and what does it lack?",
        "How it was collected and cleaned, what it holds, and what it must not be used for.",
    ),
}


def _cards(layout: Layout, system: str) -> list[dict[str, str]]:
    """Give the cards of a system's reports, and of its model and its data."""
    found = [_card(layout, system, notebook) for notebook in NOTEBOOKS]
    for name, (title, words) in ABOUT.items():
        made = layout.report(system, name, "html").exists()
        card = {"href": f"{system}/{name}.html" if made else "", "kind": word_of(name), "title": title}
        found.append(card | {"picture": "", "alt": "", "finding": words, "target": system})
    return found


def _deployment(layout: Layout, system: str) -> str:
    metrics = deployed(layout, system)
    if metrics is None:
        return "No model has been fitted yet."
    return (
        "The model passed its gate and is deployed." if metrics.deploy else "The model missed its gate: not deployed."
    )


def _refresh(layout: Layout, system: str) -> dict[str, str] | None:
    """Give the last refresh's page and verdict, which is past once a model has learnt from its months."""
    document = layout.report(system, "refresh", "json")
    if not document.exists() or not layout.report(system, "refresh", "html").exists():
        return None
    found = read_json(document)
    new = [month["name"] for month in found["months"]]
    card = layout.model(system) / "card.json"
    learnt = read_json(card).get("months", []) if card.exists() else []
    if set(new) <= set(learnt):
        words = "the model has learnt from what it brought since."
    elif found["retrain"]:
        words = "the model should be fitted anew."
    else:
        words = "the model in use still fits."
    return {
        "href": f"{system}/refresh.html",
        "months": f"{len(new)} new month{'' if len(new) == 1 else 's'}",
        "words": words,
    }


def _system(layout: Layout, system: str, promises: tuple[Criterion, ...]) -> dict[str, Any]:
    provenance = layout.tables(system) / "provenance.json"
    rows = fill_rows(layout, system, promises)
    kind, words = tally(rows)
    return {
        "name": system,
        "question": QUESTIONS[system],
        "deployed": _deployment(layout, system),
        "rows": rows,
        "tally": {"kind": kind, "words": words},
        "cards": _cards(layout, system),
        "refresh": _refresh(layout, system),
        "files": read_json(provenance)["files"] if provenance.exists() else [],
    }


def _sources(layout: Layout) -> list[str]:
    """Give the different sources of the metrics files that are there."""
    paths = [layout.report(system, notebook, "metrics.json") for system in SYSTEMS for notebook in NOTEBOOKS]
    return sorted({read_metrics(path).source for path in paths if path.exists()})


def render_index(layout: Layout) -> str:
    """Give the index page of a profile."""
    sources = _sources(layout)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            profile=layout.profile,
            made_up="made up" in sources,
            origin=" ".join(WORDS[source] for source in sources if source != "made up"),
            systems=[_system(layout, system, PROMISES) for system in SYSTEMS],
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Write a profile's index page from what has been run so far."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    try:
        layout = Layout(parser.parse_args(arguments).profile)
        with whole_file(layout.reports / "index.html") as place:
            place.write_text(render_index(layout), encoding="utf-8")
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

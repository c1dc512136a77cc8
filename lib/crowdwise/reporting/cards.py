"""Model cards and data cards: prose from templates, every number from metrics, parameters and provenance.

The headings are those of Mitchell et al. (2019), "Model cards for model reporting", and of Gebru et al. (2018),
"Datasheets for datasets".
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from markupsafe import Markup

from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.criteria import interval_written, parameter, value_written
from crowdwise.reporting.look import CARDS, TITLES, environment, menu
from crowdwise.reporting.metrics import Metric, MetricsFile, read_metrics
from crowdwise.reporting.notebook import WORDS
from crowdwise.reporting.page import headings_of
from crowdwise.reporting.parameters import stamp_path
from crowdwise.storage.documents import read_json
from crowdwise.storage.whole import whole_file

NEEDS = {"model-card": ("1-acquire", "3-model"), "data-card": ("1-acquire",)}
UNMEASURED = Markup('<span class="unmeasured">not measured</span>')


class Facts:
    """What a system's cards may say: its metrics, parameters, model and files, as text for templates.

    Parameters
    ----------
    layout : Layout
    system : str
    """

    def __init__(self, layout: Layout, system: str) -> None:
        self._layout, self._system = layout, system
        paths = {name: layout.report(system, name, "metrics.json") for name in NOTEBOOKS}
        self._metrics: dict[str, MetricsFile] = {n: read_metrics(p) for n, p in paths.items() if p.exists()}

    def has(self, name: str) -> bool:
        """Say whether a notebook's metrics are there."""
        return name in self._metrics

    @property
    def source(self) -> str:
        """``made up``, ``local`` or ``published``."""
        return self._metrics["1-acquire"].source

    @property
    def deploy(self) -> bool:
        """Whether the model passed its gate."""
        return bool(self._metrics["3-model"].deploy)

    @property
    def files(self) -> list[dict[str, Any]]:
        """The raw files: ``name, origin, size, sha256`` of each."""
        path = self._layout.tables(self._system) / "provenance.json"
        return list(read_json(path)["files"]) if path.exists() else []

    def model(self, name: str) -> Any:
        """Give an entry of the deployed model's ``card.json``."""
        path = self._layout.model(self._system) / "card.json"
        return read_json(path).get(name, UNMEASURED) if path.exists() else UNMEASURED

    def parameter(self, notebook: str, name: str) -> Any:
        """Give a parameter of a notebook's run; dots lead to its parts."""
        return parameter(read_json(stamp_path(self._layout, self._system, notebook)), name)

    def find(self, notebook: str, name: str, **where: str) -> Metric | None:
        """Give a metric, or None if it was not measured."""
        return self._metrics[notebook].find(name, **where) if notebook in self._metrics else None

    def value(self, notebook: str, name: str, **where: str) -> str:
        """Give a metric's value alone."""
        metric = self.find(notebook, name, **where)
        return UNMEASURED if metric is None else value_written(metric)

    def score(self, notebook: str, name: str, **where: str) -> str:
        """Give a metric's value with its interval."""
        metric = self.find(notebook, name, **where)
        if metric is None:
            return UNMEASURED
        interval = interval_written(metric)
        return value_written(metric) + (f" ({interval})" if interval else "")

    def short(self, notebook: str, name: str, **where: str) -> str:
        """Give a metric's value with its interval in brackets, for a table's cell."""
        metric = self.find(notebook, name, **where)
        if metric is None:
            return "–"
        low_high = interval_written(metric).partition("interval ")[2]
        return value_written(metric) + (f" [{low_high.replace(' to ', ', ')}]" if low_high else "")

    def counted(self, notebook: str, name: str, **where: str) -> str:
        """Give how many cases a metric rests on."""
        metric = self.find(notebook, name, **where)
        return "–" if metric is None or metric.n is None else f"{metric.n:,}"

    def models(self, notebook: str, name: str, **where: str) -> list[str]:
        """Give the models that a metric was measured of, in order."""
        found = [m.model for m in self._of(notebook) if m.name == name and m.model and _is(m, where)]
        return list(dict.fromkeys(found))

    def slices(self, notebook: str, name: str, **where: str) -> list[str]:
        """Give the slices that a metric was measured on, in order."""
        return list(dict.fromkeys(m.slice for m in self._of(notebook) if m.name == name and _is(m, where)))

    def _of(self, notebook: str) -> tuple[Metric, ...]:
        return self._metrics[notebook].metrics if notebook in self._metrics else ()


def _is(metric: Metric, where: dict[str, str]) -> bool:
    return all(getattr(metric, key) == value for key, value in where.items())


def render_card(layout: Layout, system: str, name: str) -> str:
    """Give a card's page.

    Parameters
    ----------
    layout : Layout
    system : str
    name : str
        ``model-card`` or ``data-card``.

    Raises
    ------
    Problem
        If a file it is written from does not have its form.
    """
    facts, templates = Facts(layout, system), environment()
    shared = {"facts": facts, "made_up": facts.source == "made up", "source": WORDS[facts.source]}
    body = templates.get_template(f"cards/{system}-{name}.html.j2").render(**shared)
    return templates.get_template("report.html.j2").render(
        title=f"{TITLES[system]}: {CARDS[name].lower()}",
        made_up=shared["made_up"],
        home="../",
        menus=menu("../", (system, name)),
        headings=headings_of(body),
        body=Markup(body),
        previous=None,
        next=None,
        footer=f"Profile {layout.profile}. Made by crowdwise; every number comes from the files beside the reports.",
    )


def write_cards(layout: Layout) -> list[Path]:
    """Write every card whose notebooks have been run, and give their paths."""
    pages = []
    for system in SYSTEMS:
        for name, needs in NEEDS.items():
            if all(layout.report(system, notebook, "metrics.json").exists() for notebook in needs):
                page = layout.report(system, name, "html")
                with whole_file(page) as place:
                    place.write_text(render_card(layout, system, name), encoding="utf-8")
                pages.append(page)
    return pages


def main(arguments: list[str] | None = None) -> int:
    """Write a profile's model cards and data cards from what has been run so far."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--profile", required=True)
    try:
        write_cards(Layout(parser.parse_args(arguments).profile))
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

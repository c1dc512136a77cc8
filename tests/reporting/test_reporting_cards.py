"""Model cards, data cards and the scoreboard: every number from files, and nothing said that was not measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crowdwise.base.errors import Problem
from crowdwise.base.layout import Layout
from crowdwise.base.statistics import Estimate
from crowdwise.reporting.cards import render_card, write_cards
from crowdwise.reporting.criteria import Criterion, parameter
from crowdwise.reporting.index import render_index
from crowdwise.reporting.look import policy, script
from crowdwise.reporting.notebook import Report
from crowdwise.reporting.scoreboard import fill_rows, tally
from crowdwise.storage.documents import write_json


@pytest.fixture
def measured(project: Layout) -> Layout:
    """Metrics of the Steam acquire notebook, and the file it read."""
    report = Report("steam", "1-acquire", "tiny")
    report.source = "local"
    report.metric("players", 1234, unit="rows")
    report.metric("auc", Estimate(0.8, 0.7, 0.9, 0.95, 40), higher_is_better=True)
    report.save()
    file = {"name": "<b>players</b>.gz", "origin": "here", "size": 4321, "md5": "0", "sha256": "f" * 64}
    write_json({"source": "local", "files": [file]}, project.tables("steam") / "provenance.json")
    return project


def test_a_card_has_its_headings_and_its_numbers_from_the_files(measured: Layout) -> None:
    shown = render_card(measured, "steam", "data-card")
    headings = re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', shown)
    assert headings[:3] == ["Motivation", "Composition", "Collection process"]
    assert headings[-3:] == ["Uses", "Distribution", "Maintenance"]
    assert "1,234 rows" in shown
    assert "4,321" in shown
    assert "&lt;b&gt;players&lt;/b&gt;.gz" in shown
    assert 'class="banner"' not in shown


def test_a_card_says_what_was_not_measured(measured: Layout) -> None:
    shown = render_card(measured, "steam", "data-card")
    assert '<span class="unmeasured">not measured</span>' in shown
    assert "None" not in shown


def test_only_cards_whose_notebooks_were_run_are_written(measured: Layout) -> None:
    assert write_cards(measured) == [measured.report("steam", "data-card", "html")]
    index = render_index(measured)
    assert 'href="steam/data-card.html"' in index
    assert 'href="steam/model-card.html"' not in index
    assert 'href="kickstarter/data-card.html"' not in index


def test_the_scoreboard_counts_bars_and_draws_the_interval(measured: Layout) -> None:
    found = {"system": "steam", "notebook": "1-acquire", "metric": "auc"}
    promises = (
        Criterion(**found, title="easy", bar=0.75, scale=(0.5, 1.0)),
        Criterion(**found, title="hard", bar=0.75, surely=True),
        Criterion(**found, title="told"),
    )
    rows = fill_rows(measured, "steam", promises)
    assert [row.kind for row in rows] == ["met", "missed", "open"]
    assert tally(rows) == ("missed", "1 of 2 bars met")
    assert tally(rows[:1]) == ("met", "1 of 1 bar met")
    assert rows[0].score == "0.800"
    assert rows[0].beside == ("95% interval 0.700 to 0.900", "bar: at least 0.75")
    places = [float(x) for x in re.findall(r'(?:x1|cx)="([\d.]+)"', rows[0].gauge)]
    low, start, bar, value = places  # the scale's start, the interval's, the bar, the score
    assert low < start < bar < value
    assert rows[1].gauge == ""


def test_a_part_of_a_parameter_is_found_and_a_missing_one_is_named() -> None:
    assert parameter({"rule": {"auc": 0.7}}, "rule.auc") == 0.7
    with pytest.raises(Problem, match=r"rule\.gate: this parameter was not given"):
        parameter({"rule": {"auc": 0.7}}, "rule.gate")


def test_the_policy_names_the_script_that_a_page_holds(measured: Layout) -> None:
    shown = render_index(measured)
    assert f"<script>{script()}</script>" in shown
    assert policy().replace("'", "&#39;") in shown
    assert "default-src &#39;none&#39;" in shown


def test_a_card_is_the_same_bytes_every_time(measured: Layout, tmp_path: Path) -> None:
    first = render_card(measured, "steam", "data-card")
    assert first == render_card(measured, "steam", "data-card")
    assert str(tmp_path) not in first

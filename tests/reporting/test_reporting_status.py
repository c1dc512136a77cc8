"""What is current: status says what make would do, and why."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout
from crowdwise.reporting.because import changed_parameters
from crowdwise.reporting.look import CARDS
from crowdwise.reporting.parameters import write_stamps
from crowdwise.reporting.provenance import write_provenance
from project_copy import clean_environment, copy_project, run_make

EARLY = 1_000_000_000
ALL = [f"{system} {name}" for system in SYSTEMS for name in NOTEBOOKS]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose outputs are all there and current, though empty: make goes by times alone."""
    root = copy_project(tmp_path_factory.mktemp("status") / "crowdwise")
    layout = Layout("sample", root)
    write_stamps(layout)
    for path in root.rglob("*"):
        os.utime(path, (EARLY, EARLY))
    listed = subprocess.run(
        ["make", "-n", f"PY={sys.executable}", "report"],
        cwd=root,
        env=clean_environment(),
        capture_output=True,
        text=True,
    ).stdout
    groups = re.findall(r"--targets (.*?) --needs", listed)
    for targets in groups:
        for name in targets.split():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).touch()
    for system in SYSTEMS:
        for name in NOTEBOOKS:
            stamp = layout.reports / "params" / f"{system}-{name}.json"
            document = {"system": system, "notebook": name, "command": "", "parameters": json.loads(stamp.read_text())}
            write_provenance(layout, document)
    for targets in groups:
        if "4-experiment" in targets:
            path = root / re.sub(r"^(\S+)\.ipynb.*", r"\1.d", targets)
            path.write_text(f"{targets}: lib/crowdwise/experiment/duration.py\n")
    (layout.reports / ".look").touch()
    for system in SYSTEMS:
        for card in CARDS:
            layout.report(system, card, "html").touch()
    (layout.reports / "index.html").touch()
    return root


def standing(root: Path) -> dict[str, str]:
    said = run_make(root, "status")
    assert said.returncode == 0, said.stderr
    return {line[:26].strip(): line[26:] for line in said.stdout.splitlines()}


def is_up_to_date(root: Path, system: str, name: str) -> bool:
    page = f"reports/sample/{system}/{name}.html"
    command = ["make", "-q", "-o", "FORCE", f"PY={sys.executable}", page]
    return subprocess.run(command, cwd=root, env=clean_environment(), check=False).returncode == 0


def agrees_with_make(root: Path, said: dict[str, str]) -> bool:
    return all((said[f"{s} {n}"] == "current") == is_up_to_date(root, s, n) for s in SYSTEMS for n in NOTEBOOKS)


def test_what_is_current_is_said_to_be(built: Path) -> None:
    said = standing(built)
    assert set(said.values()) == {"current"}
    assert agrees_with_make(built, said)


@pytest.mark.parametrize(
    ("changed", "runs", "why"),
    [
        (["notebooks/steam/2-explore.ipynb"], ["steam 2-explore"], "notebooks/steam/2-explore.ipynb changed"),
        (
            ["lib/crowdwise/experiment/duration.py"],
            ["steam 4-experiment", "kickstarter 4-experiment"],
            "lib/crowdwise/experiment/duration.py changed",
        ),
        (["requirements.lock"], ALL, "requirements.lock changed"),
        (["notebooks/steam/1-acquire.ipynb"], ALL[:4], "notebooks/steam/1-acquire.ipynb changed"),
    ],
)
def test_what_changed_is_named_and_make_agrees(built: Path, changed: list[str], runs: list[str], why: str) -> None:
    later = time.time() + 60
    for name in changed:
        os.utime(built / name, (later, later))
    try:
        said = standing(built)
        assert [name for name in ALL if said[name] != "current"] == runs
        assert said[runs[0]] == f"to be run: {why}"
        assert agrees_with_make(built, said)
        if "1-acquire" in changed[0]:
            assert said["steam 3-model"] == "to be run: steam 1-acquire runs before it"
    finally:
        for name in changed:
            os.utime(built / name, (EARLY, EARLY))


def test_a_parameter_is_named_with_its_values_and_nothing_is_written(built: Path) -> None:
    path, stamp = built / "params/sample/steam.yaml", built / "reports/sample/params/steam-4-experiment.json"
    text, before = path.read_text(), stamp.read_bytes()
    sections = yaml.safe_load(text)
    sections["experiment"]["power"] = 0.9
    path.write_text(yaml.safe_dump(sections, sort_keys=False))
    try:
        said = standing(built)
    finally:
        path.write_text(text)
    assert said["steam 4-experiment"] == "to be run: parameter power from 0.8 to 0.9 changed"
    assert [name for name in ALL if said[name] != "current"] == ["steam 4-experiment"]
    assert stamp.read_bytes() == before


def test_a_new_template_makes_pages_and_index_again(built: Path) -> None:
    style = built / "lib/crowdwise/reporting/template/style.css"
    later = time.time() + 60
    os.utime(style, (later, later))
    said = standing(built)
    os.utime(style, (EARLY, EARLY))
    assert {name for name, words in said.items() if words != "current"} == {"pages", "cards", "index"}
    assert "template changed" in said["pages"]


def test_what_would_stop_the_report_is_said_with_exit_code_1(built: Path) -> None:
    path = built / "params/sample/steam.yaml"
    text = path.read_text()
    path.write_text(text.replace("  power: 0.8", "  powr: 0.8"))
    try:
        said = run_make(built, "status")
    finally:
        path.write_text(text)
    assert said.returncode != 0
    assert "has no parameter 'powr'" in said.stderr
    assert "Traceback" not in said.stderr


def test_long_values_are_cut_and_many_are_counted() -> None:
    assert changed_parameters({"a": 1}, {"a": 1}) == ""
    assert changed_parameters({"a": 1}, {"a": 2}) == "parameter a from 1 to 2 changed"
    long = changed_parameters({"a": 1, "b": 1, "c": 1, "d": 1}, {"a": "x" * 99})
    assert long.endswith("and 1 more changed")
    assert "…" in long

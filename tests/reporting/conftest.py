"""A small project for every test of the machinery."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml
from small_project import CELLS, notebook_of

from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A root with one real notebook (steam 1-acquire) and the parameter files of a profile called tiny."""
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    layout = Layout("tiny", tmp_path)
    for system in SYSTEMS:
        layout.params(system).parent.mkdir(parents=True, exist_ok=True)
        sections = {
            "acquire": {"source": "made-up", "rows": 3, "divisor": 1},
            "explore": {},
            "model": {},
            "experiment": {},
        }
        layout.params(system).write_text(yaml.safe_dump(sections))
    path = layout.notebook("steam", NOTEBOOKS[0])
    path.parent.mkdir(parents=True)
    nbformat.write(notebook_of(CELLS, 'profile = "sample"\nsource = "made-up"\nrows = 1\ndivisor = 1'), path)
    return layout

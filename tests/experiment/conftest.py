"""A database of its own for each test of a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crowdwise.base.layout import Layout
from crowdwise.storage.database import engine, prepare


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    monkeypatch.delenv("SQLALCHEMY_DATABASE_URI", raising=False)
    return Layout("sample", tmp_path)


@pytest.fixture
def database(layout: Layout) -> Iterator[Engine]:
    to = engine(layout)
    prepare(to, "sample")
    yield to
    to.dispose()

"""A profile that holds one made-up month and a model of it, and months of the same world that come later."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from crowdwise.base.layout import Layout
from crowdwise.kickstarter.acquisition import acquire
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, score_models
from crowdwise.kickstarter.evaluation import CHOSEN, cross_validate, make_models, set_up_study
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.splits import stratified_folds
from crowdwise.kickstarter.training import train_predictor
from crowdwise.storage.documents import write_json
from crowdwise.storage.tables import read_table
from project_copy import ROOT
from web_server import Web

SEED = 5
HELD, NEW = "Kickstarter_2023-09-21T03_20_38_702Z.json.gz", "Kickstarter_2023-10-19T03_20_00_000Z.json.gz"
Record = dict[str, Any]


@dataclass(frozen=True)
class Later:
    """Records of a month drawn from the held month's own population, and of one that has drifted."""

    like: tuple[Record, ...]
    drifted: tuple[Record, ...]


def pack(records: Iterable[Record]) -> bytes:
    return gzip.compress("".join(f"{json.dumps(record)}\n" for record in records).encode(), mtime=0)


def draw_records(folder: Path, seed: int, projects: int) -> list[Record]:
    paths, _ = make_months(folder, projects=projects, seed=seed, flaws=False, leak=False)
    lines = gzip.decompress(paths[1].read_bytes()).decode().splitlines()
    return [json.loads(line) for line in lines]


def drift_away(records: list[Record]) -> list[Record]:
    """Give records with goals three times as high, a third moved to journalism, and most successes undone."""
    rng, changed = np.random.default_rng(1), json.loads(json.dumps(records))
    for record in changed:
        data = record["data"]
        data["goal"] *= 3
        if rng.random() < 0.35:
            data["category"] = {"id": 1, "name": "Audio", "slug": "journalism/audio", "parent_name": "Journalism"}
        if data["state"] == "successful" and rng.random() < 0.6:
            data["state"] = "failed"
        if rng.random() < 0.2:
            data["currency"] = "CHF"
    return list(changed)


def make_later(folder: Path) -> Later:
    records = draw_records(folder, SEED + 1, 3000)
    return Later(tuple(records), tuple(drift_away(records)))


def make_held(root: Path) -> Path:
    """Make the project's root: parameters, raw file, tables, and a model with its scores."""
    (root / "notebooks").mkdir(parents=True)
    layout = Layout("full", root)
    layout.params("kickstarter").parent.mkdir(parents=True)
    shutil.copy(ROOT / "params" / "full" / "kickstarter.yaml", layout.params("kickstarter"))
    (root / "source").mkdir()
    (root / "source" / HELD).write_bytes(pack(draw_records(root / "made", SEED, 4000)))
    acquire(layout, str(root / "source"))
    study = set_up_study(read_table(layout.table("kickstarter", "projects")), components=8, seed=SEED)
    models = {CHOSEN: make_models(boosted_trees=40, forest_trees=1, seed=SEED)[CHOSEN]}
    found = cross_validate(study, stratified_folds(study.outcome, 3, SEED), models)
    rows = np.arange(len(study.outcome))
    scores = score_models(study, rows, found, CROSS_VALIDATION, seed=SEED, level=0.95, resamples=50)
    metrics = [
        {**vars(score.estimate), **{k: getattr(score, k) for k in ("name", "model", "split", "slice")}}
        for score in scores
    ]
    rates = read_table(layout.table("kickstarter", "rates"))
    predictor = train_predictor(study, found[CHOSEN], rates, boosted_trees=40, seed=SEED)
    predictor.save(
        layout.model("kickstarter"),
        metrics={"metrics": metrics},
        trained_on="a made-up month",
        deploy=True,
        months=held_months(layout),
    )
    return root


@dataclass
class Home:
    """A copy of that root, and what to do with it."""

    layout: Layout
    web: Web | None = None

    @property
    def params(self) -> Path:
        return self.layout.params("kickstarter")

    def use(self, source: str, **changes: object) -> None:
        """Set the acquire notebook's source, and parameters of the section refresh."""
        stamp = self.layout.reports / "params" / "kickstarter-1-acquire.json"
        write_json({"source": source}, stamp)
        text = self.params.read_text()
        page = self.web.url("months/") if self.web else ""
        for name, value in ({"page": page} | changes).items():
            lines = [f"  {name}: {json.dumps(value)}" if x.startswith(f"  {name}: ") else x for x in text.splitlines()]
            text = "\n".join(lines) + "\n"
        self.params.write_text(text)

    def publish(self, months: dict[str, bytes], *more: str) -> None:
        """Serve a page that links months (more names are linked and not served), and the months."""
        assert self.web is not None
        links = "".join(f'<li><a href="files/{name}">{name}</a></li>' for name in [HELD, *months, *more])
        self.web.serve("months/", f"<html><ul>{links}</ul><a href='/about'>About</a></html>".encode(), kind="text/html")
        for name, content in months.items():
            self.web.serve(f"months/files/{name}", content)

    def months(self) -> list[dict[str, Any]]:
        return list(yaml.safe_load(self.params.read_text())["acquire"]["months"])

    def raw(self) -> list[str]:
        return sorted(path.name for path in self.layout.raw("kickstarter").iterdir())

    def state(self) -> dict[str, bytes]:
        """Give every file's bytes, but for what a broken download keeps to go on from."""
        files = [path for path in self.layout.root.rglob("*") if path.is_file() and "arriving" not in path.parts]
        return {str(path.relative_to(self.layout.root)): path.read_bytes() for path in files}


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_held(tmp_path_factory.mktemp("held") / "root")


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Later:
    return make_later(tmp_path_factory.mktemp("later"))


@pytest.fixture
def home(held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    root = tmp_path / "root"
    shutil.copytree(held, root)
    monkeypatch.setenv("CROWDWISE_ROOT", str(root))
    for name in ("CROWDWISE_PENDING", "CROWDWISE_S3"):
        monkeypatch.delenv(name, raising=False)
    return Home(Layout("full", root))


@pytest.fixture
def published(home: Home, web: Web) -> Home:
    home.web = web
    home.use("published")
    return home


def report(home: Home) -> dict[str, Any]:
    return dict(json.loads((home.layout.reports / "kickstarter" / "refresh.json").read_text()))

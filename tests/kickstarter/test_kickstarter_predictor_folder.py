"""The predictor's folder: small, quick to load, the same bytes each time, and the same after a trip to a bucket."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from crowdwise.base.layout import Layout
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.predictor_folder import PARTS
from crowdwise.kickstarter.training import train_predictor
from crowdwise.storage.publish import fetch_model, publish
from s3_server import S3

DRAFT = Draft("The Quiet Harbour", "Signed.", "publishing/poetry", 5000.0, "USD", "US", date(2020, 3, 3), 30, 21, 1, 1)
RATES = pd.DataFrame({"currency": ["USD"], "usd_rate": [1.0]})
CARD: dict[str, Any] = {"metrics": {"metrics": []}, "trained_on": "900 projects", "deploy": True}
FILES = {*PARTS, "card.json", "importances.csv", "metrics.json"}


def train(study: Study) -> Predictor:
    told = np.where(study.outcome, 0.7, 0.4)
    return train_predictor(study, told, RATES, boosted_trees=20, seed=5)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_training_again_on_two_threads_gives_the_same_bytes(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(study).save(tmp_path / "one", **CARD)
    asked, plain = [], lightgbm.train

    def on_two(settings: dict[str, Any], *given: Any, **named: Any) -> lightgbm.Booster:
        asked.append(settings["num_threads"])
        return plain(settings | {"num_threads": 2}, *given, **named)

    monkeypatch.setattr(lightgbm, "train", on_two)
    train(study).save(tmp_path / "two", **CARD)
    assert len(asked) == 1
    one, two = content(tmp_path / "one"), content(tmp_path / "two")
    assert set(one) == FILES
    for name in FILES:
        assert one[name] == two[name], name


def test_importances_are_those_of_the_trees_with_what_a_group_is_worth(predictor: Predictor, tmp_path: Path) -> None:
    importance = pd.DataFrame({"group": ["goal"], "auc_lost": [0.04], "low": [0.03], "high": [0.05]})
    predictor.save(tmp_path / "model", **CARD, importance=importance)
    table = pd.read_csv(tmp_path / "model" / "importances.csv")
    assert set(table["feature"]) == set(predictor.columns)
    assert table["gain"].is_monotonic_decreasing
    assert table["gain_share"].sum() == pytest.approx(1)
    splits = predictor.booster.dump_model()["tree_info"]
    assert table["splits"].sum() == sum(tree["num_leaves"] - 1 for tree in splits)
    goal = table["group"] == "goal"
    assert table.loc[goal, "group_auc_lost"].eq(0.04).all()
    assert table.loc[~goal, "group_auc_lost"].isna().all()


def test_what_is_published_comes_back_as_it_was(
    predictor: Predictor, tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROWDWISE_S3", "s3://shelf/team")
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    layout = Layout("sample", tmp_path)
    folder = layout.model("kickstarter")
    predictor.save(folder, **CARD)
    before, told = content(folder), predictor.explain(DRAFT)
    edition = publish(layout, "kickstarter")["edition"]
    sent = {key.split("/")[-1] for key in s3.keys("shelf") if f"/{edition}/" in key}
    assert sent == FILES
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert fetch_model(layout, "kickstarter")
    assert content(folder) == before
    assert Predictor.load(folder).explain(DRAFT) == told


def test_the_order_of_the_steps_survives_saving(predictor: Predictor, tmp_path: Path) -> None:
    predictor.save(tmp_path / "model", **CARD)
    again = Predictor.load(tmp_path / "model")
    assert again.explain(DRAFT) == predictor.explain(DRAFT)
    assert again.asked == predictor.asked

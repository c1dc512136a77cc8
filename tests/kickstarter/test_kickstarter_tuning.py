"""The search: it sees no later year, goes on where it stopped, and writes what it chose."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import CHOSEN, PORTABLE_MODEL, Study
from crowdwise.kickstarter.models import Boosted
from crowdwise.kickstarter.tuning import search as searching
from crowdwise.kickstarter.tuning.__main__ import write_chosen
from crowdwise.kickstarter.tuning.grids import GRIDS, Grid
from crowdwise.kickstarter.tuning.ground import Ground, lay_ground
from crowdwise.kickstarter.tuning.search import COLUMNS, best_of, read_tried, search, tabulate_tried

SMALL = (
    Grid("boosted", CHOSEN, {"trees": (5, 10), "leaves": (4, 7), "without": ([], ["category"])}, "auc"),
    Grid("portable", PORTABLE_MODEL, {"trees": (5, 10), "leaves": (4,), "monotone": ({"goal_log": -1},)}, "auc_within"),
)


@pytest.fixture(scope="module")
def ground(study: Study) -> Ground:
    return lay_ground(study, 1, least=100, folds=2)


@pytest.fixture(scope="module")
def tried(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Path]:
    path = tmp_path_factory.mktemp("tuning") / "tried.csv"
    return search(SMALL, ground, path, budget=3, seed=1, data="made up"), path


def test_the_outer_year_is_not_looked_at_while_choosing(study: Study, ground: Ground) -> None:
    judged = study.projects["launched_at"].dt.year
    last = int(max(cell.split()[-1] for cell in ground.outer.cells))
    assert {fold.kind for fold in ground.inner} == {"shuffled", "later"}
    for fold in ground.inner:
        assert all(int(cell.split()[-1]) < last for cell in fold.cells)
        assert len(fold.learnt) + len(fold.judged) <= (judged < last).sum()
    assert len(ground.outer.judged) == (judged == last).sum()


def test_months_without_years_enough_are_a_problem(study: Study) -> None:
    with pytest.raises(Problem, match=r"0 years have 5000 projects"):
        lay_ground(study, 1, least=5000)


def test_all_that_was_tried_is_noted_and_the_chosen_judged_once(tried: tuple[pd.DataFrame, Path]) -> None:
    table, path = tried
    assert tuple(table.columns) == COLUMNS
    assert table.groupby(["model", "part"]).size().to_dict() == {
        ("boosted", "inner"): 3,
        ("boosted", "outer"): 1,
        ("portable", "inner"): 2,
        ("portable", "outer"): 1,
    }
    inner = table[table["part"] == "inner"].iloc[0]
    assert inner["objective"] == pytest.approx((inner["auc_shuffled"] + inner["auc_later"]) / 2, abs=2e-5)
    own = table[(table["model"] == "portable") & (table["part"] == "inner")].iloc[0]
    assert own["objective"] == pytest.approx((own["within_shuffled"] + own["within_later"]) / 2, abs=2e-5)
    pd.testing.assert_frame_equal(read_tried(path), table)
    shown = tabulate_tried(table)
    assert shown.index.tolist() == ["boosted", "portable"]
    assert shown["outer auc"].between(0.4, 1).all()


def test_a_search_goes_on_where_it_stopped(
    tried: tuple[pd.DataFrame, Path], ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, _ = tried
    path, fits = tmp_path / "tried.csv", []
    table.iloc[:2].to_csv(path, index=False)
    plain = searching.try_settings
    monkeypatch.setattr(searching, "try_settings", lambda *given: (fits.append(given[1]), plain(*given))[1])
    again = search(SMALL, ground, path, budget=3, seed=1, data="made up")
    assert len(fits) == len(table) - 2
    same = [name for name in COLUMNS if name != "cpu_seconds"]
    pd.testing.assert_frame_equal(again[same], table[same])
    search(SMALL[:1], ground, path, budget=1, seed=1, data="other")
    assert set(read_tried(path)["data"]) == {"other"}


def test_of_those_close_to_the_best_the_smallest_is_chosen() -> None:
    def row(objective: float, trees: int, part: str = "inner") -> dict[str, object]:
        settings = json.dumps({"trees": trees, "leaves": 4})
        return {**dict.fromkeys(COLUMNS, 0.0), "model": "m", "part": part, "settings": settings, "objective": objective}

    table = pd.DataFrame([row(0.9, 300), row(0.8995, 100), row(0.85, 10), row(0.99, 5, "outer")])
    best = best_of(table).iloc[0]
    assert (json.loads(best["settings"])["trees"], best["tried"]) == (100, 3)


def test_what_is_chosen_can_be_read_and_built(tried: tuple[pd.DataFrame, Path], tmp_path: Path) -> None:
    path = tmp_path / "kickstarter.yaml"
    path.write_text("model:\n  # a comment\n  boosted: {}\n  portable: {}\n  gate: 0.9\n")
    best = best_of(tried[0])
    write_chosen(path, best)
    section = yaml.safe_load(path.read_text())["model"]
    assert section["gate"] == 0.9
    assert "# a comment" in path.read_text()
    for row in best.to_dict("records"):
        assert section[row["model"]] == json.loads(row["settings"])
    path.write_text("model:\n  gate: 0.9\n")
    with pytest.raises(Problem, match="no line for the model"):
        write_chosen(path, best)


def test_a_file_that_is_no_such_table_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "tried.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(Problem, match="no table of what a search tried"):
        read_tried(path)


def test_every_setting_of_the_grids_is_one_of_the_model(root: Path) -> None:
    for grid in GRIDS:
        drawn = grid.draw(5, 1)
        assert len(drawn) == len({json.dumps(settings) for settings in drawn}) == 5
        Boosted(**drawn[0], seed=1)
        for profile in ("sample", "local", "full"):
            params = yaml.safe_load((root / "params" / profile / "kickstarter.yaml").read_text())["model"]
            assert isinstance(Boosted(**params[grid.name], seed=1).trees, int)
    assert np.unique([grid.name for grid in GRIDS]).size == len(GRIDS)

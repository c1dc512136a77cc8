"""The search for settings: its budget, its resumption, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from crowdwise.base.errors import Problem
from crowdwise.steam.models import Light, Popularity
from crowdwise.steam.tuning.__main__ import write_chosen
from crowdwise.steam.tuning.grids import GRIDS, Grid
from crowdwise.steam.tuning.search import best_of, read_tried, search, tabulate_tried

ROOT = Path(__file__).parents[2]
POPULARITY = Grid("popularity", Popularity, {"learn_from": ("owned", "played")})
LIGHT = Grid("light", Light, {"components": (2, 4), "epochs": (6,)}, seeded=True)


def look(trial, path, grids=(POPULARITY, LIGHT), data="here"):
    return search(grids, trial, path, budget=2, seed=1, data=data)


def test_each_model_has_the_same_budget_and_its_best_is_kept(trial, tmp_path):
    tried = look(trial, tmp_path / "tried.csv")
    assert tried["model"].tolist() == ["popularity"] * 2 + ["light"] * 2
    best = best_of(tried)
    for row in best.to_dict("records"):
        assert row["ndcg_at_10"] >= 0.99 * tried.loc[tried["model"] == row["model"], "ndcg_at_10"].max()
    assert best["tried"].tolist() == [2, 2]
    scored = {
        json.dumps({"learn_from": kind}): trial.validate(Popularity(kind).fit(trial.train))["ndcg_at_10"].mean()
        for kind in ("owned", "played")
    }
    mine = tried[tried["model"] == "popularity"].set_index("settings")["ndcg_at_10"]
    assert mine.to_dict() == pytest.approx(scored, abs=1e-5)


def test_of_about_as_good_settings_a_much_quicker_one_is_chosen():
    rows = [("a", 0.300, 90.0), ("a", 0.298, 40.0), ("a", 0.296, 1.0), ("b", 0.1, 5.0), ("b", 0.0999, 4.0)]
    tried = pd.DataFrame(rows, columns=["model", "ndcg_at_10", "fit_seconds"])
    assert best_of(tried)["ndcg_at_10"].tolist() == [0.298, 0.1]


def test_what_was_tried_is_not_tried_again(trial, tmp_path, monkeypatch):
    path = tmp_path / "tried.csv"
    look(trial, path, [POPULARITY])
    before = path.read_bytes()
    monkeypatch.setattr(Popularity, "fit", lambda *_: pytest.fail("fitted again"))
    look(trial, path, [POPULARITY])
    assert path.read_bytes() == before


def test_a_search_that_was_cut_off_goes_on(trial, tmp_path):
    path = tmp_path / "tried.csv"
    whole = look(trial, path, [POPULARITY])
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    again = look(trial, path, [POPULARITY])
    assert again.drop(columns="fit_seconds").equals(whole.drop(columns="fit_seconds"))


def test_what_was_tried_on_other_data_does_not_count(trial, tmp_path):
    look(trial, tmp_path / "tried.csv", [POPULARITY])
    assert set(look(trial, tmp_path / "tried.csv", [POPULARITY], data="there")["data"]) == {"there"}


def test_a_foreign_table_is_refused(tmp_path):
    (tmp_path / "tried.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Problem, match="no table of what a search tried"):
        read_tried(tmp_path / "tried.csv")


def test_the_chosen_are_written_and_the_rest_stays(tmp_path):
    path = tmp_path / "steam.yaml"
    path.write_text("model:\n  # kept\n  seed: 1\n  light: {components: 1}\n  gate: 0.75\n")
    settings = {"components": 4, "alpha": 1e-06, "learn_from": "owned", "epochs": 60}
    best = pd.DataFrame(
        [{"model": "light", "settings": json.dumps(settings), "epochs": 15.0, "tried": 2, "ndcg_at_10": 0.3}]
    )
    write_chosen(path, best)
    assert "# kept" in path.read_text()
    assert yaml.safe_load(path.read_text())["model"] == {"seed": 1, "light": settings | {"epochs": 15}, "gate": 0.75}
    with pytest.raises(Problem, match="no line for the model ease"):
        write_chosen(path, best.assign(model="ease"))


def test_an_empty_table_is_told_as_such(tmp_path):
    assert tabulate_tried(read_tried(tmp_path / "none.csv")).empty


@pytest.mark.parametrize("profile", ["sample", "local", "full"])
def test_every_model_that_is_searched_has_its_line_with_settings_it_takes(profile):
    section = yaml.safe_load((ROOT / f"params/{profile}/steam.yaml").read_text())["model"]
    for grid in GRIDS:
        assert set(section[grid.name]) == set(grid.values), grid.name
        grid.build(section[grid.name], 1)


def test_draws_differ_and_are_the_seeds():
    for grid in GRIDS:
        drawn = grid.draw(20, 3)
        assert len({json.dumps(d) for d in drawn}) == len(drawn) <= 20
        assert drawn == grid.draw(20, 3)

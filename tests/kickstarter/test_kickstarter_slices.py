import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from crowdwise.base.statistics import proportion_interval
from crowdwise.kickstarter.comparison import CROSS_VALIDATION, WITHIN
from crowdwise.kickstarter.evaluation import CHOSEN, Study
from crowdwise.kickstarter.slices import extreme_slices, score_slices, slice_metrics, slice_projects

rng = np.random.default_rng(6)
CHANCE = rng.random(2000)
OUTCOME = rng.random(2000) < CHANCE
VIEWS = pd.DataFrame({"by": pd.Categorical(rng.choice(["a", "b", "c"], 2000, p=[0.6, 0.38, 0.02]), ordered=True)})


CELLS = rng.choice([f"cell {k}" for k in range(12)], 2000).astype(object)


def test_every_slice_is_what_its_rows_alone_would_give() -> None:
    table = score_slices(OUTCOME, CHANCE, VIEWS, CELLS, seed=1).set_index("slice")
    for name, row in table.iterrows():
        rows = (VIEWS["by"] == name).to_numpy()
        y, p = OUTCOME[rows], CHANCE[rows]
        assert (row["projects"], row["successes"]) == (rows.sum(), y.sum())
        assert row["auc"] == pytest.approx(roc_auc_score(y, p))
        assert row["auc_low"] < row["auc"] < row["auc_high"]
        assert row["gap"] == pytest.approx(y.mean() - p.mean())
        wilson = proportion_interval(int(y.sum()), len(y))
        assert row["gap_low"] == pytest.approx(wilson.low - p.mean())
        assert row["gap_high"] == pytest.approx(wilson.high - p.mean())
        pairs = [q > r for q, i in zip(p[y], CELLS[rows][y], strict=True) for r in p[~y & (CELLS[rows] == i)]]
        if name == "c":  # too small to hold both outcomes in ten cells
            assert np.isnan(row["within"])
            continue
        assert row["within"] == pytest.approx(np.mean(pairs))
        assert row["within_low"] < row["within"] < row["within_high"]
    assert table["projects"].sum() == 2000
    assert table["small"].tolist() == [False, False, True]


def test_rows_without_a_probability_take_no_part() -> None:
    half = np.where(np.arange(2000) < 1000, CHANCE, np.nan)
    found = score_slices(OUTCOME, half, VIEWS, CELLS, seed=1)
    assert found.equals(score_slices(OUTCOME[:1000], CHANCE[:1000], VIEWS[:1000], CELLS[:1000], seed=1))


def test_a_slice_with_one_outcome_has_no_auc_and_is_small() -> None:
    cells = pd.DataFrame({"by": pd.Categorical(np.where(OUTCOME & (CHANCE > 0.5), "won", "rest"))})
    row = score_slices(OUTCOME, CHANCE, cells, CELLS, seed=1).set_index("slice").loc["won"]
    assert np.isnan(row["auc"])
    assert np.isnan(row["within"])
    assert row["small"]
    assert row["observed"] == 1.0


def test_too_few_cells_say_nothing_of_what_is_within_them() -> None:
    nine = np.where(np.isin(CELLS, [f"cell {k}" for k in range(8)]), CELLS, "the rest").astype(object)
    table = score_slices(OUTCOME, CHANCE, VIEWS, nine, seed=1)
    assert table["within"].isna().all()
    low, high, _ = extreme_slices(table)
    assert low["auc"] < high["auc"]
    assert len(slice_metrics(table)) == 2


def test_a_shifted_slice_is_told_from_calibrated_ones() -> None:
    told = np.where(VIEWS["by"] == "b", np.clip(CHANCE + 0.15, 0, 1), CHANCE)
    table = score_slices(OUTCOME, told, VIEWS, CELLS, seed=1)
    off = table.loc[(table["gap_high"] < 0) | (table["gap_low"] > 0), "slice"]
    assert off.tolist() == ["b"]
    assert extreme_slices(table[~table["small"]])[2]["slice"] == "b"


def test_each_project_has_one_slice_in_every_view(study: Study) -> None:
    views = slice_projects(study.projects, study.features, countries=2)
    assert views.columns.tolist() == ["category", "country", "goal", "creator", "year"]
    assert views.notna().all().all()
    assert len(views["country"].cat.categories) == 3
    frequent = study.projects["country"].value_counts().index[:2]
    assert sorted(views["country"].cat.categories[:2]) == sorted(frequent)
    counts = views["goal"].value_counts()
    assert counts.max() < 2 * counts.min()
    unknown = study.projects["creator_id"].isna()
    assert ((views["creator"] == "creator not known") == unknown).all()
    first = ~unknown & (study.features["earlier_projects"] == 0)
    assert ((views["creator"] == "no earlier project seen") == first).all()
    assert (views["year"].astype(int) == study.projects["launched_at"].dt.year).all()


def test_large_slices_become_metrics() -> None:
    table = score_slices(OUTCOME, CHANCE, VIEWS, CELLS, seed=1)
    scores = slice_metrics(table)
    assert [(s.name, s.model, s.split, s.slice) for s in scores] == [
        ("auc", CHOSEN, CROSS_VALIDATION, "by: a"),
        ("auc", CHOSEN, CROSS_VALIDATION, "by: b"),
        ("auc", CHOSEN, CROSS_VALIDATION, f"by: a, {WITHIN}"),
        ("auc", CHOSEN, CROSS_VALIDATION, f"by: b, {WITHIN}"),
    ]
    assert scores[0].metric()["value"].n == table["projects"].iloc[0]

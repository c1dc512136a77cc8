from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study, make_models, set_up_study
from crowdwise.kickstarter.protocols.external import add_outside, judge_outside, read_outside
from crowdwise.kickstarter.protocols.protocol import EXTERNAL
from crowdwise.kickstarter.union import Union
from crowdwise.storage.tables import write_table

ROW = {
    **{"name": "Quiet Harbour", "blurb": "A book", "category": "Publishing/Fiction", "currency": "eur"},
    **{"goal": "1000", "country": "de", "launched_at": "2024-03-05", "deadline": "2024-04-04T10:00:00Z"},
    **{"created_at": "1704067200", "state": "Successful"},
}


@pytest.fixture
def halves(world: Union) -> tuple[pd.DataFrame, pd.DataFrame]:
    cut = len(world.projects) // 2
    first, second = world.projects.iloc[:cut], world.projects.iloc[cut:]
    return first.reset_index(drop=True), second.reset_index(drop=True)


@pytest.fixture
def small(halves: tuple[pd.DataFrame, pd.DataFrame]) -> Study:
    return set_up_study(halves[0], components=4, seed=1)


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_a_parquet_of_other_projects_is_judged_by_all_of_ours(
    tmp_path: Path, halves: tuple[pd.DataFrame, pd.DataFrame], small: Study
) -> None:
    first, second = halves
    path = tmp_path / "other.parquet"
    write_table(pd.concat([first.head(40), second, second.tail(5)]), path)
    outside = read_outside(path, small)
    left = dict(outside.left_out.itertuples(index=False))
    decided = first.head(40)["outcome"].notna().sum()
    assert left["it was learnt from"] == decided
    assert left["it stands twice"] == second.tail(5)["outcome"].notna().sum()
    assert len(outside.projects) == second["outcome"].notna().sum()
    assert len(outside.projects) + sum(left.values()) == 40 + len(second) + 5
    whole, protocol = add_outside(small, outside, first)
    (split,) = protocol.parts.values()
    assert whole.projects["project_id"].iloc[split.test].tolist() == outside.projects["project_id"].tolist()
    assert whole.projects["project_id"].iloc[split.train].tolist() == small.projects["project_id"].tolist()
    models = make_models(boosted_trees=20, forest_trees=3, seed=1)
    rates = pd.DataFrame({"currency": ["EUR"], "usd_rate": [1.1]})
    (judged,), counts = judge_outside(small, first, "other.parquet", tmp_path, rates, models)
    assert dict(counts.itertuples(index=False)) == left
    assert judge_outside(small, first, "", tmp_path, rates, models)[0] == []
    assert judged.rows.tolist() == split.test.tolist()
    assert (judged.training_rate == small.outcome.mean()).all()
    assert (judged.protocol, judged.part) == (EXTERNAL, "other.parquet")
    assert {CHOSEN, LEAK_PROBE} <= set(judged.found)
    assert judged.outcome.tolist() == outside.projects["outcome"].tolist()
    with pytest.raises(ValueError, match="other projects"):
        add_outside(small, outside, second)


def test_a_csv_is_brought_into_our_form(tmp_path: Path, small: Study) -> None:
    path = written(tmp_path / "p.csv", [ROW, {**ROW, "name": "Other", "state": "failed", "created_at": "2025-01-01"}])
    outside = read_outside(path, small, rates={"EUR": 1.1}, fewest=2)
    one, two = outside.projects.to_dict("records")
    assert (one["category"], one["parent_category"]) == ("publishing/fiction", "publishing")
    assert (one["currency"], one["country"]) == ("EUR", "DE")
    assert one["goal_usd"] == pytest.approx(1100)
    assert one["deadline"] == pd.Timestamp("2024-04-04T10:00", tz="UTC")
    assert one["created_at"] == pd.Timestamp("2024-01-01", tz="UTC")
    assert pd.isna(two["created_at"])
    assert (one["outcome"], two["outcome"]) == (True, False)
    assert pd.isna(one["creator_id"])


def test_every_row_left_out_has_its_reason(tmp_path: Path, small: Study) -> None:
    taught = small.projects.iloc[0]
    wrong = {
        "no name": {"name": ""},
        "its state is not successful or failed": {"state": "live"},
        "no such category": {"category": "gardens/moss"},
        "no rate for its currency": {"currency": "XYZ"},
        "its goal is not a number above 0": {"goal": "0"},
        "its launch or deadline can't be read": {"launched_at": "soon"},
        "its deadline is before its launch": {"deadline": "2024-03-01"},
        "it was learnt from": {"name": taught["name"].upper(), "launched_at": f"{taught['launched_at']:%Y-%m-%d}"},
        "it stands twice": {"name": "quiet HARBOUR"},
    }
    rows = [{**ROW, "name": f"n{k}", **change} for k, change in enumerate(wrong.values())]
    path = written(tmp_path / "p.csv", [ROW, {**ROW, "name": "B", "state": "failed"}, *rows])
    outside = read_outside(path, small, rates={"EUR": 1.1}, fewest=2)
    assert dict(outside.left_out.itertuples(index=False)) == dict.fromkeys(wrong, 1)
    assert len(outside.projects) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": None}, "there is no column state"),
        ({"goal": None}, "there is no column goal_usd"),
        ({}, "of 1 projects 1 can be judged"),
    ],
)
def test_a_file_that_can_not_judge_is_refused(tmp_path: Path, small: Study, change: dict[str, None], said: str) -> None:
    row = {name: value for name, value in ROW.items() if name not in change}
    path = written(tmp_path / "p.csv", [row])
    with pytest.raises(Problem, match=said) as problem:
        read_outside(path, small, rates={"EUR": 1.1}, where="external")
    assert str(problem.value).startswith("external: ")


def test_one_outcome_alone_is_refused_with_counts(tmp_path: Path, small: Study) -> None:
    rows = [{**ROW, "name": f"n{k}"} for k in range(60)] + [{**ROW, "state": "live"}] * 3
    path = written(tmp_path / "p.csv", rows)
    with pytest.raises(Problem, match=r"both outcomes and 50 are needed \(3 left out: its state"):
        read_outside(path, small, rates={"EUR": 1.1})


def test_a_missing_file_is_a_problem(tmp_path: Path, small: Study) -> None:
    for name in ("none.csv", "none.parquet"):
        with pytest.raises(Problem):
            read_outside(tmp_path / name, small)


def test_goals_in_dollars_need_no_rate(tmp_path: Path, small: Study) -> None:
    rows = [{**ROW, "goal_usd": "500"}, {**ROW, "name": "x", "state": "failed", "goal_usd": "inf"}]
    rows.append({**ROW, "name": "y", "state": "failed", "goal_usd": "700"})
    outside = read_outside(written(tmp_path / "p.csv", rows), small, fewest=2)
    assert outside.projects["goal_usd"].tolist() == [500, 700]
    assert outside.left_out["why"].tolist() == ["its goal is not a number above 0"]
    assert np.isfinite(outside.projects["goal_usd"]).all()

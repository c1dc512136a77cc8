import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.splits import Split, grouped_folds, month_splits, rolling_cuts

MONTHS = ("2018-01-12", "2019-05", "2020-04", "2023-07-17")


def no_row_on_both_sides(split: Split) -> bool:
    return not set(split.train) & set(split.test)


@st.composite
def owned(draw: st.DrawFn) -> tuple[pd.Series, np.ndarray]:
    creators = draw(st.lists(st.sampled_from([None, None, *"abcdefgh"]), min_size=60, max_size=90))
    return pd.Series(creators, dtype="str"), np.array([draw(st.booleans()) for _ in creators])


@given(owned(), st.integers(2, 3), st.integers(0, 5))
def test_no_creator_stands_on_both_sides(rows: tuple[pd.Series, np.ndarray], folds: int, seed: int) -> None:
    creators, outcome = rows
    try:
        splits = grouped_folds(creators, outcome, folds, seed)
    except Problem:
        return
    assert sorted(np.concatenate([s.test for s in splits]).tolist()) == list(range(len(creators)))
    for split in splits:
        assert no_row_on_both_sides(split)
        assert not set(creators.iloc[split.train].dropna()) & set(creators.iloc[split.test].dropna())


def test_those_without_a_creator_are_spread_and_outcomes_even() -> None:
    outcome = np.arange(400) % 4 == 0
    creators = pd.Series([f"c{k // 10}" if k < 200 else None for k in range(400)], dtype="str")
    splits = grouped_folds(creators, outcome, 5, 1)
    for split in splits:
        assert abs(outcome[split.test].sum() - 20) <= 3
        assert abs(len(split.test) - 80) <= 10
        assert 30 <= creators.iloc[split.test].isna().sum() <= 50
    again, other = grouped_folds(creators, outcome, 5, 1), grouped_folds(creators, outcome, 5, 2)
    assert all((a.test == b.test).all() for a, b in zip(splits, again, strict=True))
    assert any(len(a.test) != len(b.test) or (a.test != b.test).any() for a, b in zip(splits, other, strict=True))


def test_too_few_creators_for_the_folds_are_a_problem() -> None:
    outcome = np.arange(30) % 2 == 0
    with pytest.raises(Problem, match="2 groups are too few for 3 folds"):
        grouped_folds(pd.Series(list("ab") * 15), outcome, 3, 1)
    with pytest.raises(Problem, match="holds only one outcome"):
        grouped_folds(pd.Series(["a"] * 29 + ["b"]), np.arange(30) < 29, 2, 1)


@given(
    st.lists(
        st.tuples(st.integers(0, 6 * 365), st.integers(0, 90), st.booleans()),
        min_size=30,
        max_size=120,
    ),
    st.integers(5, 40),
)
def test_a_rolling_cut_learns_from_what_had_ended_and_judges_the_next_year(
    rows: list[tuple[int, int, bool]], earliest: int
) -> None:
    launched = pd.Timestamp("2010-03-01", tz="UTC") + pd.to_timedelta([r[0] for r in rows], unit="D")
    table = pd.DataFrame({"launched_at": launched, "deadline": launched + pd.to_timedelta([r[1] for r in rows], "D")})
    outcome = np.array([r[2] for r in rows])
    cuts = rolling_cuts(table, outcome, earliest)
    for cut, split in cuts.items():
        assert (cut.month, cut.day, cut.hour) == (1, 1, 0)
        assert no_row_on_both_sides(split)
        assert len(split.train) >= earliest
        assert (table["deadline"].iloc[split.train] < cut).all()
        following = cut + pd.DateOffset(years=1)
        inside = (table["launched_at"] >= cut) & (table["launched_at"] < following)
        assert split.test.tolist() == np.flatnonzero(inside).tolist()
        assert split.train.tolist() == np.flatnonzero(table["deadline"] < cut).tolist()
    judged = [row for split in cuts.values() for row in split.test]
    assert len(judged) == len(set(judged))


def test_a_project_that_runs_over_the_cut_takes_no_part() -> None:
    launched = pd.to_datetime(["2011-05-01", "2011-06-01", "2011-12-20", "2012-01-01", "2012-12-31"], utc=True)
    table = pd.DataFrame({"launched_at": launched, "deadline": launched + pd.Timedelta(days=30)})
    cuts = rolling_cuts(table, np.array([True, False, True, True, False]), 2)
    assert [f"{cut:%Y-%m-%d}" for cut in cuts] == ["2012-01-01"]
    split = cuts[pd.Timestamp("2012-01-01", tz="UTC")]
    assert (split.train.tolist(), split.test.tolist()) == ([0, 1], [3, 4])
    assert rolling_cuts(table, np.array([True, False, True, True, False]), 3) == {}
    assert rolling_cuts(table, np.array([True, False, True, True, True]), 2) == {}


@given(st.lists(st.tuples(st.sets(st.sampled_from(MONTHS), min_size=1), st.booleans()), min_size=40, max_size=80))
def test_no_project_of_a_month_is_judged_by_it(rows: list[tuple[set[str], bool]]) -> None:
    table = pd.DataFrame(
        {
            "first_seen_in": [min(months) for months, _ in rows],
            "seen_in": [max(months) for months, _ in rows],
            "months_seen": [len(months) for months, _ in rows],
        }
    )
    outcome = np.array([won for _, won in rows])
    for month, split in month_splits(table, outcome, 5).items():
        assert no_row_on_both_sides(split)
        assert all(month not in rows[k][0] for k in split.test)
        assert all(month in rows[k][0] for k in split.train)
        seen_once = [k for k, (months, _) in enumerate(rows) if months == {month}]
        assert set(seen_once) <= set(split.train)
        never = {k for k, (months, _) in enumerate(rows) if month not in months and len(months) < 3}
        assert never <= set(split.test)


def test_a_small_month_is_judged_and_teaches_nothing() -> None:
    months = ["2018-01-12"] * 20 + ["2023-07-17"] * 20 + ["2020-04"] * 3
    table = pd.DataFrame({"first_seen_in": months, "seen_in": months, "months_seen": 1})
    found = month_splits(table, np.arange(43) % 2 == 0, 10)
    assert list(found) == ["2018-01-12", "2023-07-17"]
    assert found["2018-01-12"].test.tolist() == list(range(20, 43))
    assert month_splits(table.head(20), np.arange(20) % 2 == 0, 5) == {}


def test_the_made_up_months_give_each_other_projects_to_judge(study: Study) -> None:
    found = month_splits(study.projects, study.outcome, 50)
    assert len(found) == study.projects["seen_in"].nunique() >= 2

"""The columns made of names and blurbs: what is said, how the name is spelt, and what each project's parent adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crowdwise.kickstarter.evaluation import Study, fit_columns, fit_design
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.splits import Split
from crowdwise.kickstarter.text_columns import TextColumns

ODD = pd.DataFrame(
    {
        "name": ["", None, "🎲", "夜の灯り", "A first edition, numbered", "x" * 10_000],
        "blurb": [None, "", "!!", "Été à Paris", "the board game", "the board game " * 700],
        "parent_category": ["games", None, "war", "art", "games", "food"],
    }
)


def test_a_name_alone_makes_its_score_and_the_parent_category_changes_only_the_other(study: Study) -> None:
    rows = np.arange(len(study.outcome))
    columns = fit_columns(study, rows)[0]
    assert columns.names == ("text_score", *(f"text_{k}" for k in range(8)), "name_score")
    table = study.projects.head(40)
    plain = columns.transform(table)
    silent = columns.transform(table.assign(blurb=""))
    np.testing.assert_array_equal(plain[:, -1], silent[:, -1])
    assert (plain[:, 0] != silent[:, 0]).any()
    moved = columns.transform(table.assign(parent_category="no such"))
    np.testing.assert_array_equal(plain[:, 1:], moved[:, 1:])
    assert (plain[:, 0] != moved[:, 0]).sum() > 20


def test_judged_rows_are_seen_in_training_as_a_served_project_is(study: Study) -> None:
    rows = np.arange(len(study.outcome))
    fitted = fit_design(study, Split(rows[:600], rows[600:]))
    places = [fitted.test.names.index(name) for name in fitted.text.names]
    served = fitted.text.transform(study.projects.iloc[600:])
    np.testing.assert_allclose(served, fitted.test.matrix[:, places], atol=1e-9)


def test_columns_are_saved_and_loaded_without_loss(study: Study, tmp_path: Path) -> None:
    every = fit_columns(study, np.arange(len(study.outcome)))[0]
    table = pd.concat([study.projects.head(30)[list(ODD.columns)], ODD])
    for names in (every.names, ["text_score"], ["name_score"], []):
        columns = every.take(names)
        columns.save(tmp_path / "text.npz")
        again = TextColumns.load(tmp_path / "text.npz")
        assert (again.names, again.words) == (columns.names, every.words)
        assert len(columns.spelt.words) == ("name_score" in names) * len(every.spelt.words)
        np.testing.assert_array_equal(again.transform(table), columns.transform(table))
        assert set(names) == set(columns.names)


def test_any_text_makes_finite_numbers(predictor: Predictor) -> None:
    found = predictor.text.transform(ODD)
    assert found.shape == (len(ODD), len(predictor.text.names))
    assert np.isfinite(found).all()
    # Without a known word or piece, nothing is said.
    assert found[:2].tolist() == np.zeros((2, found.shape[1])).tolist()


def test_a_reader_is_told_of_both_scores_as_text(predictor: Predictor) -> None:
    assert predictor.groups.count("text") == 1
    assert {"text_score", "name_score", "name_digits"} <= set(predictor.columns)
    assert "name_score" not in predictor.read
    assert "text" in predictor.read

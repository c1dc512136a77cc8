from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crowdwise.kickstarter.comparison import CROSS_VALIDATION, TEMPORAL, WITHIN
from crowdwise.kickstarter.deployment import read_deployment
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, Study
from crowdwise.kickstarter.exclusions import account_for, count_gaps
from crowdwise.kickstarter.modelcard import compose_card, save_card
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.prior import ReferenceRate
from crowdwise.kickstarter.slices import score_slices, slice_projects
from crowdwise.kickstarter.union import Union, outcome_of

RULE = {"features": "charter", "split": "rolling temporal", "slice": "mean over cuts", "auc": 0.75}
ASKED: dict[str, Any] = {"gate": 0.9, "rule": read_deployment(RULE), "reference": ReferenceRate(0.41, "a survey")}
HEADINGS = (
    *("Model details", "Intended use", "It must not be used", "Factors", "Metrics", "Evaluation data"),
    *("Training data", "Quantitative analyses", "Ethical considerations", "Caveats and recommendations"),
)


def metric(name: str, model: str, split: str, part: str, value: float) -> dict[str, Any]:
    where = {"name": name, "model": model, "split": split, "slice": part}
    return {**where, "value": value, "low": value - 0.01, "high": value + 0.01, "n": 1234}


@pytest.fixture
def document() -> dict[str, Any]:
    measured = [
        metric("auc", CHOSEN, CROSS_VALIDATION, WITHIN, 0.7731),
        metric("auc", CHOSEN, CROSS_VALIDATION, "all", 0.9362),
        metric("auc", CHOSEN, TEMPORAL, "all", 0.9033),
        metric("auc", LEAK_PROBE, CROSS_VALIDATION, "all", 0.8524),
    ]
    return {"source": "made up", "profile": "sample", "deploy": True, "metrics": measured}


@pytest.fixture
def slices(study: Study) -> pd.DataFrame:
    told = np.where(study.outcome, 0.7, 0.3) + np.linspace(-0.25, 0.25, len(study.outcome))
    return score_slices(study.outcome, told, slice_projects(study.projects, study.features), study.cells, seed=1)


def test_the_card_holds_the_metrics_it_is_given(document: dict[str, Any], slices: pd.DataFrame, study: Study) -> None:
    card = compose_card(document, slices, study.projects, **ASKED)
    assert [line[4:] for line in card.splitlines() if line.startswith("### ")] == list(HEADINGS)
    for number in (
        "0.773 (0.763 to 0.783) | 1,234",
        "0.936 (0.926 to 0.946)",
        "0.903",
        "0.852",
        "AUC 0.9 in",
        "AUC 0.75 in rolling temporal, mean over cuts",
        "41% (a survey)",
    ):
        assert number in card
    assert card.index("| 0.773") < card.index("| 0.936")
    assert "not measured" in card
    assert f"{len(study.outcome):,} finished projects" in card
    assert f"of which {study.outcome.mean():.1%} reached" in card
    assert "It is deployed: the rule" in card
    assert "It is not deployed" in compose_card({**document, "deploy": False}, slices, study.projects, **ASKED)


def test_the_card_names_the_extreme_slices(document: dict[str, Any], slices: pd.DataFrame, study: Study) -> None:
    card = compose_card(document, slices, study.projects, **ASKED)
    large = slices[~slices["small"] & slices["within"].notna() & (slices["by"] == "category")]
    low = large.sort_values("within").iloc[0]
    assert f"{low['slice'].replace('&', '&amp;')}: {low['within']:.3f} (n = {low['projects']:,})" in card
    assert f"{slices['small'].sum()} of {len(slices)} slices have too few" in card


def test_a_name_in_the_data_can_not_write_the_card(
    document: dict[str, Any], slices: pd.DataFrame, study: Study
) -> None:
    hostile = slices.assign(slice="<b>x</b> | # y\n[z](w)")
    card = compose_card(document, hostile, study.projects, **ASKED)
    assert "<b>" not in card
    assert "[z]" not in card
    tables = [line for line in card.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} == {4, 5}


def test_the_card_stands_beside_the_model_that_still_loads(predictor: Predictor, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    predictor.save(folder, metrics={}, trained_on="x", deploy=True)
    assert save_card("# a card\n", folder) == "# a card\n"
    assert (folder / "card.md").read_text(encoding="utf-8") == "# a card\n"
    assert Predictor.load(folder).facts == predictor.facts


def test_every_project_is_accounted_for(world: Union) -> None:
    table = account_for(world.projects)
    assert table["projects"].sum() == len(world.projects)
    taken = table[table["part"] == "learnt from and judged"]
    assert sorted(taken["state"]) == ["failed", "successful"]
    assert taken["projects"].sum() == world.projects["outcome"].notna().sum()
    assert not table.set_index("state").loc["live", "why"].startswith("has no outcome")


def test_states_that_count_as_failure_take_part(world: Union) -> None:
    outcome = outcome_of(world.projects["state"], ("failed", "canceled"))
    table = account_for(world.projects.assign(outcome=outcome)).set_index("state")
    assert table.loc["canceled", "part"] == "learnt from and judged"
    assert table.loc["canceled", "why"] == "a failure, as the parameters say"
    assert account_for(world.projects).set_index("state").loc["canceled", "part"] == "left out"


def test_gaps_are_counted_and_not_filled(study: Study) -> None:
    projects = study.projects.assign(creator_id=None)
    table = count_gaps(projects).set_index("not known")["projects"]
    assert table.iloc[0] == len(projects)
    assert table.iloc[-1] == (projects["time_precision"] == "day").sum()

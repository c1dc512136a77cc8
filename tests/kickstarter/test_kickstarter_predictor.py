import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.features import GROUPS
from crowdwise.kickstarter.history import RECORD
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.telling import CRAWLED

DRAFT = Draft(
    *("The Quiet Harbour", "A first edition, each one numbered and signed.", "publishing/poetry", 5000.0, "USD", "US"),
    *(date(2020, 3, 3), 30, 21, 1, 1),
)


@pytest.fixture(scope="module")
def folder(predictor: Predictor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data") / "sample" / "kickstarter" / "model"
    predictor.save(place, metrics={"metrics": []}, trained_on="900 projects", deploy=True, months=["a.json.gz"])
    return place


def test_points_add_up_to_what_parts_the_probability_from_the_base_rate(predictor: Predictor) -> None:
    for draft in (
        DRAFT,
        replace(DRAFT, goal=10.0),
        replace(DRAFT, goal=1e6, duration_days=60),
        replace(DRAFT, name="🎲"),
    ):
        found = predictor.predict(draft)
        assert 0 < found.probability < 1
        assert sum(c.points for c in found.contributions) == pytest.approx(100 * (found.probability - found.base_rate))
        assert [c.feature for c in found.contributions] == list(GROUPS)


def test_a_draft_is_judged_as_the_same_project_in_the_table_is(predictor: Predictor, study: Study) -> None:
    record = study.features[list(RECORD)]
    told = predictor.probabilities(study.projects, record)
    rows = np.flatnonzero((study.projects["currency"] == "USD") & study.projects["created_at"].notna())[:40]
    for k in rows:
        p = study.projects.iloc[k]
        if p["time_precision"] != "day" or (p["launched_at"] - p["created_at"]).days > 3650:
            continue
        draft = Draft(
            *(p["name"], p["blurb"] if isinstance(p["blurb"], str) else "", p["category"], p["goal_usd"], "USD"),
            *(p["country"], p["launched_at"].date(), min(60, int(study.features["duration_days"][k]))),
            *((p["launched_at"] - p["created_at"]).days, int(record.iloc[k, 0]), int(record.iloc[k, 1])),
        )
        if draft.duration_days == study.features["duration_days"][k]:
            assert predictor.predict(draft).probability == pytest.approx(told[k], abs=1e-9)


def test_what_is_saved_is_what_is_loaded(predictor: Predictor, folder: Path) -> None:
    again = Predictor.load(folder)
    assert again.predict(DRAFT) == predictor.predict(DRAFT)
    card = json.loads((folder / "card.json").read_text())
    assert (card["deploy"], card["trained_on"], len(card["version"])) == (True, "900 projects", 12)
    assert card["months"] == ["a.json.gz"]
    assert not list(folder.rglob("*.pkl"))


def test_saving_twice_gives_the_same_bytes(predictor: Predictor, folder: Path, tmp_path: Path) -> None:
    predictor.save(
        tmp_path / "again", metrics={"metrics": []}, trained_on="900 projects", deploy=True, months=["a.json.gz"]
    )
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_serving_needs_no_scikit_learn(folder: Path) -> None:
    code = (
        "import sys\nfor name in ('sklearn', 'seaborn', 'lightfm'): sys.modules[name] = None\n"
        "from datetime import date\nfrom pathlib import Path\n"
        "from crowdwise.kickstarter.draft import Draft\nfrom crowdwise.kickstarter.predictor import Predictor\n"
        f"p = Predictor.load(Path({str(folder)!r}))\n"
        "d = Draft('A', '', 'art', 100, 'USD', 'US', date(2020, 1, 1), 30, 3)\n"
        "print(p.predict(d).probability)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 0 < float(done.stdout) < 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"country": "ZZ"}, "country counts as unknown"),
        ({"goal": 1e9}, "No project with a goal"),
        ({"launched_on": date(2031, 1, 1)}, "later one is taken to be like the latest"),
        ({"name": "x" * 10_000}, "10,000 characters; Kickstarter allows 60"),
        ({"blurb": "🎲" * 200}, "200 characters; Kickstarter allows 135"),
        ({"blurb": ""}, "blurb is empty"),
        ({"category": "publishing/odes"}, "only its parent"),
        ({"category": "publishing/fiction"}, "failures are nearly missing"),
        ({"earlier_projects": 500}, "No creator with 500"),
        ({"launched_on": date(2010, 3, 3), "duration_days": 91}, "allows 60 days at most"),
        ({"launched_on": date(2015, 3, 3)}, "wise after the event"),
    ],
)
def test_what_the_model_has_not_seen_is_said(predictor: Predictor, changes: dict[str, Any], words: str) -> None:
    notes = predictor.predict(replace(DRAFT, **changes)).notes
    assert any(words in note for note in notes), notes


def test_a_launch_that_has_passed_is_judged_as_on_its_day_and_that_is_said(predictor: Predictor) -> None:
    said = "The launch is past: this is the chance on that day, 2020-03-03"
    for today, past in ((date(2020, 3, 3), False), (date(2020, 3, 4), True)):
        found = predictor.predict(DRAFT, today=today)
        assert any(said in note for note in found.notes) == past
        assert found.probability == predictor.predict(DRAFT).probability


def test_every_prediction_says_that_it_speaks_of_crawled_projects(predictor: Predictor) -> None:
    assert predictor.predict(DRAFT).notes[-1] == CRAWLED
    assert "finished projects" in predictor.predict(DRAFT).base_rate_of


def test_goals_are_changed_into_dollars(predictor: Predictor) -> None:
    pounds = predictor.predict(replace(DRAFT, goal=1000.0, currency="gbp"))
    assert "a goal of 1,000 GBP ($1,300)" in [c.words for c in pounds.contributions]


def test_an_unheard_of_category_names_near_ones(predictor: Predictor) -> None:
    with pytest.raises(Problem, match=r"knows no category 'publshing/poetri'.*publishing/poetry"):
        predictor.predict(replace(DRAFT, category="publshing/poetri"))


def test_a_currency_without_a_rate_is_a_problem(predictor: Predictor) -> None:
    with pytest.raises(Problem, match=r"'XAU'.*EUR, GBP, USD"):
        predictor.predict(replace(DRAFT, currency="XAU"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=80).filter(str.strip), blurb=st.text(max_size=200), goal=st.floats(0.01, 1e9))
def test_any_text_and_goal_get_a_probability(predictor: Predictor, name: str, blurb: str, goal: float) -> None:
    found = predictor.predict(replace(DRAFT, name=name, blurb=blurb, goal=goal))
    assert 0 < found.probability < 1
    assert sum(c.points for c in found.contributions) == pytest.approx(100 * (found.probability - found.base_rate))


def test_a_missing_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"no model here.*make report PROFILE=sample"):
        Predictor.load(tmp_path / "data" / "sample" / "kickstarter" / "model")


@pytest.mark.parametrize("name", ["model.txt", "predictor.json", "card.json", "text.npz"])
def test_a_changed_or_foreign_model_is_refused(predictor: Predictor, tmp_path: Path, name: str) -> None:
    place = tmp_path / "sample" / "kickstarter" / "model"
    predictor.save(place, metrics={}, trained_on="", deploy=False)
    (place / name).write_bytes(b"{}")
    with pytest.raises(Problem, match="make report"):
        Predictor.load(place)


def test_a_model_with_one_number_changed_is_refused(predictor: Predictor, tmp_path: Path) -> None:
    predictor.save(tmp_path / "model", metrics={}, trained_on="", deploy=False)
    document = json.loads((tmp_path / "model" / "predictor.json").read_text())
    document["facts"]["base_rate"] = 0.5
    (tmp_path / "model" / "predictor.json").write_text(json.dumps(document))
    with pytest.raises(Problem, match="or it was changed"):
        Predictor.load(tmp_path / "model")


def test_base_rates_of_categories_are_those_of_the_table(predictor: Predictor, study: Study) -> None:
    counted = pd.Series(study.outcome).groupby(study.projects["category"].to_numpy()).agg(["size", "sum"])
    for category, (projects, successes) in predictor.facts.category_rates.items():
        assert counted.loc[category].tolist() == [projects, successes]

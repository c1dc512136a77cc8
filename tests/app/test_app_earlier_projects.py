"""Earlier projects told one by one: what the model is told of them, and the rows of the form."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from test_app_kickstarter import OneAnswer

from crowdwise.app.earlier_projects import MOST, EarlierProject, check_earlier, count_as_of, pack, tell_count, unpack
from crowdwise.app.earlier_view import EarlierRows
from crowdwise.app.kickstarter_model import KickstarterModel
from crowdwise.app.kickstarter_view import KickstarterView
from crowdwise.base.errors import Problem

TODAY = date(2024, 3, 5)
TWO = (EarlierProject(date(2020, 5, 1), funded=False), EarlierProject())


@pytest.fixture
def predictor() -> OneAnswer:
    return OneAnswer()


@pytest.fixture
def view(predictor: OneAnswer) -> KickstarterView:
    view = KickstarterView()
    view.ready(KickstarterModel(predictor, TODAY))  # type: ignore[arg-type]
    return view


def test_only_what_was_launched_before_counts() -> None:
    assert count_as_of(TWO, date(2020, 5, 2)) == (2, 1)
    assert count_as_of(TWO, date(2020, 5, 1)) == (1, 1)
    assert count_as_of(TWO, None) == (2, 1)
    assert count_as_of([], TODAY) == (0, 0)


def test_what_does_not_count_is_said() -> None:
    assert tell_count(TWO, TODAY) == "Taken as 2 earlier, 1 of them funded; the model knows these two numbers only."
    assert tell_count(TWO, date(2019, 1, 1)).endswith("1 launched on the day of this launch or after it: not counted.")
    assert tell_count([], TODAY) == ""


@pytest.mark.parametrize(
    ("projects", "where"),
    [
        ([EarlierProject(), EarlierProject(date(2001, 1, 1))], "Earlier project 2"),
        ([EarlierProject(date(2024, 3, 6))], "Earlier project 1"),
        ([EarlierProject()] * (MOST + 1), "Earlier projects"),
    ],
)
def test_projects_that_cant_be_are_refused(projects: list[EarlierProject], where: str) -> None:
    with pytest.raises(Problem, match=f"^{where}: "):
        check_earlier(projects, TODAY)


def test_they_survive_json_and_the_counts_of_an_older_state_become_rows() -> None:
    assert unpack({"earlier": json.loads(json.dumps(pack(TWO)))}) == TWO
    assert unpack({"earlier_projects": 3, "earlier_successes": 1}) == (
        *(EarlierProject(funded=True), EarlierProject(funded=False), EarlierProject(funded=False)),
    )


@pytest.mark.parametrize(
    "state",
    [
        *({"earlier": [["soon", True]]}, {"earlier": 5}, {"earlier": [[None]]}, {"earlier": [[5, True]]}, {}),
        *({"earlier_projects": 1, "earlier_successes": 2}, {"earlier_projects": 10_000, "earlier_successes": 0}),
    ],
)
def test_what_are_no_projects_is_refused_with_the_whole_state(view: KickstarterView, state: dict[str, Any]) -> None:
    assert view.model is not None
    before = view.model.get()
    with pytest.raises(Problem, match="no draft"):
        view.model.set({key: value for key, value in before.items() if key != "earlier"} | state)
    assert view.model.get() == before


def test_rows_reach_the_model_as_two_counts(view: KickstarterView, predictor: OneAnswer) -> None:
    changes = []
    view.on_change = lambda: changes.append(1)
    view.fields["name"].value = "Soup"
    view.earlier.add.click()
    view.earlier.add.click()
    view.earlier.rows[1].children[1].value = False
    view.earlier.rows[1].children[0].value = date(2021, 5, 1)
    assert "2 earlier, 1 of them funded" in view.earlier.told.value
    view.go.click()
    assert (predictor.drafts[-1].earlier_projects, predictor.drafts[-1].earlier_successes) == (2, 1)
    view.fields["launched_on"].value = date(2021, 4, 1)
    assert "not counted" in view.earlier.told.value
    view.go.click()
    assert (predictor.drafts[-1].earlier_projects, predictor.drafts[-1].earlier_successes) == (1, 1)
    view.earlier.rows[0].children[2].click()
    view.go.click()
    assert (predictor.drafts[-1].earlier_projects, predictor.drafts[-1].earlier_successes) == (0, 0)
    assert len(changes) == 10


def test_every_row_says_which_project_it_is_of() -> None:
    rows = EarlierRows(lambda projects: None)
    rows.show([EarlierProject()] * 3)
    rows.rows[0].children[2].click()
    named = [(day.description, end.description, remove.tooltip) for day, end, remove in (r.children for r in rows.rows)]
    assert named[1] == ("Launch of project 2", "How project 2 ended", "Remove earlier project 2")
    assert len(named) == 2


def test_no_more_rows_are_added_than_can_be_sent() -> None:
    rows = EarlierRows(lambda projects: None)
    rows.show([EarlierProject()] * (MOST - 1))
    assert not rows.add.disabled
    rows.add.click()
    assert rows.add.disabled

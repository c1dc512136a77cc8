"""The warning that a draft is unlike the projects the model learnt from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.facts import Facts
from crowdwise.kickstarter.familiarity import STRONG, WEAK, held_out_signs, is_unlike, known_share
from crowdwise.kickstarter.predictor import Predictor
from crowdwise.kickstarter.splits import stratified_folds
from crowdwise.kickstarter.training import EVERYTHING


@pytest.fixture(scope="module")
def usual(study: Study) -> Draft:
    """A draft like most: every number in the middle of what was seen, the words of a past project."""
    middle = study.features.median(numeric_only=True)
    project = study.projects[study.projects["country"] == "US"].iloc[0]
    return Draft(
        *(project["name"], project["blurb"], project["category"], float(10 ** middle["goal_log"]), "USD", "US"),
        *(date(2019, 5, 7), int(middle["duration_days"]), int(np.expm1(middle["prelaunch_log"]))),
    )


def seen(predictor: Predictor, name: str, place: int) -> float:
    return predictor.facts.seen[name][place]


def test_a_usual_draft_gives_no_warning(predictor: Predictor, usual: Draft) -> None:
    assert predictor.predict(usual).warning == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "publishing/odes"}, "no project in its category"),
        ({"country": "ZZ"}, "no project from its country"),
        ({"goal": 1e9}, "no project with such a goal"),
        ({"name": "静かな港", "blurb": "初版"}, "knows no word"),
        ({"name": "🎲🎲🎲", "blurb": ""}, "knows no word"),
        ({"name": "Тихая гавань", "blurb": "Первое издание"}, "knows no word"),
        ({"launched_on": date(2040, 1, 1)}, "more than five years"),
    ],
)
def test_one_strong_sign_is_enough(predictor: Predictor, usual: Draft, changes: dict[str, Any], words: str) -> None:
    assert words in predictor.predict(replace(usual, **changes)).warning


def test_a_weak_sign_counts_with_another_only(predictor: Predictor, usual: Draft) -> None:
    last = date.fromisoformat(predictor.facts.last_launch)
    late = replace(usual, launched_on=date(last.year + 2, 1, 1))
    assert predictor.predict(late).warning == ""
    odd = replace(late, blurb=(usual.blurb + " ") * 40)
    assert predictor.predict(replace(usual, blurb=odd.blurb)).warning == ""
    told = predictor.predict(odd).warning
    assert "few blurbs are as long or as short; it is launched more than a year" in told


def test_what_the_model_does_not_read_gives_no_sign(study: Study) -> None:
    read = [name for name in EVERYTHING if name not in ("blurb_length", "prelaunch_log")]
    folds = stratified_folds(study.outcome, 3, 1)
    whole, part = (held_out_signs(study, folds, names) for names in (EVERYTHING, read))
    assert whole["blurb_length"].any()
    assert whole["prelaunch_days"].any()
    assert not part[["blurb_length", "prelaunch_days"]].any(axis=None)


def test_few_held_out_projects_are_unlike_the_others(study: Study) -> None:
    signs = held_out_signs(study, stratified_folds(study.outcome, 5, 1), EVERYTHING)
    assert sorted(signs["row"]) == list(range(len(study.outcome)))
    # Of so few projects a category or country may be seen for the first time.
    assert 0 < signs["unlike"].mean() < 0.1
    assert (signs[list(WEAK)].sum(axis=1) >= 2).mean() < 0.03
    for name in ("goal_usd", "duration_days", "blurb_length", "known_words"):
        assert signs[name].mean() < 0.04, name


def test_the_rule_is_one_strong_sign_or_two_weak_ones() -> None:
    none = {name: np.zeros(3, dtype=bool) for name in (*STRONG, *WEAK)}
    first, second = list(WEAK)[:2]
    signs = {**none, first: np.array([True, True, False]), second: np.array([False, True, False])}
    assert is_unlike(signs).tolist() == [False, True, False]
    signs[next(iter(STRONG))] = np.array([False, False, True])
    assert is_unlike(signs).tolist() == [False, True, True]


def test_the_share_of_known_words_counts_every_occurrence() -> None:
    assert known_share(["Soup soup moss!", "", "🎲", "moss"], {"soup"}).tolist() == pytest.approx([2 / 3, 0, 0, 0])


def test_a_few_days_around_the_last_launch_are_no_sign(predictor: Predictor, usual: Draft) -> None:
    facts: Facts = predictor.facts
    assert predictor.predict(replace(usual, launched_on=date.fromisoformat(facts.last_launch))).warning == ""

"""The past projects most like a draft."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crowdwise.kickstarter.evaluation import Study
from crowdwise.kickstarter.neighbours import PARTS, PastProjects, alike_space, directions, numbers_of
from crowdwise.kickstarter.text import TextSpace

ROWS = pd.DataFrame(
    {
        "name": ["A board\n game", "A card game", "A song", "Soup"],
        "category": ["games/tabletop games", "games/playing cards", "music/rock", "food"],
        "goal_usd": [1000.0, 1000.0, 1000.0, 100_000.0],
        "launched_at": pd.to_datetime(["2012-05-01", "2015-05-01", "2012-05-01", "2012-05-01"], utc=True),
        "outcome": pd.array([True, False, True, False], dtype="boolean"),
    }
)
FEATURES = pd.DataFrame(
    {
        "goal_log": np.log10(ROWS["goal_usd"]),
        "duration_days": [30.0, 30.0, 30.0, 60.0],
        "prelaunch_log": [1.0, 1.0, np.nan, 1.0],
        "earlier_projects": [0.0, 0.0, 0.0, 5.0],
    }
)
SPACE = TextSpace(("card", "song"), np.ones(2), np.eye(2, dtype=np.float32))
TEXT = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])


@pytest.fixture
def past() -> PastProjects:
    return PastProjects.of(ROWS, FEATURES, TEXT, SPACE, seed=1)


def test_the_distance_is_the_mean_of_six_differences(past: PastProjects) -> None:
    distance = past.distances("games/tabletop games", numbers_of(FEATURES)[0], TEXT[0])
    assert distance[0] == pytest.approx(0, abs=1e-3)
    assert distance[1] == pytest.approx(0.5 / 6, abs=1e-3), "the parent alone is the same"
    assert distance[2] == pytest.approx(3 / 6, abs=1e-3), "category, text and a preparation nobody knows"
    # All but the preparation differ, by the whole span or more; the span lies between two percentiles.
    assert distance[3] == pytest.approx(5 / 6, abs=0.01)
    assert len(PARTS) == 6


def test_the_nearest_come_first_with_what_is_public_of_them(past: PastProjects) -> None:
    found = past.find("games/tabletop games", numbers_of(FEATURES)[0], TEXT[0], 2016, 2)
    assert [one.name for one in found] == ["A board game", "A card game"]
    assert (found[0].successful, found[1].successful) == (True, False)
    assert (found[1].launch_year, found[1].goal_usd, found[1].category) == (2015, 1000.0, "games/playing cards")


def test_a_project_launched_in_a_later_year_is_no_past_one(past: PastProjects) -> None:
    names = [one.name for one in past.find("games/tabletop games", numbers_of(FEATURES)[0], TEXT[0], 2014, 10)]
    assert names == ["A board game", "A song", "Soup"]
    assert past.find("food", numbers_of(FEATURES)[0], TEXT[0], 2009, 10) == ()


def test_what_is_saved_is_what_is_loaded_and_holds_no_more_than_it_says(past: PastProjects, tmp_path: Path) -> None:
    past.save(tmp_path / "one.npz")
    past.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = PastProjects.load(tmp_path / "one.npz")
    asked = ("music/rock", numbers_of(FEATURES)[1], TEXT[2], 2020)
    assert again.find(*asked) == past.find(*asked)
    assert again.space.transform(["a song"]).tolist() == [[0, 1]]
    with np.load(tmp_path / "one.npz") as arrays:
        held = {"names", "categories", "category", "goal_usd", "year", "successful", "numbers", "spans", "text"}
        space = ("words", "idf", "components", "weights", "parents", "score")
        assert set(arrays.files) == held | {f"space_{name}" for name in space}


def test_more_projects_than_are_kept_are_drawn_by_the_seed(study: Study) -> None:
    text = np.zeros((len(study.outcome), 3))
    one, same, other = (
        PastProjects.of(study.projects, study.features, text, SPACE, seed=seed, most=50) for seed in (1, 1, 2)
    )
    assert len(one.names) == 50
    assert one.names == same.names != other.names
    assert one.find("art", numbers_of(study.features)[0], text[0], 2030)


def test_texts_are_compared_by_their_words_alone(study: Study) -> None:
    space = alike_space(study.counted, seed=1)
    assert not any(" " in word for word in space.words)
    assert not space.scored


def test_a_text_without_a_known_word_has_no_direction() -> None:
    assert directions(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == [[0, 0], [0.6, 0.8]]

import contextlib
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.categories import canonical
from crowdwise.kickstarter.madeup.__main__ import main
from crowdwise.kickstarter.madeup.months import make_months
from crowdwise.kickstarter.madeup.population import LONG_LISTINGS, draw_population
from crowdwise.kickstarter.months import read_month
from crowdwise.kickstarter.union import Union, unite
from crowdwise.kickstarter.vocabulary import STATES


def data_of(path: Path) -> list[dict[str, Any]]:
    found = []
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            found.append(json.loads(line)["data"])
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], dict[str, Any]]:
    return make_months(tmp_path_factory.mktemp("made"), projects=700, seed=5)


def test_the_same_seed_and_size_give_the_same_bytes(made: tuple[list[Path], dict[str, Any]], tmp_path: Path) -> None:
    paths, document = made
    again, same = make_months(tmp_path, projects=700, seed=5)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in paths]
    assert same == document
    assert all(p.read_bytes()[4:8] == bytes(4) for p in paths)  # no time in the gzip header
    other, _ = make_months(tmp_path / "other", projects=700, seed=6)
    assert other[0].read_bytes() != paths[0].read_bytes()


def test_every_project_is_read_back_once(world: Union) -> None:
    assert len(world.projects) == 900
    assert set(world.projects["state"]) == set(STATES)


def test_the_months_drift_as_the_real_ones_do(made: tuple[list[Path], dict[str, Any]]) -> None:
    first, second = (data_of(path) for path in made[0])
    assert set(second[0]) - set(first[0]) >= {"video", "prelaunch_activated", "percent_funded"}
    sound = [data for data in first if data["state"] in STATES]
    assert {data["country"] for data in sound} == {"US"}
    assert all(data["staff_pick"] is None and data["launched_at"] % 86_400 == 0 for data in sound)
    assert {data["staff_pick"] for data in second if data["state"] in STATES} == {True, False}
    assert len({data["currency"] for data in second if data["state"] in STATES}) > 3


def test_the_flaws_are_in_it(made: tuple[list[Path], dict[str, Any]]) -> None:
    months = [read_month(path) for path in made[0]]
    fates = Counter(unite(months).card["what"])
    assert fates["line is not JSON"] == 2
    assert fates["state is none of Kickstarter's (a shifted row)"] == 2
    assert fates["the same project stands again in the month"] == 2
    assert fates["the same project is kept from another month"] == 1
    assert all(month.mended and month.broken for month in months)
    assert all(month.rows["blurb"].isna().any() for month in months)


def test_without_flaws_every_line_is_a_finished_project(tmp_path: Path) -> None:
    paths, document = make_months(tmp_path, projects=400, seed=5, flaws=False)
    months = [read_month(path) for path in paths]
    assert not any(month.rejects or month.mended or month.broken for month in months)
    assert set(unite(months).projects["state"]) == {"successful", "failed"}
    assert document["flaws"] is False


def test_the_leak_hides_failures_of_long_listings_and_early_years() -> None:
    for leak, least, most in ((True, 0.9, 1.0), (False, 0.0, 0.75)):
        drawn = draw_population(3000, 1, leak=leak)
        hidden = drawn["category"].isin(LONG_LISTINGS) | (drawn["launched"] < 1_388_534_400)
        assert least <= drawn.loc[hidden, "success"].mean() <= most
        assert drawn.loc[~hidden, "success"].mean() < 0.6


def test_chances_are_true_probabilities() -> None:
    drawn = draw_population(20_000, 2, leak=True)
    told = drawn["chance_if_caught"]
    for low in np.arange(0, 1, 0.2):
        rows = drawn[(told >= low) & (told < low + 0.2)]
        spread = np.sqrt((rows["chance_if_caught"] * (1 - rows["chance_if_caught"])).sum()) / len(rows)
        assert abs(rows["success"].mean() - rows["chance_if_caught"].mean()) < 4 * spread


def test_the_ceiling_is_lower_without_the_leak(made: tuple[list[Path], dict[str, Any]], tmp_path: Path) -> None:
    _, fair = make_months(tmp_path, projects=700, seed=5, leak=False)
    assert 0.75 < fair["ceiling"]["auc"] < made[1]["ceiling"]["auc"] < 1
    assert fair["ceiling"]["auc"] == fair["ceiling"]["auc_without_crawl_leak"]


def test_categories_and_texts_are_of_the_made_up_world(made: tuple[list[Path], dict[str, Any]]) -> None:
    for data in data_of(made[0][1]):
        if data["state"] in STATES:
            slug = data["category"]["slug"]
            assert canonical(slug) == canonical(canonical(slug))
            assert data["name"]


@pytest.mark.parametrize("projects", [0, 299, 210_001])
def test_a_size_out_of_bounds_is_a_problem(tmp_path: Path, projects: int) -> None:
    with pytest.raises(Problem, match="not between 300 and 210,000"):
        make_months(tmp_path, projects=projects, seed=1)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_months_and_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--seed", "1", "--out", str(tmp_path / "m")]
    assert main([*arguments, "--projects", "300", "--clean", "--no-leak"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "m" / "made-up.json").read_text())
    assert main([*arguments, "--projects", "3"]) == 1
    assert capsys.readouterr().err.splitlines() == ["projects: 3 is not between 300 and 210,000. Ask for as many."]

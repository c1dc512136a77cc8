"""The whole way of an experiment, from a plan's file by the command line to the decision."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crowdwise.base.errors import Problem
from crowdwise.experiment.__main__ import main
from crowdwise.experiment.analysis import analyse
from crowdwise.experiment.log import assign_unit, log_exposure, read_log
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import read_experiment, running_experiment
from crowdwise.storage.schema import exposures
from experiment_logs import LOGGED_PLAN, day, started, whole_file_of_outcomes

NAME = "recommendations-2026"
UNITS = 500  # fewer could not show that nobody leaves


def said_by(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments, "--profile", "sample"])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.slow
def test_a_logged_experiment_is_analysed_by_its_plan(database, tmp_path):
    from crowdwise.experiment.outcome_import import import_outcomes

    experiment = started(database, UNITS)
    arms = read_log(database, NAME).set_index("player_id")["arm"]
    for unit in arms.index:
        log_exposure(database, experiment, unit, {"games": ["10"]}, model_version="v1", now=day(1.5))
    bought = {unit: 2 + 4 * (arm == "recommended") + k % 2 for k, (unit, arm) in enumerate(arms.items())}
    path = whole_file_of_outcomes(tmp_path / "outcomes.csv", UNITS, bought)
    import_outcomes(database, NAME, path, listed_in=tmp_path / "rejects.csv", max_reject_share=0, now=day(20))
    plan, held, now = read_plan(LOGGED_PLAN), read_experiment(database, NAME), day(20)
    data = read_log(database, NAME, now)
    found = analyse(plan, data, started_hash=held.plan_hash, started_plan=held.plan, now=now)
    assert found.decision.arms == ("recommended",)
    assert found.steps[0].units == arms.value_counts().to_dict()
    planned = found.table().query("metric == 'games_bought' and view == 'as planned'")
    assert planned.difference.item() == pytest.approx(4, abs=0.05)
    with pytest.raises(Problem, match="are not mature"):
        analyse(plan, read_log(database, NAME, day(14)), started_hash=held.plan_hash, now=day(14))


def test_the_command_line_goes_the_whole_way(database, layout, tmp_path, capsys):
    layout.plan("steam").parent.mkdir(parents=True)
    layout.plan("steam").write_text(LOGGED_PLAN)
    code, out, _ = said_by(capsys, "start", "--system", "steam")
    assert (code, out.startswith(f"{NAME}: steam, started ")) == (0, True)
    experiment = running_experiment(database, "steam")
    bought = {}
    for k in range(UNITS):
        arm = assign_unit(database, experiment, f"u{k}", day(1))
        log_exposure(database, experiment, f"u{k}", {}, model_version="v1", now=day(2))
        bought[f"u{k}"] = 2 + 4 * (arm == "recommended") + k % 2
    path = whole_file_of_outcomes(tmp_path / "outcomes.csv", UNITS, bought)
    with path.open("a") as lines:
        lines.write("nobody,hours,1,2026-01-17\n")
    code, out, err = said_by(capsys, "import", "--experiment", NAME, "--csv", str(path), "--max-reject-share", "0")
    assert (code, out) == (1, "")
    assert "1 of 3,501 rows can't be taken" in err
    assert f"reports/sample/outcomes/{NAME}-outcomes.rejects.csv" in err
    code, out, _ = said_by(capsys, "import", "--experiment", NAME, "--csv", str(path), "--max-reject-share", "0.01")
    assert code == 0
    assert "3,501 rows: 3,500 written, 0 known already, 1 rejected" in out
    _, out, _ = said_by(capsys, "status")
    assert "exposures: 500" in out
    assert "missing" not in out
    code, out, _ = said_by(capsys, "analyse", "--experiment", NAME, "--now", "2026-01-21")
    assert code == 0
    assert "show recommendations to all" in out
    (tmp_path / "changed.yaml").write_text(LOGGED_PLAN.replace("alpha: 0.05", "alpha: 0.2"))
    code, _, err = said_by(capsys, "analyse", "--experiment", NAME, "--plan", str(tmp_path / "changed.yaml"))
    assert code == 1
    assert "alpha was 0.05 and is 0.2" in err
    code, out, _ = said_by(capsys, "stop", "--experiment", NAME)
    assert ", ended 20" in out
    assert running_experiment(database, "steam") is None
    with database.connect() as connection:
        assert len(connection.execute(select(exposures)).all()) == UNITS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("start", "--system", "amazon"), "SYSTEM: 'amazon' is no system"),
        (("start", "--system", "steam"), "params/sample/plans/steam.yaml: the plan can't be read"),
        (("start", "--system", "steam", "--plan", "none.yaml"), "none.yaml: the plan can't be read"),
        (("stop", "--experiment", ""), "EXPERIMENT: it is left out"),
        (("stop", "--experiment", "x"), "no experiment is named 'x'"),
        (("import", "--experiment", "x", "--csv", ""), "CSV: it is left out"),
        (("import", "--experiment", "x", "--csv", "a", "--max-reject-share", "few"), "'few' is no share"),
        (("analyse", "--experiment", "x"), "no experiment is named 'x'"),
    ],
)
def test_what_cant_be_is_one_sentence(database, capsys, arguments, words):
    code, out, err = said_by(capsys, *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert words in err


def test_without_a_database_it_says_what_to_run(layout, capsys):
    code, _, err = said_by(capsys, "status")
    assert code == 1
    assert "the database is not made yet" in err
    assert not layout.database.exists()


def test_a_start_makes_the_database_that_is_missing(layout, capsys):
    for system in ("steam", "kickstarter"):
        plan = layout.plan(system)
        plan.parent.mkdir(parents=True, exist_ok=True)
        plan.write_text(LOGGED_PLAN.replace(NAME, f"of-{system}"))
        assert said_by(capsys, "start", "--system", system)[0] == 0
    _, out, _ = said_by(capsys, "status")
    assert out.count(", running, plan ") == 2

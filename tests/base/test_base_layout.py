"""Errors read as one sentence, seeds depend on names alone, folders on the profile, logs on one variable."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import NOTEBOOKS, SYSTEMS, Layout, find_root
from crowdwise.base.seeds import derive, generator


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem("it is empty", where=Path("raw/x.gz"), remedy="Fetch it again")
    assert str(problem) == "raw/x.gz: it is empty. Fetch it again."
    assert str(Problem("it is empty")) == "it is empty."
    assert (problem.what, problem.where, problem.remedy) == ("it is empty", "raw/x.gz", "Fetch it again")


@given(root=st.integers(0, 2**40), names=st.lists(st.text() | st.integers(), max_size=4))
def test_a_seed_is_a_number_that_generators_take_and_repeats(root, names):
    seed = derive(root, *names)
    assert 0 <= seed < 2**32
    assert seed == derive(root, *names)
    assert generator(root, *names).random() == np.random.default_rng(seed).random()


def test_seeds_differ_by_root_and_by_every_name():
    seeds = [derive(1), derive(2), derive(1, "a"), derive(1, "a", "b"), derive(1, "ab"), derive(1, "b", "a")]
    assert len(set(seeds)) == len(seeds)


def test_a_seed_is_the_same_on_every_machine():
    assert derive(20170131, "model", "fold", 1) == derive(20170131, "model", "fold", "1") == 3367190533


def test_the_root_is_found_from_any_folder_below_and_by_its_variable(tmp_path, monkeypatch):
    monkeypatch.delenv("CROWDWISE_ROOT", raising=False)
    with pytest.raises(Problem, match="no folder above this one holds params/ and notebooks/"):
        find_root(tmp_path)
    for folder in ("params", "notebooks/steam"):
        (tmp_path / folder).mkdir(parents=True)
    assert find_root(tmp_path / "notebooks" / "steam") == tmp_path.resolve()
    monkeypatch.chdir(tmp_path / "params")
    assert find_root() == tmp_path.resolve()
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path / "elsewhere"))
    assert find_root() == tmp_path.resolve() / "elsewhere"


def test_profiles_share_no_folder(tmp_path):
    def places(profile: str) -> set[Path]:
        layout = Layout(profile, tmp_path)
        own = {layout.database, layout.reports, *(layout.params(system) for system in SYSTEMS)}
        for system in SYSTEMS:
            own |= {layout.raw(system), layout.tables(system), layout.model(system), layout.table(system, "x")}
            own |= {layout.report(system, notebook, "html") for notebook in NOTEBOOKS}
        return own

    assert not places("sample") & places("local")
    assert len(places("sample")) == 4 + 2 * (4 + len(NOTEBOOKS))
    assert all(path.is_relative_to(tmp_path) for path in places("sample"))


def test_paths_are_shown_from_the_root(tmp_path):
    layout = Layout("sample", tmp_path)
    assert layout.relative(layout.table("steam", "owned")) == "data/sample/steam/tables/owned.parquet"
    assert layout.relative(layout.notebook("steam", "3-model")) == "notebooks/steam/3-model.ipynb"


@pytest.mark.parametrize("profile", ["", "..", "a/b", "-x", "a b", "ü"])
def test_a_name_that_could_leave_its_folder_is_no_profile(profile, tmp_path):
    with pytest.raises(Problem, match="is not a profile's name"):
        Layout(profile, tmp_path)


@pytest.fixture
def fresh_logger():
    logger = logging.getLogger("crowdwise")
    before = logger.handlers[:], logger.level, logger.propagate
    logger.handlers, logger.propagate = [], True
    yield logger
    logger.handlers, logger.level, logger.propagate = before


def test_log_lines_go_to_stderr_once_at_the_level_asked_for(fresh_logger, monkeypatch, capsys):
    monkeypatch.delenv("CROWDWISE_LOG_FILE", raising=False)
    monkeypatch.setenv("LOG_LEVEL", "warning")
    logs.set_up()
    logs.set_up()
    logging.getLogger("crowdwise.storage").info("quiet")
    logging.getLogger("crowdwise.storage").warning("loud")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.endswith("WARNING crowdwise.storage: loud\n")


def test_log_lines_of_a_kernel_go_to_the_named_file(fresh_logger, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("CROWDWISE_LOG_FILE", str(tmp_path / "log"))
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    logs.set_up()
    logging.getLogger("crowdwise.steam").info("read 戦")
    assert capsys.readouterr().err == ""
    assert (tmp_path / "log").read_text(encoding="utf-8").endswith("INFO    crowdwise.steam: read 戦\n")
    fresh_logger.handlers[0].close()


def test_an_unknown_level_is_a_problem(fresh_logger, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(Problem, match="LOG_LEVEL: 'LOUD' is not a level"):
        logs.set_up()

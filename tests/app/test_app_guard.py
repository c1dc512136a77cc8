from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from crowdwise.app.guard import busy, guarded, log_to_terminal
from crowdwise.base.errors import Problem
from crowdwise.base.logs import set_up


class View:
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    @guarded
    def act(self, error: BaseException | None = None) -> None:
        """Act."""
        if error:
            raise error


def test_success_takes_the_last_sentence_away() -> None:
    view = View()
    view.act()
    assert view.said == [""]
    assert view.act.__doc__ == "Act."


def test_a_problem_is_said_as_it_is() -> None:
    view = View()
    view.act(Problem("it is empty", where="here", remedy="Fill it"))
    assert view.said[-1] == "here: it is empty. Fill it."


def test_where_the_project_stands_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDWISE_ROOT", str(tmp_path))
    view = View()
    view.act(Problem("it is locked", where=f"sqlite:///{tmp_path}/data/sample/crowdwise.db"))
    assert view.said[-1] == "sqlite:///data/sample/crowdwise.db: it is locked."


def test_any_other_error_is_logged_with_its_traceback_under_the_id_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    view = View()
    with caplog.at_level(logging.ERROR, logger="crowdwise.app"):
        view.act(KeyError("password"))
    assert "password" not in view.said[-1]
    assert view.said[-1].rstrip(".").split()[-1] in caplog.text
    assert "Traceback" in caplog.text


def test_an_interrupt_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt):
        View().act(KeyboardInterrupt())


def test_a_busy_button_is_disabled_and_comes_back_even_after_an_error() -> None:
    button: Any = widgets.Button(description="Go")
    seen = []

    def work() -> None:
        with busy(button):
            seen.append((button.disabled, button.description))
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        work()
    assert seen == [(True, "Working…")]
    assert not button.disabled
    assert button.description == "Go"


def test_the_log_goes_to_the_terminal_that_the_kernel_took_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken:
        _original_stdstream_copy: int

        def write(self, _: str) -> int:
            raise AssertionError("the log went into the page")

        def flush(self) -> None:
            pass

    reader, writer = os.pipe()
    taken = Taken()
    taken._original_stdstream_copy = writer
    logger = logging.getLogger("crowdwise")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", logger.propagate)
    monkeypatch.setattr(sys, "stderr", taken)
    set_up()
    log_to_terminal()
    logging.getLogger("crowdwise.app").warning("something to know")
    assert b"something to know" in os.read(reader, 1000)
    for handler in logger.handlers:
        handler.stream.close()  # type: ignore[attr-defined]
    os.close(reader)
    os.close(writer)

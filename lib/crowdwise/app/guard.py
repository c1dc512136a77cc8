"""What becomes of a callback's error: a sentence for the user, a traceback for the log."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol

from crowdwise.base.errors import Problem
from crowdwise.base.layout import find_root

logger = logging.getLogger("crowdwise.app")
P = ParamSpec("P")


class Speaker(Protocol):
    """A view that can show a sentence to its user."""

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one takes the last away."""


def guarded(callback: Callable[Concatenate[Any, P], None]) -> Callable[Concatenate[Any, P], None]:
    """Wrap a view's method so that no error of it is swallowed, and none reaches the user as a traceback.

    A `Problem` is shown as it is. Anything else is logged with its traceback under a short id, which the user sees too.
    """

    @wraps(callback)
    def safely(view: Speaker, *args: P.args, **kwargs: P.kwargs) -> None:
        view.say("")
        try:
            callback(view, *args, **kwargs)
        except Problem as problem:
            logger.info("%s: %s", callback.__qualname__, problem)
            view.say(tell(problem))
        except Exception:
            code = secrets.token_hex(3)
            logger.exception("error %s in %s", code, callback.__qualname__)
            view.say(f"That did not work, through no fault of yours. The server's log has the cause under {code}.")

    return safely


def tell(problem: Problem) -> str:
    """Give a problem's sentence with paths as seen from the project's root: where that is, is the server's affair."""
    try:
        root = str(find_root()).rstrip("/")
    except Problem:
        root = ""
    return str(problem).replace(f"{root}/", "") if root else str(problem)


@contextmanager
def busy(button: Any, words: str = "Working…") -> Iterator[None]:
    """Disable a button and say that work goes on, until the block ends."""
    description = button.description
    button.disabled, button.description = True, words
    try:
        yield
    finally:
        button.disabled, button.description = False, description


def log_to_terminal() -> None:
    """Send the log to the server's terminal: a notebook kernel would turn ``sys.stderr`` into a cell's output."""
    original = getattr(sys.stderr, "_original_stdstream_copy", None)
    if original is None:
        return
    stream = os.fdopen(os.dup(original), "w", encoding="utf-8", buffering=1)
    for handler in logging.getLogger("crowdwise").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)

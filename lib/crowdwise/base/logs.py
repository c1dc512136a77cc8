"""One logging set-up: readable lines on stderr, level by ``LOG_LEVEL``, none in reports.

In a kernel, stderr is part of the notebook: whoever runs it names a file in ``CROWDWISE_LOG_FILE`` and copies it to its
own stderr.
"""

from __future__ import annotations

import logging
import os
import sys

from crowdwise.base.errors import Problem

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def set_up() -> None:
    """Send log lines of ``crowdwise`` to stderr, once, at the level of ``LOG_LEVEL`` (INFO by default).

    Raises
    ------
    Problem
        If ``LOG_LEVEL`` is not one of Python's level names.
    """
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        raise Problem(f"{level!r} is not a level", where="LOG_LEVEL", remedy=f"Use one of {', '.join(LEVELS)}")
    logger = logging.getLogger("crowdwise")
    logger.setLevel(level)
    if not logger.handlers:
        file = os.environ.get("CROWDWISE_LOG_FILE")
        handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
        logger.addHandler(handler)
        logger.propagate = False

"""A page's part in a running experiment: which arm it shows, and the note of what was shown."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs

from crowdwise.base.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crowdwise.experiment.register import Experiment

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits, and longer than a Steam id: nobody passes for a player by it
NOTICE = (
    "A test is running: people see this page in different forms, and what you enter here and are shown is stored with "
    "the Steam id you choose or a code made from the random one in this page's address."
)
T = TypeVar("T")
logger = logging.getLogger("crowdwise.app")


def read_token(query: str, instead: str = "") -> str:
    """Give the random code that stands in a page's address; if none of ours does, another one, or else a new one.

    Parameters
    ----------
    query : str
        What follows the question mark, as in ``unit=...``; anybody may have written it.
    """
    try:
        given = parse_qs(query[:2_000], max_num_fields=20).get("unit", [])
    except ValueError:
        given = []
    return given[0] if len(given) == 1 and TOKEN.fullmatch(given[0]) else instead or secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """Give what is stored instead of a token (SHA-256, 64 hexadecimal digits).

    The token is the only key to a history: who reads the database must not be able to open one with it.
    """
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Participation:
    """A running experiment as one page takes part in it.

    The first failure ends it: what follows is what the page shows without an experiment, and nothing is noted.

    Parameters
    ----------
    token : str
        The page's random code; its hash is the unit where no other is known.
    model_version : str
        From the model's card.
    """

    engine: Engine
    experiment: Experiment
    token: str = field(repr=False)
    model_version: str
    ended: bool = field(default=False, init=False)
    arm: str = field(default="", init=False)  # which the last choice was made by

    def choose(self, advised: T, plain: T, tell: Callable[[T], Mapping[str, object]], unit: str = "") -> T:
        """Give what the unit's arm shows, and note that it was shown: `plain` in the control, else `advised`.

        Parameters
        ----------
        tell : callable
            Says as JSON can hold it what is shown.
        unit : str, optional
            Who sees it; the hash of the page's token when left out.
        """
        self.arm = ""
        if self.ended:
            return advised
        from crowdwise.experiment.log import assign_unit, log_exposure

        who = unit or hash_token(self.token)
        try:
            arm = assign_unit(self.engine, self.experiment, who)
            shown = plain if arm == self.experiment.plan.control else advised
            log_exposure(self.engine, self.experiment, who, tell(shown), model_version=self.model_version)
        except Problem as problem:
            self.ended = True
            logger.warning("This page takes no more part in experiment %s: %s", self.experiment.name, problem)
            return advised
        self.arm = arm
        return shown

"""Run models through protocols, and keep what they said of projects they had not seen."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crowdwise.kickstarter.evaluation import Study, cross_validate
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.protocols.protocol import Protocol
from crowdwise.kickstarter.splits import Split

log = logging.getLogger("crowdwise.kickstarter")
Makers = Mapping[str, Callable[[], Model]]
Validate = Callable[..., dict[str, np.ndarray]]


@dataclass(frozen=True)
class Judged:
    """What models said of the projects of one protocol's part (or of all its folds), which they had not seen.

    Attributes
    ----------
    protocol, part : str
        `part` is empty if the folds are taken together.
    rows : ndarray of int, shape (n,)
        The projects judged, by their places in the study.
    outcome : ndarray of bool, shape (n,)
    cells : ndarray of str, shape (n,)
        Sub-category and year of launch.
    training_rate : ndarray of float, shape (n,)
        The success rate of the projects that each was judged from.
    fold : ndarray of int, shape (n,)
        The number of its split.
    found : dict of str to ndarray, shape (n,)
        Each model's probabilities.
    """

    protocol: str
    part: str
    rows: np.ndarray
    outcome: np.ndarray
    cells: np.ndarray
    training_rate: np.ndarray
    fold: np.ndarray
    found: dict[str, np.ndarray]


def run_protocols(
    study: Study, protocols: Sequence[Protocol], models: Makers, *, validate: Validate = cross_validate
) -> list[Judged]:
    """Run each protocol's models over its parts, the protocols in order; one without parts is passed over.

    Parameters
    ----------
    study : Study
    protocols : sequence of Protocol
    models : mapping
        A maker by each model's name; a protocol takes those it names.
    validate : callable
        As `crowdwise.kickstarter.evaluation.cross_validate`, which it is by default.

    Returns
    -------
    list of Judged
        One a pooled protocol, else one a part.
    """
    found: list[Judged] = []
    for number, protocol in enumerate(protocols, start=1):
        place = f"protocol {number} of {len(protocols)}, {protocol.name}"
        if not protocol.parts:
            log.info("%s: %s", place, protocol.remark)
            continue
        begun = time.process_time()
        found += run_protocol(study, protocol, models, place=place, validate=validate)
        log.info("%s: done in %.0f CPU seconds", place, time.process_time() - begun)
    return found


def run_protocol(
    study: Study, protocol: Protocol, models: Makers, *, place: str = "", validate: Validate = cross_validate
) -> list[Judged]:
    """Run one protocol's models over its parts; `place` is what the log calls it."""
    wanted = {name: make for name, make in models.items() if not protocol.models or name in protocol.models}
    judged = []
    for number, (part, split) in enumerate(protocol.parts.items(), start=1):
        log.info("%s: part %d of %d, %s", place or protocol.name, number, len(protocol.parts), part)
        # Each part apart: where there are three months or more, a project is judged from several of them.
        past = {"as_of_launch": True} if protocol.as_of_launch else {}
        whole = validate(study, [split], wanted, **past)
        judged.append(_judged(study, protocol.name, part, number - 1, split, whole))
    return [_pool(judged)] if protocol.pooled else judged


def judgements(judged: Sequence[Judged], protocol: str) -> Iterator[Judged]:
    """Give a protocol's judgements, in order."""
    return (each for each in judged if each.protocol == protocol)


def _judged(study: Study, name: str, part: str, fold: int, split: Split, whole: Mapping[str, np.ndarray]) -> Judged:
    rows, n = split.test, len(split.test)
    rate = np.full(n, study.outcome[split.train].mean())
    found = {model: probability[rows] for model, probability in whole.items()}
    return Judged(name, part, rows, study.outcome[rows], study.cells[rows], rate, np.full(n, fold), found)


def _pool(parts: Sequence[Judged]) -> Judged:
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    names = ("rows", "outcome", "cells", "training_rate", "fold")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts])[order] for name in names}
    found = {name: np.concatenate([part.found[name] for part in parts])[order] for name in parts[0].found}
    return Judged(parts[0].protocol, "", **arrays, found=found)

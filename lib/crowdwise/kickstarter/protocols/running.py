"""Run models through protocols, and keep what they said of projects they had not seen."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed

from crowdwise.base.errors import Problem
from crowdwise.kickstarter.evaluation import Study, cross_validate
from crowdwise.kickstarter.models import Model
from crowdwise.kickstarter.protocols.protocol import Protocol
from crowdwise.kickstarter.splits import Split

log = logging.getLogger("crowdwise.kickstarter")
Makers = Mapping[str, Callable[[], Model]]
Validate = Callable[..., dict[str, np.ndarray]]
MOST_WORKERS, WORTH_SHARING = 4, 10_000  # processes; projects, below which starting them costs more than it saves


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
    study: Study,
    protocols: Sequence[Protocol],
    models: Makers,
    *,
    workers: int | None = None,
    validate: Validate = cross_validate,
) -> list[Judged]:
    """Run each protocol's models over its parts, the protocols in order; one without parts is passed over.

    Parameters
    ----------
    study : Study
    protocols : sequence of Protocol
    models : mapping
        A maker by each model's name; a protocol takes those it names.
    workers : int, optional
        How many processes share the parts; with one, this process does them itself. What is found is the same. If not
        given, one for each core that it may use, four at most; one if the projects are too few to be worth it.
    validate : callable
        As `crowdwise.kickstarter.evaluation.cross_validate`, which it is by default.

    Returns
    -------
    list of Judged
        One a pooled protocol, else one a part.

    Raises
    ------
    Problem
        If `workers` is below 1.
    """
    if workers is None:
        workers = min(MOST_WORKERS, cpu_count()) if len(study.outcome) >= WORTH_SHARING else 1
    if workers < 1:
        raise Problem(f"it is {workers}", where="workers", remedy="Use a whole number of 1 or more")
    tasks: list[tuple[int, str, Split, Makers, dict[str, bool]]] = []
    for place, protocol in enumerate(protocols):
        if not protocol.parts:
            log.info("%s: %s", protocol.name, protocol.remark)
        wanted = {name: make for name, make in models.items() if not protocol.models or name in protocol.models}
        # Each part apart: where there are three months or more, a project is judged from several of them.
        past = {"as_of_launch": True} if protocol.as_of_launch else {}
        tasks += [(place, part, split, wanted, past) for part, split in protocol.parts.items()]
    if workers > 1:
        _ = study.context, study.spelt  # made once here, not by each process
    # Idle workers go at once: each holds the study.
    pool = Parallel(n_jobs=workers, return_as="generator", pre_dispatch="1.5*n_jobs", idle_worker_timeout=1)
    done = pool(delayed(_validated)(study, split, wanted, past, validate) for *_, split, wanted, past in tasks)
    judged: list[list[Judged]] = [[] for _ in protocols]
    for number, ((place, part, split, *_), (whole, spent)) in enumerate(zip(tasks, done, strict=True), start=1):
        name, own = protocols[place].name, judged[place]
        seen = f"part {number} of {len(tasks)}, {name}, {part}"
        log.info("%s: judged %d projects in %.0f CPU seconds", seen, len(split.test), spent)
        own.append(_judged(study, name, part, len(own), split, whole))
    kept = [(protocol, own) for protocol, own in zip(protocols, judged, strict=True) if own]
    return [each for protocol, own in kept for each in ([_pool(own)] if protocol.pooled else own)]


def _validated(
    study: Study, split: Split, models: Makers, past: Mapping[str, Any], validate: Validate
) -> tuple[dict[str, np.ndarray], float]:
    """Give what the models say of a split's projects, and the CPU seconds that it took."""
    begun = time.process_time()
    return validate(study, [split], models, **past), time.process_time() - begun


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

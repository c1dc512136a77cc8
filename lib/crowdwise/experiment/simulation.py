"""Experiments are simulated whole, from users to the test statistic at each look.

Users come in random order, are looked at after given shares of them, and are compared by Welch's t, put on the normal
scale by its p-value, which is how a group-sequential bound is used when the variance is estimated (Jennison & Turnbull
2000, section 3.8). What simulation shows is a limit of that: with heavy tails and a small arm any rule errs too often,
for the arm's variance is estimated from users among whom its rare heavy ones are missing. A cap repairs most of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import special

from crowdwise.base.seeds import generator
from crowdwise.experiment.populations import Outcome
from crowdwise.experiment.sequential.bounds import check_information

DRAWN = 500_000  # outcomes drawn at once, a few MB; each batch of experiments has a seed of its own


@dataclass(frozen=True)
class Paths:
    """What simulated experiments show at each look; arrays have the shape (experiments, looks).

    Attributes
    ----------
    information : ndarray of shape (looks,)
        Share of the users whose outcome is known.
    estimate, error : ndarray
        Difference of means, treatment minus control, and its standard error.
    z : ndarray
        Welch's t on the normal scale; 0 where no outcome differs yet.
    truth : float
        The true difference.
    """

    information: np.ndarray
    estimate: np.ndarray
    error: np.ndarray
    z: np.ndarray
    truth: float


def simulate(
    outcome: Outcome,
    information: Sequence[float],
    *,
    lift: float = 0.0,
    users: int = 2000,
    experiments: int = 10_000,
    treatment_share: float = 0.5,
    seed: int = 1,
    workers: int = 1,
) -> Paths:
    """Simulate experiments and look at each after shares of its users.

    Parameters
    ----------
    outcome : Outcome
    information : sequence of float
        Shares of the users at the looks, increasing, the last of them 1 at most.
    lift : float
        The true relative effect; 0 is an A/A test.
    seed : int
        The same seed gives the same experiments, with any number of workers.
    workers : int
        Threads.

    Raises
    ------
    ValueError
        If a look has fewer than two users in an arm, or there is nothing to simulate.
    """
    check_information(information)
    if information[-1] > 1 + 1e-9:
        raise ValueError(f"the last look is at {information[-1]:g} of the users: there are no more than all")
    if not (experiments >= 1 and workers >= 1 and 0 < treatment_share < 1):
        raise ValueError("at least one experiment and one worker are needed, and users in both arms")
    counts = [
        np.round(np.asarray(information) * users * share).astype(int)
        for share in (1 - treatment_share, treatment_share)
    ]
    if min(count[0] for count in counts) < 2 or any((np.diff(count) < 1).any() for count in counts):
        raise ValueError(f"{users} users are too few for these looks: each needs new ones in both arms, the first two")

    most = max(1, DRAWN // users)

    def run(batch: int) -> tuple[np.ndarray, ...]:
        size = min(most, experiments - batch * most)
        rng = generator(seed, "experiments", batch)
        arms = [
            _arm(outcome.draw(rng, (size, int(count[-1])), arm_lift), count)
            for count, arm_lift in zip(counts, (0.0, lift), strict=True)
        ]
        return _welch(*arms)

    batches = range(-(-experiments // most))
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(run, batches))
    estimate, error, z = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    truth = outcome.mean(lift) - outcome.mean(0.0)
    return Paths(np.asarray(information, dtype=np.float64), estimate, error, z, truth)


def _arm(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the mean, the variance of it, and the degrees of freedom by look, of users who came in this order."""
    starts = np.concatenate([[0], counts[:-1]])
    sums = np.cumsum(np.add.reduceat(values, starts, axis=1), axis=1)
    np.multiply(values, values, out=values)
    squares = np.cumsum(np.add.reduceat(values, starts, axis=1), axis=1)
    mean = sums / counts
    rest = squares - counts * mean**2
    rest[rest < 1e-12 * squares] = 0.0  # what rounding leaves of equal values
    return mean, rest / (counts - 1) / counts, counts - 1.0


def _welch(
    control: tuple[np.ndarray, np.ndarray, np.ndarray], treatment: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the difference of means, its standard error and Z (Welch 1947)."""
    (m0, v0, f0), (m1, v1, f1) = control, treatment
    estimate, variance = m1 - m0, v0 + v1
    some = variance > 0
    shares = [np.divide(v, variance, out=np.full_like(v, 0.5), where=some) for v in (v0, v1)]
    freedom = 1 / (shares[0] ** 2 / f0 + shares[1] ** 2 / f1)
    error = np.sqrt(variance)
    t = np.divide(estimate, error, out=np.zeros_like(estimate), where=some)
    tail = np.maximum(special.stdtr(freedom, -np.abs(t)), 1e-300)
    return estimate, error, np.sign(t) * -special.ndtri(tail)

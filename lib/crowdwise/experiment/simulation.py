"""Do the rules keep their promises? Experiments are simulated whole, and every rule is applied to the same ones.

Users come in random order, are looked at after given shares of them, and are compared by Welch's t, put on the normal
scale by its p-value, which is how a group-sequential bound is used when the variance is estimated (Jennison & Turnbull
2000, section 3.8). What simulation shows is a limit of that: with heavy tails and a small arm any rule errs too often,
for the arm's variance is estimated from users among whom its rare heavy ones are missing. A cap repairs most of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from crowdwise.base.seeds import generator
from crowdwise.experiment.outcomes import Outcome
from crowdwise.experiment.sequential.bounds import Bounds, check_information
from crowdwise.experiment.sequential.integration import tail_probability

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


def apply(bounds: Bounds, paths: Paths) -> tuple[np.ndarray, np.ndarray]:
    """Give whether a rule rejects each experiment, and the number of the look (of the paths') that ended it.

    Raises
    ------
    ValueError
        If the rule looks when the paths do not.
    """
    apart = np.abs(np.subtract.outer(np.asarray(bounds.information), paths.information))
    looks = apart.argmin(axis=1)
    if (apart.min(axis=1) > 1e-9).any():
        raise ValueError("the rule looks at another time than the simulated experiments were looked at")
    z = paths.z[:, looks]
    over = (z >= np.array(bounds.upper)) | (z <= np.array(bounds.lower))
    rejects = np.asarray(over.any(axis=1))
    return rejects, looks[np.where(rejects, over.argmax(axis=1), len(looks) - 1)]


def tabulate_rules(paths: Paths, rules: Mapping[str, Bounds], *, level: float = 0.95) -> pd.DataFrame:
    """Give what each rule did, a row a rule, with Monte-Carlo intervals.

    Returns
    -------
    DataFrame
        Indexed by ``rule``. ``rejected``: the share of experiments in which it found a difference (its error if there
        is none, else its power), with the exact interval ``low`` to ``high`` (Clopper & Pearson 1934). ``wrong way``:
        the share it rejected in the direction opposite to the truth. ``users``: mean share of the users when it
        ended. ``found``: mean estimate where it rejected, over the truth (nan without one): what is published
        exaggerates. ``covered``: share of unadjusted intervals at the end that hold the truth.
    """
    n, quantile = len(paths.z), float(stats.norm.isf((1 - level) / 2))
    rows = {}
    for name, bounds in rules.items():
        rejects, last = apply(bounds, paths)
        estimate, error = (x[np.arange(n), last] for x in (paths.estimate, paths.error))
        k = int(rejects.sum())
        low, high = rejected_interval(k, n, level)
        wrong = float((rejects & (estimate * paths.truth < 0)).mean()) if paths.truth else np.nan
        found = float(estimate[rejects].mean() / paths.truth) if paths.truth and k else np.nan
        covered = float((np.abs(estimate - paths.truth) <= quantile * error).mean())
        rows[name] = (k / n, low, high, wrong, float(paths.information[last].mean()), found, covered)
    columns = ["rejected", "low", "high", "wrong way", "users", "found", "covered"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("rule")


def tabulate_adjusted(paths: Paths, rules: Mapping[str, Bounds], *, experiments: int = 2000) -> pd.DataFrame:
    """Give how the adjusted results of `adjust` do in the first simulated experiments, a row a rule.

    Returns
    -------
    DataFrame
        Indexed by ``rule``. ``covered``: share of adjusted intervals (two-sided, 1 - alpha, or 1 - 2 alpha for a
        one-sided rule) that hold the truth, with the exact interval ``low`` to ``high``. ``above``: share of adjusted
        estimates above the truth, which should be a half. Neither needs the intervals themselves: they hold the truth
        just where its stage-wise chance is within the level.
    """
    rows = {}
    for name, bounds in rules.items():
        last = apply(bounds, paths)[1][:experiments]
        tail = bounds.alpha / 2 if bounds.alternative == "two-sided" else bounds.alpha
        place = np.searchsorted(np.asarray(bounds.information), paths.information[last] - 1e-9)
        until = {int(k): bounds.until(int(k) + 1) for k in np.unique(place)}
        chances = []
        for row, (look, k) in enumerate(zip(last, place, strict=True)):
            error, z = float(paths.error[row, look]), float(paths.z[row, look])
            drift = paths.truth / error / np.sqrt(bounds.information[k]) if error > 0 else 0.0
            chances.append(tail_probability(until[int(k)], z, float(drift)))
        held = (np.array(chances) >= tail) & (np.array(chances) <= 1 - tail)
        low, high = rejected_interval(int(held.sum()), len(held))
        rows[name] = (float(held.mean()), low, high, float((np.array(chances) < 0.5).mean()))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["covered", "low", "high", "above"]).rename_axis("rule")


def tabulate_simulation(
    outcomes: Mapping[str, tuple[Outcome, float]],
    rules: Mapping[str, Bounds],
    information: Sequence[float],
    *,
    users: int = 2000,
    experiments: int = 10_000,
    treatment_share: float = 0.5,
    seed: int = 1,
    workers: int = 1,
) -> pd.DataFrame:
    """Simulate an A/A and an A/B test of each outcome and give what every rule did.

    Parameters
    ----------
    outcomes : mapping of str to (Outcome, float)
        By name: an outcome, and the relative lift of its A/B test.

    Returns
    -------
    DataFrame
        As `tabulate_rules` gives it, with ``outcome`` and ``lift`` before. Each outcome's experiments have a seed of
        their own, by its name: adding one changes no other's.
    """
    parts = []
    for name, (outcome, effect) in outcomes.items():
        for lift in (0.0, effect):
            own = int(generator(seed, "simulation", name, f"{lift:g}").integers(2**32))
            paths = simulate(
                outcome,
                information,
                lift=lift,
                users=users,
                experiments=experiments,
                treatment_share=treatment_share,
                seed=own,
                workers=workers,
            )
            table = tabulate_rules(paths, rules).reset_index()
            table.insert(0, "outcome", name)
            table.insert(1, "lift", lift)
            parts.append(table)
    if not parts:
        raise ValueError("no outcome is given, so there is nothing to simulate")
    return pd.concat(parts, ignore_index=True)


def rejected_interval(rejected: int, experiments: int, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of a share that was counted in simulated experiments (Clopper & Pearson 1934)."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, rejected, experiments - rejected + 1)) if rejected else 0.0
    high = float(stats.beta.isf(tail, rejected + 1, experiments - rejected)) if rejected < experiments else 1.0
    return low, high

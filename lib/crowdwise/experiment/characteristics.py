"""Do the rules keep their promises? The operating characteristics of each, on the same simulated experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from crowdwise.base.seeds import derive
from crowdwise.experiment.populations import Outcome
from crowdwise.experiment.sequential.bounds import Bounds
from crowdwise.experiment.sequential.integration import tail_probability
from crowdwise.experiment.simulation import Paths, simulate


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
            paths = simulate(
                outcome,
                information,
                lift=lift,
                users=users,
                experiments=experiments,
                treatment_share=treatment_share,
                seed=derive(seed, "simulation", name, f"{lift:g}"),
                workers=workers,
            )
            table = tabulate_rules(paths, rules).reset_index()
            table.insert(0, "outcome", name)
            table.insert(1, "lift", lift)
            parts.append(table)
    if not parts:
        raise ValueError("no outcome is given, so there is nothing to simulate")
    return pd.concat(parts, ignore_index=True)


def tabulate_promises(table: pd.DataFrame) -> pd.DataFrame:
    """Give how often each rule found something where nothing was (error) and where something was (power).

    Parameters
    ----------
    table : DataFrame
        As `tabulate_simulation` gives it.

    Returns
    -------
    DataFrame
        A row a rule, in the table's order; for each outcome a column of errors and one of power.
    """
    kinds = np.where(table["lift"] == 0, "error", "power")
    named = table.assign(column=table["outcome"] + ": " + kinds)
    return named.pivot_table("rejected", "rule", "column", sort=False)


def rejected_interval(rejected: int, experiments: int, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of a share that was counted in simulated experiments (Clopper & Pearson 1934)."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, rejected, experiments - rejected + 1)) if rejected else 0.0
    high = float(stats.beta.isf(tail, rejected + 1, experiments - rejected)) if rejected < experiments else 1.0
    return low, high

"""A simulated test of advice: a log as the database would hold it, of creators whose both outcomes are known.

Nothing here is about real creators. How they react to advice is set, so that an analysis can be held against the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator

START = pd.Timestamp("2026-01-05", tz="UTC")  # when the first simulated creator comes
WAITING, SHORTEST, LONGEST = 30, 20, 60  # days until a draft must be launched; of a campaign
SKILL = 0.15  # by how much a creator one sd abler reaches the goal more often
GOAL, SPREAD = 5000.0, 1.1  # median USD, sd of its logarithm
LATER = 10  # days that following advice takes, at most until the waiting time is over
RETURNING = 0.3  # share with earlier projects


@dataclass(frozen=True)
class Creators:
    """What creators are like, and what advice does to them.

    Parameters
    ----------
    reached : float
        Share of all drafts that reach their goal without advice; those never launched do not.
    launched : float
        Share of drafts that are launched.
    uptake : float
        Share that uses the advice where it is offered. Abler creators use it more often: use is self-selected.
    gain : float
        What advice adds to the chance of those who use it.
    """

    reached: float
    launched: float = 0.85
    uptake: float = 0.6
    gain: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.reached < self.launched < 1:
            raise ValueError(
                f"{self.reached:g} reach their goal and {self.launched:g} are launched: fewer, and not all"
            )
        if not 0 <= self.gain <= self.launched - self.reached:
            raise ValueError(f"a gain of {self.gain:g}: from 0 to what the launched projects leave open")


def simulate_creators(
    arms: pd.Series, creators: Creators, *, start: pd.Timestamp = START, per_day: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Simulate a test.

    Parameters
    ----------
    arms : Series of category, shape (n,)
        Arm by creator, the control's category first; in the order in which they come.
    start : Timestamp
        When the first creator comes.
    per_day : float
        Creators that come in a day.

    Returns
    -------
    log : DataFrame
        A row a creator: ``creator_id, arm, assigned_at, earlier_successes, used, known_at, launched, reached_goal,
        pledged_usd``. The last two are empty where a draft was never launched. ``known_at`` is when the outcome was
        known: the deadline, or the end of the waiting time. Who follows advice launches later, so that outcomes known
        early differ between arms by that alone.
    untreated, treated : DataFrame
        The outcomes of all creators without and with advice, which no log ever has both of.
    """
    n, rng = len(arms), generator(seed, "kickstarter", "simulated experiment")
    skill = rng.normal(size=n)
    rank = (np.argsort(np.argsort(skill)) + 0.5) / n
    uses = rng.random(n) < creators.uptake + 1.2 * min(creators.uptake, 1 - creators.uptake) * (rank - 0.5)
    launched = rng.random(n) < creators.launched
    chance = np.clip(creators.reached / creators.launched + SKILL * skill, 0.02, 0.98)
    goal = np.exp(rng.normal(np.log(GOAL), SPREAD, n))
    luck, over, short = rng.random(n), rng.exponential(0.3, n), rng.beta(0.5, 4.0, n)
    waited = rng.uniform(1, WAITING, n)
    days = np.clip(rng.normal(36, 10, n), SHORTEST, LONGEST)

    def outcomes(gain: float | np.ndarray) -> pd.DataFrame:
        reached = luck < np.clip(chance + np.asarray(gain) / creators.launched, 0, 1)
        pledged = goal * np.where(reached, 1 + over, short)
        return pd.DataFrame(
            {
                "launched": launched.astype(np.float64),
                "reached_goal": np.where(launched, reached, np.nan),
                "pledged_usd": np.where(launched, pledged, np.nan).round(2),
            }
        )

    untreated, treated = outcomes(0.0), outcomes(creators.gain * uses)
    in_treatment = arms.cat.codes.to_numpy() > 0
    waited = np.where(uses & in_treatment, np.minimum(waited + LATER, WAITING), waited)
    assigned = start + pd.to_timedelta(np.arange(n) / per_day, unit="D")
    log = pd.DataFrame(
        {
            "creator_id": arms.index.to_numpy(),
            "arm": arms.to_numpy(),
            "assigned_at": assigned,
            "earlier_successes": np.where(rng.random(n) < RETURNING, rng.poisson(np.exp(0.6 * skill)), 0),
            "used": uses & in_treatment,
            "known_at": assigned + pd.to_timedelta(np.where(launched, waited + days, WAITING), unit="D"),
        }
    )
    for name in untreated:
        log[name] = np.where(in_treatment, treated[name], untreated[name])
    return log, untreated, treated

"""A simulated test of recommendations: a log as the database would hold it, of players whose both outcomes are known.

Nothing here is about real players. The paces and hours are drawn so that their mean and spread are those of real (or
made-up) libraries; how players react is set, so that an analysis can be held against the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdwise.base.seeds import generator


@dataclass(frozen=True)
class Players:
    """What players are like, and what recommendations do to them.

    Parameters
    ----------
    games, games_sd : float
        Games bought in the window without recommendations: mean, and standard deviation between players. A pace of a
        player's own (gamma) makes it larger than a Poisson count's.
    active, hours : float
        Share that plays in the window, and mean hours of all players, heavy-tailed (log-normal) among those who play.
    uptake : float
        Share that looks at recommendations. Players who buy more look more often: looking is self-selected.
    lift : float
        What recommendations add to the games bought by those who look, relative.
    hours_lift : float
        The same for hours.
    liking : float
        What being recommended adds to the chance that a game's review is positive, 0 or more.
    """

    games: float
    games_sd: float
    active: float
    hours: float
    uptake: float = 0.6
    lift: float = 0.0
    hours_lift: float = 0.0
    liking: float = 0.0


START = pd.Timestamp("2026-01-05", tz="UTC")  # when the first simulated player comes
WEEKS_BEFORE = 12  # that the covariates are counted over; the window has two weeks
SPREAD, LASTING = 1.4, 0.6  # sd of log hours, as in real libraries; share of its variance that lasts
ELIGIBLE, REVIEWED, LEAVES, STAFF = 0.25, 0.3, 0.04, 0.002
LIKED_OWN, LIKED_ELIGIBLE = 1.1, 2.1  # log odds of a positive review: games that fit are liked, recommended or not


def simulate_players(
    arms: pd.Series, players: Players, *, start: pd.Timestamp = START, per_day: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Simulate a test.

    In both arms the ten games that a player would be recommended are logged: one arm is shown them, in the other
    they are held back. So ``eligible_*`` counts purchases and reviews of the same kind of games in both.

    Parameters
    ----------
    arms : Series of category, shape (n,)
        Arm by player, the control's category first; in the order in which they come.
    start : Timestamp
        When the first player comes.
    per_day : float
        Players that come in a day.

    Returns
    -------
    log : DataFrame
        A row a player: ``player_id, arm, assigned_at, is_staff, games_before, hours_before, looked, games_bought,
        bought_elsewhere, hours, eligible_reviews, eligible_positive, own_reviews, own_positive, left_page``.
    untreated, treated : DataFrame
        The outcomes of all players without and with recommendations, which no log ever has both of.

    Raises
    ------
    ValueError
        If the spread of games bought is below that of chance alone, or an effect is negative.
    """
    if min(players.lift, players.liking) < 0:
        raise ValueError(f"lift {players.lift:g}, liking {players.liking:g}: this simulation knows no harm")
    n, rng = len(arms), generator(seed, "steam", "simulated experiment")
    extra = players.games_sd**2 - players.games
    if extra <= 0:
        raise ValueError(f"games have mean {players.games:g} and sd {players.games_sd:g}: chance alone spreads more")
    shape = players.games**2 / extra
    pace = rng.gamma(shape, players.games / shape, n)
    level = rng.normal(0.0, SPREAD * np.sqrt(LASTING), n)
    looks = rng.random(n) < _willing(pace, players.uptake)
    log = pd.DataFrame(
        {
            "player_id": arms.index.to_numpy(),
            "arm": arms.to_numpy(),
            "assigned_at": start + pd.to_timedelta(np.arange(n) / per_day, unit="D"),
            "is_staff": rng.random(n) < STAFF,
            "games_before": rng.poisson(pace * WEEKS_BEFORE / 2),
            "hours_before": _hours(rng, level, players),
            "looked": looks,
        }
    )
    lenient = rng.normal(0.0, 0.8, n)
    bought = rng.poisson(pace)
    eligible = rng.binomial(bought, ELIGIBLE)
    liked, liked_own = (1 / (1 + np.exp(-lenient - odds)) for odds in (LIKED_ELIGIBLE, LIKED_OWN))
    reviews = rng.binomial(eligible, REVIEWED)
    positive = rng.binomial(reviews, liked)
    own_reviews = rng.binomial(bought - eligible, REVIEWED)
    own_positive = rng.binomial(own_reviews, liked_own)
    hours = _hours(rng, level, players)
    untreated = pd.DataFrame(
        {
            "games_bought": bought,
            "bought_elsewhere": bought - eligible,
            "hours": hours,
            "eligible_reviews": reviews,
            "eligible_positive": positive,
            "own_reviews": own_reviews,
            "own_positive": own_positive,
            "left_page": (rng.random(n) < LEAVES).astype(np.float64),
        }
    )
    more = rng.poisson(players.lift * pace * looks)
    liking = np.minimum(players.liking * looks, 1 - liked)
    more_reviews = rng.binomial(more, REVIEWED)
    more_positive = rng.binomial(more_reviews, liked + liking)
    turned = rng.binomial(reviews - positive, liking / (1 - liked))  # reviews that only being recommended made positive
    treated = untreated.assign(
        games_bought=bought + more,
        hours=hours * (1 + players.hours_lift * looks),
        eligible_reviews=reviews + more_reviews,
        eligible_positive=positive + turned + more_positive,
    )
    in_treatment = arms.cat.codes.to_numpy() > 0
    log["looked"] &= in_treatment
    for name in untreated:
        log[name] = np.where(in_treatment, treated[name], untreated[name])
    return log, untreated, treated


def _willing(pace: np.ndarray, uptake: float) -> np.ndarray:
    """Give each player's chance to look: it rises with the pace, and its mean is the uptake."""
    rank = (np.argsort(np.argsort(pace)) + 0.5) / len(pace)
    return uptake + 1.2 * min(uptake, 1 - uptake) * (rank - 0.5)


def _hours(rng: np.random.Generator, level: np.ndarray, players: Players) -> np.ndarray:
    """Draw a window's hours: a level that lasts, a spread that does not, and windows without any play."""
    noise = rng.normal(0.0, SPREAD * np.sqrt(1 - LASTING), len(level))
    hours = np.exp(level + noise - SPREAD**2 / 2) * players.hours / players.active
    return np.where(rng.random(len(level)) < players.active, hours, 0.0)

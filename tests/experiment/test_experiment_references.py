"""Sizes and powers are those that R's stats, pwr, gsDesign and published tables give."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crowdwise.experiment.design import (
    Clustering,
    dunnett_critical,
    means_effect,
    means_power,
    means_size,
    noninferiority_means_size,
    noninferiority_proportions_size,
    proportions_effect,
    proportions_power,
    proportions_size,
    rates_size,
    restricted_proportions,
)


def apart(h: float) -> tuple[float, float]:
    """Two proportions whose distance on the arcsine scale is h."""
    return 0.5, math.sin(math.pi / 4 + h / 2) ** 2


ONE, ARCSINE = {"alternative": "larger"}, {"method": "arcsine"}
CASES = {
    "R pwr.t.test d .5": (means_size(0.5).control, 63.76561),
    "R pwr.t.test d .8": (means_size(0.8).control, 25.52458),
    "R pwr.t.test d .3": (means_size(0.3).control, 175.3847),
    "R pwr.t.test d .5 power .9": (means_size(0.5, power=0.9).control, 85.03128),
    "R pwr.t.test d .5 greater": (means_size(0.5, **ONE).control, 50.1508),
    "R power.t.test delta 1 power .9 one-sided": (means_size(1, power=0.9, **ONE).control, 17.84713),
    "R power.t.test n 20 delta 1": (means_power(1, 20), 0.8689528),
    "R pwr.t2n.test d .6 n 90 60 greater": (means_power(0.6, 90, ratio=60 / 90, **ONE), 0.9737262),
    "R pwr.t.test n 85.03128 power .9, back": (means_effect(85.03128, power=0.9), 0.5),
    "R power.prop.test n 50 .50 .75": (proportions_power(0.5, 0.75, 50), 0.7401659),
    "R power.prop.test .50 .75 power .9": (proportions_size(0.5, 0.75, power=0.9).control, 76.7),
    "R power.prop.test n 50 .50 power .9": (0.5 + proportions_effect(0.5, 50, power=0.9), 0.8026141),
    "R pwr.2p.test h .3 n 80 greater": (proportions_power(*apart(0.3), 80, **ARCSINE, **ONE), 0.5996777),
    "R pwr.2p2n.test h .3 n 80 245 greater": (
        proportions_power(*apart(0.3), 80, ratio=245 / 80, **ARCSINE, **ONE),
        0.7532924,
    ),
    "R pwr.2p.test h .2": (proportions_size(*apart(0.2), **ARCSINE).control, 392.443),
    "R pwr.2p.test h .5": (proportions_size(*apart(0.5), **ARCSINE).control, 62.79088),
    "R gsDesign nBinomial .4 .4 margin .05": (noninferiority_proportions_size(0.4, 0.4, 0.05).total, 3009.3881),
    "R pwr.t.test d .2 power .9 greater .025": (noninferiority_means_size(0, 0.2, power=0.9).control, 526.3332),
}


@pytest.mark.parametrize(("ours", "published"), CASES.values(), ids=CASES)
def test_designs_are_those_of_r(ours, published):
    assert ours == pytest.approx(published, rel=1e-4)


@pytest.mark.parametrize(
    ("ratio", "null", "units"),
    # Zhu & Lakkis (2014), their three methods: rate .8, exposure .75, dispersion .7, power .8
    [
        (0.85, "control", 1433),
        (0.85, "actual", 1494),
        (0.85, "likelihood", 1490),
        (1.15, "control", 1876),
        (1.15, "actual", 1815),
        (1.15, "likelihood", 1811),
    ],
)
def test_sizes_for_rates_are_those_of_zhu_and_lakkis(ratio, null, units):
    size = rates_size(0.8, 0.8 * ratio, exposure=0.75, dispersion=0.7, null=null)
    assert size.rounded().control == units


@pytest.mark.parametrize(
    ("alternative", "freedom", "bounds"),
    [
        # Dunnett (1955, 1964), .05, one to five treatments; his tables round, some of the 1955 ones up
        ("two-sided", math.inf, (1.96, 2.21, 2.35, 2.44, 2.51)),
        ("larger", math.inf, (1.64, 1.92, 2.06, 2.16, 2.23)),
        ("larger", 20, (1.72, 2.03, 2.19, 2.30, 2.39)),
        ("two-sided", 20, (2.09, 2.38, 2.54, 2.65, 2.73)),
    ],
)
def test_bounds_for_many_arms_are_dunnetts(alternative, freedom, bounds):
    ours = [dunnett_critical(k, alternative=alternative, freedom=freedom) for k in range(1, 6)]
    assert ours == pytest.approx(bounds, abs=0.0055)


def test_the_intraclass_correlation_is_that_of_shrout_and_fleiss():
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]  # 1979, table 2
    found = Clustering.of(np.ravel(ratings), np.repeat(np.arange(6), 4))
    assert found.icc == pytest.approx(0.17, abs=0.005)  # their ICC(1,1)
    assert (found.low, found.high) == pytest.approx((-0.133, 0.723), abs=6e-4)  # R psych::ICC


@pytest.mark.parametrize(("limit", "z"), [(0.0533338, 1.959964), (0.3377296, -1.959964)])
def test_restricted_proportions_give_the_published_score_interval(limit, z):
    # Farrington & Manning, 56/70 v 48/80: at the limits of the interval the statistic is the normal quantile
    p0, p1 = restricted_proportions(48 / 80, 56 / 70, limit, ratio=70 / 80)
    error = math.sqrt(p1 * (1 - p1) / 70 + p0 * (1 - p0) / 80)
    assert (56 / 70 - 48 / 80 - limit) / error == pytest.approx(z, abs=1e-5)

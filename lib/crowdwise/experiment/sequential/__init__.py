"""Looking at a test before its end without fooling anybody: bounds, what they cost, and results when stopped early.

Information is given as a fraction of the planned one: for a comparison of two arms, the inverse variance of the
difference over the one planned at the end; with equal variances that is the share of units whose outcome is known.
"""

from crowdwise.experiment.sequential.anytime import (
    anytime_bounds,
    anytime_critical,
    anytime_p_value,
    confidence_sequence,
)
from crowdwise.experiment.sequential.bounds import Bounds, bounds_by_shape, bounds_by_spending, unadjusted_bounds
from crowdwise.experiment.sequential.integration import Crossing, crossing, drift_for_power, tail_probability
from crowdwise.experiment.sequential.price import inflation, rules_of, tabulate_bounds, tabulate_price
from crowdwise.experiment.sequential.spending import Spending, spend
from crowdwise.experiment.sequential.stopping import Adjusted, adjust

__all__ = [
    "Adjusted",
    "Bounds",
    "Crossing",
    "Spending",
    "adjust",
    "anytime_bounds",
    "anytime_critical",
    "anytime_p_value",
    "bounds_by_shape",
    "bounds_by_spending",
    "confidence_sequence",
    "crossing",
    "drift_for_power",
    "inflation",
    "rules_of",
    "spend",
    "tabulate_bounds",
    "tabulate_price",
    "tail_probability",
    "unadjusted_bounds",
]

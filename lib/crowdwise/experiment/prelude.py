"""What an experiment's notebook starts with, beside its system's own prelude."""

from IPython.display import Markdown

from crowdwise.experiment.assignment import assign_by_plan
from crowdwise.experiment.baseline import Baseline, capped, counts_in_window, tabulate_baselines, variance_factor
from crowdwise.experiment.characteristics import tabulate_promises, tabulate_simulation
from crowdwise.experiment.cohorts import tabulate_cohorts
from crowdwise.experiment.comparison import Comparison, tabulate_duration, tabulate_power, tabulate_sizes, vary
from crowdwise.experiment.duration import Enrolment
from crowdwise.experiment.figures import draw_duration, draw_horizons, draw_power
from crowdwise.experiment.horizons import tabulate_horizons
from crowdwise.experiment.monitoring import find_refusal, follow, list_looks, list_z
from crowdwise.experiment.plan_change import hash_plan
from crowdwise.experiment.plan_tables import tabulate_metrics, tabulate_plan
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.populations import UNRULY
from crowdwise.experiment.recovery import tabulate_holdout, tabulate_recovery, tabulate_takers
from crowdwise.experiment.sequential import inflation, rules_of, tabulate_price
from crowdwise.experiment.sequential.figures import draw_bounds, draw_errors, draw_price
from crowdwise.experiment.visits import Returning
from crowdwise.reporting.figures import show_found
from crowdwise.storage.documents import read_text

__all__ = [
    "UNRULY",
    "Baseline",
    "Comparison",
    "Enrolment",
    "Markdown",
    "Returning",
    "assign_by_plan",
    "capped",
    "counts_in_window",
    "draw_bounds",
    "draw_duration",
    "draw_errors",
    "draw_horizons",
    "draw_power",
    "draw_price",
    "find_refusal",
    "follow",
    "hash_plan",
    "inflation",
    "list_looks",
    "list_z",
    "read_plan",
    "read_text",
    "rules_of",
    "show_found",
    "tabulate_baselines",
    "tabulate_cohorts",
    "tabulate_duration",
    "tabulate_holdout",
    "tabulate_horizons",
    "tabulate_metrics",
    "tabulate_plan",
    "tabulate_power",
    "tabulate_price",
    "tabulate_promises",
    "tabulate_recovery",
    "tabulate_simulation",
    "tabulate_sizes",
    "tabulate_takers",
    "variance_factor",
    "vary",
]

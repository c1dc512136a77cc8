"""What the explore notebook counts, draws and shows, by one import."""

from crowdwise.kickstarter.bias import one_sided_cells, parts_by_month, survey_cells
from crowdwise.kickstarter.drift import measure_drift
from crowdwise.kickstarter.exploration import STEP, completeness, decided_projects, leak_auc, one_sided
from crowdwise.kickstarter.figures.bias import (
    draw_categories,
    draw_drift,
    draw_probe,
    draw_reference,
    draw_survey,
)
from crowdwise.kickstarter.figures.comparison import draw_comparison, draw_forms
from crowdwise.kickstarter.figures.explore import draw_cliff, draw_completeness, draw_distributions, draw_leak
from crowdwise.kickstarter.figures.money import draw_beyond, draw_money, draw_pledges
from crowdwise.kickstarter.figures.selection import draw_selection
from crowdwise.kickstarter.figures.wording import draw_words
from crowdwise.kickstarter.groups import FORM
from crowdwise.kickstarter.probe import probe_months
from crowdwise.kickstarter.reference import reference_table
from crowdwise.kickstarter.selection import demonstrate
from crowdwise.kickstarter.transformations import list_transformations

__all__ = [
    "FORM",
    "STEP",
    "completeness",
    "decided_projects",
    "demonstrate",
    "draw_beyond",
    "draw_categories",
    "draw_cliff",
    "draw_comparison",
    "draw_completeness",
    "draw_distributions",
    "draw_drift",
    "draw_forms",
    "draw_leak",
    "draw_money",
    "draw_pledges",
    "draw_probe",
    "draw_reference",
    "draw_selection",
    "draw_survey",
    "draw_words",
    "leak_auc",
    "list_transformations",
    "measure_drift",
    "one_sided",
    "one_sided_cells",
    "parts_by_month",
    "probe_months",
    "reference_table",
    "survey_cells",
]

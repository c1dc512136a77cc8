"""What the model notebook works with, in one import."""

from crowdwise.kickstarter.comparison import (
    CROSS_VALIDATION,
    TEMPORAL,
    compare_models,
    known_ceiling,
    score_models,
    scores_tables,
    state_gate,
)
from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import (
    CHOSEN,
    cross_validate,
    fit_design,
    fit_models,
    make_models,
    set_up_study,
    view_for,
)
from crowdwise.kickstarter.features import FEATURES, describe_features
from crowdwise.kickstarter.figures.model import (
    draw_discrimination,
    draw_importance,
    draw_prediction,
    draw_reliability,
)
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.importance import permutation_importance
from crowdwise.kickstarter.moments import moments_table
from crowdwise.kickstarter.scores import calibration_error, reliability
from crowdwise.kickstarter.splits import stratified_folds, temporal_split
from crowdwise.kickstarter.training import train_predictor

__all__ = [
    "CHOSEN",
    "CROSS_VALIDATION",
    "FEATURES",
    "TEMPORAL",
    "Draft",
    "calibration_error",
    "compare_models",
    "cross_validate",
    "describe_features",
    "draw_discrimination",
    "draw_importance",
    "draw_prediction",
    "draw_reliability",
    "fit_design",
    "fit_models",
    "held_months",
    "known_ceiling",
    "make_models",
    "moments_table",
    "permutation_importance",
    "reliability",
    "score_models",
    "scores_tables",
    "set_up_study",
    "state_gate",
    "stratified_folds",
    "temporal_split",
    "train_predictor",
    "view_for",
]

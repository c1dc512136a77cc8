"""What the model notebook works with, in one import."""

from crowdwise.kickstarter.comparison import (
    CROSS_VALIDATION,
    TEMPORAL,
    Score,
    compare_models,
    known_ceiling,
    score_models,
    scores_tables,
    state_gate,
)
from crowdwise.kickstarter.effects import accumulated_effects
from crowdwise.kickstarter.evaluation import CHOSEN, LEAK_PROBE, cross_validate, make_models, set_up_study
from crowdwise.kickstarter.examples import example_draft
from crowdwise.kickstarter.exclusions import account_for, count_gaps
from crowdwise.kickstarter.features import FEATURES, describe_features
from crowdwise.kickstarter.figures.curves import draw_learning, draw_ranking
from crowdwise.kickstarter.figures.decisions import draw_costs, draw_decisions
from crowdwise.kickstarter.figures.effects import draw_effects
from crowdwise.kickstarter.figures.model import draw_discrimination, draw_importance, draw_prediction, draw_reliability
from crowdwise.kickstarter.figures.slices import draw_slices, draw_years
from crowdwise.kickstarter.held import held_months
from crowdwise.kickstarter.importance import permutation_importance, shap_importance
from crowdwise.kickstarter.later import judge_later
from crowdwise.kickstarter.learning import learning_curve
from crowdwise.kickstarter.mistakes import tell_mistakes
from crowdwise.kickstarter.modelcard import compose_card, save_card
from crowdwise.kickstarter.moments import moments_table
from crowdwise.kickstarter.scores import calibration_error
from crowdwise.kickstarter.slices import score_slices, slice_metrics, slice_projects
from crowdwise.kickstarter.splits import stratified_folds
from crowdwise.kickstarter.training import train_predictor

__all__ = [
    "CHOSEN",
    "CROSS_VALIDATION",
    "FEATURES",
    "LEAK_PROBE",
    "TEMPORAL",
    "Score",
    "account_for",
    "accumulated_effects",
    "calibration_error",
    "compare_models",
    "compose_card",
    "count_gaps",
    "cross_validate",
    "describe_features",
    "draw_costs",
    "draw_decisions",
    "draw_discrimination",
    "draw_effects",
    "draw_importance",
    "draw_learning",
    "draw_prediction",
    "draw_ranking",
    "draw_reliability",
    "draw_slices",
    "draw_years",
    "example_draft",
    "held_months",
    "judge_later",
    "known_ceiling",
    "learning_curve",
    "make_models",
    "moments_table",
    "permutation_importance",
    "save_card",
    "score_models",
    "score_slices",
    "scores_tables",
    "set_up_study",
    "shap_importance",
    "slice_metrics",
    "slice_projects",
    "state_gate",
    "stratified_folds",
    "tell_mistakes",
    "train_predictor",
]

"""What the model notebook works with, in one import."""

from crowdwise.kickstarter.checks.finding import findings_table, refuse_severe, waive
from crowdwise.kickstarter.checks.running import check_model
from crowdwise.kickstarter.comparison import (
    CROSS_VALIDATION,
    TEMPORAL,
    known_ceiling,
    score_models,
    scores_tables,
    state_gate,
)
from crowdwise.kickstarter.deployment import read_deployment, state_deployment
from crowdwise.kickstarter.effects import accumulated_effects
from crowdwise.kickstarter.evaluation import LEAK_PROBE, make_models, set_up_study
from crowdwise.kickstarter.examples import example_draft
from crowdwise.kickstarter.exclusions import account_for, count_gaps
from crowdwise.kickstarter.feature_sets import CHARTER, PORTABLE, left_out_table
from crowdwise.kickstarter.features import describe_features
from crowdwise.kickstarter.figures.curves import draw_learning, draw_ranking
from crowdwise.kickstarter.figures.decisions import draw_costs, draw_decisions
from crowdwise.kickstarter.figures.effects import draw_effects
from crowdwise.kickstarter.figures.model import draw_discrimination, draw_importance, draw_prediction, draw_reliability
from crowdwise.kickstarter.figures.slices import draw_slices, draw_years
from crowdwise.kickstarter.importance import permutation_importance, shap_importance
from crowdwise.kickstarter.keeping import keep_model, keep_scores, score_calibrated
from crowdwise.kickstarter.later import judge_later
from crowdwise.kickstarter.learning import learning_curve
from crowdwise.kickstarter.mistakes import tell_mistakes
from crowdwise.kickstarter.modelcard import compose_card, save_card
from crowdwise.kickstarter.moments import moments_table
from crowdwise.kickstarter.prior import ReferenceRate, state_population
from crowdwise.kickstarter.protocols.external import judge_outside
from crowdwise.kickstarter.protocols.headline import headline_table, state_charter, state_honest
from crowdwise.kickstarter.protocols.pairs import compare_pairs
from crowdwise.kickstarter.protocols.protocol import FEW, list_protocols, protocols_table
from crowdwise.kickstarter.protocols.running import run_protocols
from crowdwise.kickstarter.protocols.scoring import score_judged
from crowdwise.kickstarter.protocols.shifts import shifts_table
from crowdwise.kickstarter.slices import score_slices, slice_metrics, slice_projects
from crowdwise.kickstarter.training import train_predictor
from crowdwise.kickstarter.tuning.search import TRIED, read_tried, tabulate_tried

__all__ = [
    "CHARTER",
    "CROSS_VALIDATION",
    "FEW",
    "LEAK_PROBE",
    "PORTABLE",
    "TEMPORAL",
    "TRIED",
    "ReferenceRate",
    "account_for",
    "accumulated_effects",
    "check_model",
    "compare_pairs",
    "compose_card",
    "count_gaps",
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
    "findings_table",
    "headline_table",
    "judge_later",
    "judge_outside",
    "keep_model",
    "keep_scores",
    "known_ceiling",
    "learning_curve",
    "left_out_table",
    "list_protocols",
    "make_models",
    "moments_table",
    "permutation_importance",
    "protocols_table",
    "read_deployment",
    "read_tried",
    "refuse_severe",
    "run_protocols",
    "save_card",
    "score_calibrated",
    "score_judged",
    "score_models",
    "score_slices",
    "scores_tables",
    "set_up_study",
    "shap_importance",
    "shifts_table",
    "slice_metrics",
    "slice_projects",
    "state_charter",
    "state_deployment",
    "state_gate",
    "state_honest",
    "state_population",
    "tabulate_tried",
    "tell_mistakes",
    "train_predictor",
    "waive",
]

"""What each system is held to: the charter's criteria, and the honest figures beside them."""

from __future__ import annotations

from crowdwise.reporting.criteria import Criterion

_DEPLOYED = "WARP fold-in"
_BOOSTED = "LightGBM"
_CHARTER, _LATER = "stratified cross-validation", "temporal"

PROMISES: tuple[Criterion, ...] = (
    Criterion(
        "steam",
        "Ranks held-out games of the same players, AUC at least 0.75",
        "3-model",
        "auc",
        {"model": _DEPLOYED, "split": "holdout", "slice": "all"},
        bar="gate",
        words="The charter's gate for deployment. Popularity alone comes close to it, so read the next line as well.",
    ),
    Criterion(
        "steam",
        "Better than popularity in the ten games shown (difference in NDCG@10)",
        "3-model",
        "ndcg_at_10_difference",
        {"model": f"{_DEPLOYED} less popularity", "split": "holdout"},
        bar=0.0,
        words="Paired, player by player, on the same held-out games; met if the whole interval is above 0.",
        surely=True,
    ),
    Criterion(
        "steam",
        "Players buy more games: players needed in each arm of the A/B test",
        "4-experiment",
        "sample_size_per_arm",
        {"slice": "games bought"},
        words="Designed, not run: nobody knows yet whether recommendations sell games.",
    ),
    Criterion(
        "kickstarter",
        "Tells successes from failures in the charter's cross-validation, AUC at least 0.9",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _CHARTER, "slice": "all"},
        bar="gate",
        words="The charter's gate. The crawl itself gives part of it away: see the next two lines.",
    ),
    Criterion(
        "kickstarter",
        "The same on launches later than all it learnt from (AUC)",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _LATER, "slice": "all"},
        words="What a model in use would meet.",
    ),
    Criterion(
        "kickstarter",
        "The same within one sub-category and year (AUC)",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _CHARTER, "slice": "within sub-category and year"},
        words="Where the crawl's leak can't help: the figure to think of when a single project is judged.",
    ),
    Criterion(
        "kickstarter",
        "Creators reach their goal more often: creators needed in each arm of the A/B test",
        "4-experiment",
        "sample_size_per_arm",
        words="Designed, not run: nobody knows yet whether advice helps.",
    ),
)

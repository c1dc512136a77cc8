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
        words="The charter's bar for deployment. Popularity alone reaches it too, so read the next lines as well.",
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
        "Against item-kNN, the strongest peer in the ten games shown (difference in NDCG@10)",
        "3-model",
        "ndcg_at_10_difference",
        {"model": f"{_DEPLOYED} less item-kNN", "split": "holdout"},
        words="Below 0 the peer's lists are better; the deployed model orders the whole catalogue better.",
    ),
    Criterion(
        "steam",
        "Players buy more games: players needed in each arm of an A/B test",
        "4-experiment",
        "sample_size_per_arm",
        {"slice": "games bought"},
        words="Designed, not run: nobody knows yet whether it sells games. The report names effect, power and uptake.",
    ),
    Criterion(
        "kickstarter",
        "Tells successes from failures in the charter's cross-validation, AUC at least 0.9",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _CHARTER, "slice": "all"},
        bar="gate",
        words="The charter's bar. The crawl itself gives part of it away: see the next two lines.",
    ),
    Criterion(
        "kickstarter",
        "AUC on launches later than all those it learnt from",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _LATER, "slice": "all"},
        words="What a model in use would meet.",
    ),
    Criterion(
        "kickstarter",
        "AUC within one sub-category and year",
        "3-model",
        "auc",
        {"model": _BOOSTED, "split": _CHARTER, "slice": "within sub-category and year"},
        words="Where the crawl's leak can't help: the figure to think of when a single project is judged.",
    ),
    Criterion(
        "kickstarter",
        "Creators reach their goal more often: creators needed in each arm of an A/B test",
        "4-experiment",
        "sample_size_per_arm",
        words="Designed, not run: nobody knows yet whether advice helps. The report names effect, power and uptake.",
    ),
)

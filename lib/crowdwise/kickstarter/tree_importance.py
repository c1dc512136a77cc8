"""What the trees' splits rest on: how often a column is split on, and how much that lowers the loss."""

from __future__ import annotations

import lightgbm
import pandas as pd

from crowdwise.kickstarter.contributions import group_of


def list_importances(booster: lightgbm.Booster, permutation: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give each column's importance in the trees, the largest gain first.

    Gain favours columns with many values (Strobl et al. 2007); what a shuffled group loses does not.

    Parameters
    ----------
    booster : Booster
    permutation : DataFrame, optional
        ``group, auc_lost, low, high``, as `crowdwise.kickstarter.importance.permutation_importance` gives.

    Returns
    -------
    DataFrame
        ``feature, group, gain, splits`` and ``gain_share``; of its group also ``group_auc_lost, group_low,
        group_high``, empty where nobody measured it.
    """
    names = booster.feature_name()
    gain = booster.feature_importance("gain")
    table = pd.DataFrame(
        {
            "feature": names,
            "group": [group_of(name) for name in names],
            "gain": gain,
            "splits": booster.feature_importance("split"),
            "gain_share": gain / (gain.sum() or 1.0),
        }
    )
    given = pd.DataFrame(columns=["group", "auc_lost", "low", "high"]) if permutation is None else permutation
    lost = given.set_index("group")[["auc_lost", "low", "high"]].add_prefix("group_")
    table = table.join(lost.reindex(table["group"]).reset_index(drop=True))
    return table.sort_values(["gain", "feature"], ascending=[False, True], kind="stable", ignore_index=True)

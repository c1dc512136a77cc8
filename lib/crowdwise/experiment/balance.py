"""Were the arms alike before the experiment? A check of the assignment, not a reason to choose covariates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

NOTABLE = 0.1  # standard deviations between arms (Austin 2009)


def tabulate_balance(data: pd.DataFrame, covariates: Sequence[str], arm: str, control: str) -> pd.DataFrame:
    """Give how far each arm is from the control in each covariate, in standard deviations (Austin 2009).

    The standardised difference is that of the means over the root of the mean of both arms' variances; missing values
    are left out and counted. By chance it has a standard deviation of about sqrt(1/n + 1/m).

    Parameters
    ----------
    data : DataFrame
        A row a unit.
    covariates : sequence of str
        Columns of numbers or booleans known before assignment.
    arm, control : str
        The column of arms, and the control's name in it.

    Returns
    -------
    DataFrame
        ``covariate, arm, control_mean, arm_mean, difference`` (in standard deviations, 0 where neither arm varies),
        ``chance`` (one standard deviation of it under random assignment), ``missing`` (share, in both arms), and
        ``notable`` (beyond 0.1 and beyond three of chance).
    """
    rows = []
    codes, keys = pd.factorize(data[arm])
    inside = {key: codes == place for place, key in enumerate(keys)}
    for name in covariates:
        column = data[name].to_numpy(dtype=np.float64, na_value=np.nan)
        base = column[inside[control]]
        for key in keys:
            if key == control:
                continue
            values = column[inside[key]]
            a, b = base[~np.isnan(base)], values[~np.isnan(values)]
            gap = float(b.mean() - a.mean())
            spread = float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))
            difference = gap / spread if spread > 0 else (0.0 if gap == 0 else float(np.copysign(np.inf, gap)))
            chance = float(np.sqrt(1 / len(a) + 1 / len(b)))
            missing = 1 - (len(a) + len(b)) / (len(base) + len(values))
            notable = abs(difference) > max(NOTABLE, 3 * chance)
            rows.append((name, key, float(a.mean()), float(b.mean()), difference, chance, missing, notable))
    columns = ["covariate", "arm", "control_mean", "arm_mean", "difference", "chance", "missing", "notable"]
    return pd.DataFrame(rows, columns=columns)

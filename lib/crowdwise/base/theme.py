"""The look of every figure: a palette that colour-blind readers can tell apart, crisp and repeatable."""

from __future__ import annotations

import matplotlib as mpl
import seaborn as sns

# Okabe and Ito (2008), ordered so that neighbours differ in lightness too.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
INK, PALE, ACCENT, ALARM = "#1f2933", "#9aa5b1", PALETTE[0], PALETTE[3]


def apply() -> None:
    """Set matplotlib and seaborn to the project's look."""
    sns.set_theme(style="whitegrid", palette=PALETTE)
    mpl.rcParams.update(
        {
            "figure.figsize": (8.0, 4.2),
            "figure.constrained_layout.use": True,
            "font.family": "DejaVu Sans",
            "font.size": 10.5,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.titlelocation": "left",
            "axes.titlesize": 12.5,
            "axes.titleweight": "bold",
            "axes.titlepad": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": "#e4e7eb",
            "legend.frameon": False,
            "svg.hashsalt": "crowdwise",
            "svg.fonttype": "path",
        }
    )

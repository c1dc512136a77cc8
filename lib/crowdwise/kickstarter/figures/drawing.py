"""A figure with its words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """A figure, what it found, and what whoever can't see it needs to know.

    Attributes
    ----------
    figure : Figure
    finding : str
        Its title.
    words : str
        What is drawn.
    data : DataFrame
        The numbers behind it.
    """

    figure: Figure
    finding: str
    words: str
    data: pd.DataFrame

    def shown(self) -> dict[str, Any]:
        """Give the arguments of `show`."""
        return {"figure": self.figure, "alt": f"{self.words}. {self.finding}.", "data": self.data}

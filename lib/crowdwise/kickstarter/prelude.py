"""What every Kickstarter notebook starts with. What only some need, they import by name."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from crowdwise.base import logs, theme
from crowdwise.base.seeds import derive, generator
from crowdwise.base.statistics import mean_interval, proportion_interval
from crowdwise.reporting import frames
from crowdwise.reporting.figures import show
from crowdwise.reporting.notebook import Report
from crowdwise.storage.tables import read_table, write_table

logs.set_up()
theme.apply()
frames.install()

__all__ = [
    "Report",
    "derive",
    "generator",
    "mean_interval",
    "np",
    "pd",
    "plt",
    "proportion_interval",
    "read_table",
    "show",
    "theme",
    "write_table",
]

"""The design of a test of two arms: how many units it needs, what it can detect, and how long it takes.

`ratio` is treatment units a control unit throughout. `alternative` is ``two-sided``, ``larger`` (only a treatment
that is larger counts) or ``smaller``. Power is the chance that the test rejects; the pooled normal test's closed
form leaves out, as is usual, that it rejects in the wrong direction (which matters below power .1 only).
An impossible request raises ValueError and says why.
"""

from crowdwise.experiment.baseline import Baseline, capped, counts_in_window, relative_effect
from crowdwise.experiment.duration import Enrolment
from crowdwise.experiment.means import means_effect, means_power, means_size, standardised
from crowdwise.experiment.proportions import proportions_effect, proportions_power, proportions_size
from crowdwise.experiment.size import Size

__all__ = [
    "Baseline",
    "Enrolment",
    "Size",
    "capped",
    "counts_in_window",
    "means_effect",
    "means_power",
    "means_size",
    "proportions_effect",
    "proportions_power",
    "proportions_size",
    "relative_effect",
    "standardised",
]

"""The design of a test: how many units it needs, what it can detect, and how long it takes.

`ratio` is treatment units a control unit throughout. `alternative` is ``two-sided``, ``larger`` (only a treatment
that is larger counts) or ``smaller``. Power is the chance that the test rejects; the pooled normal test's closed
form leaves out, as is usual, that it rejects in the wrong direction (which matters below power .1 only).
Designs go together: `dunnett_alpha` or `shared_alpha` gives the alpha of one comparison among several, `Size.scaled`
takes a `variance_factor` or a design effect, `Size.inflated` an uptake, and `linearised` makes a ratio metric a mean.
An impossible request raises ValueError and says why.
"""

from crowdwise.experiment.arms import arms_power, dunnett_alpha, dunnett_critical
from crowdwise.experiment.baseline import (
    Baseline,
    capped,
    counts_in_window,
    linearised,
    relative_effect,
    variance_factor,
)
from crowdwise.experiment.clusters import Clustering, clusters_effect, clusters_power, clusters_size
from crowdwise.experiment.counts import dispersion_of, rates_effect, rates_power, rates_size
from crowdwise.experiment.duration import Enrolment
from crowdwise.experiment.endpoints import FamilyPower, family_factor, family_power, shared_alpha
from crowdwise.experiment.means import means_effect, means_power, means_size, standardised
from crowdwise.experiment.noninferiority import (
    noninferiority_means_margin,
    noninferiority_means_power,
    noninferiority_means_size,
    noninferiority_proportions_margin,
    noninferiority_proportions_power,
    noninferiority_proportions_size,
    restricted_proportions,
)
from crowdwise.experiment.proportions import proportions_effect, proportions_power, proportions_size
from crowdwise.experiment.size import Size

__all__ = [
    "Baseline",
    "Clustering",
    "Enrolment",
    "FamilyPower",
    "Size",
    "arms_power",
    "capped",
    "clusters_effect",
    "clusters_power",
    "clusters_size",
    "counts_in_window",
    "dispersion_of",
    "dunnett_alpha",
    "dunnett_critical",
    "family_factor",
    "family_power",
    "linearised",
    "means_effect",
    "means_power",
    "means_size",
    "noninferiority_means_margin",
    "noninferiority_means_power",
    "noninferiority_means_size",
    "noninferiority_proportions_margin",
    "noninferiority_proportions_power",
    "noninferiority_proportions_size",
    "proportions_effect",
    "proportions_power",
    "proportions_size",
    "rates_effect",
    "rates_power",
    "rates_size",
    "relative_effect",
    "restricted_proportions",
    "shared_alpha",
    "standardised",
    "variance_factor",
]

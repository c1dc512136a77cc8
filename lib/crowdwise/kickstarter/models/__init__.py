"""The models that are compared: each learns from a design and gives probabilities of success."""

from crowdwise.kickstarter.models.baselines import BaseRate, Model, OneRule
from crowdwise.kickstarter.models.boosting import Boosted, Histogram
from crowdwise.kickstarter.models.forest import Forest
from crowdwise.kickstarter.models.linear import Logistic
from crowdwise.kickstarter.models.network import Network
from crowdwise.kickstarter.models.stack import Stack

__all__ = ["BaseRate", "Boosted", "Forest", "Histogram", "Logistic", "Model", "Network", "OneRule", "Stack"]

"""How good a ranking is, player by player: `rank` a model once, then ask for any measure."""

from crowdwise.steam.measures.accuracy import METRICS, per_player
from crowdwise.steam.measures.calibration import miscalibration
from crowdwise.steam.measures.diversity import diversity
from crowdwise.steam.measures.exposure import Exposure, measure_exposure
from crowdwise.steam.measures.novelty import novelty
from crowdwise.steam.measures.ranking import Ranked, Slice, rank

__all__ = [
    "METRICS",
    "Exposure",
    "Ranked",
    "Slice",
    "diversity",
    "measure_exposure",
    "miscalibration",
    "novelty",
    "per_player",
    "rank",
]

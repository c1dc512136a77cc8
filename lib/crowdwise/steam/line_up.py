"""The models a report compares, fitted one after the other with the settings that were chosen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from crowdwise.steam.models import (
    ALS,
    BPR,
    EASE,
    Blend,
    Chance,
    FoldedIn,
    ItemKNN,
    Light,
    Model,
    Neighbours,
    Popularity,
    RP3Beta,
)
from crowdwise.steam.trial import Trial

log = logging.getLogger("crowdwise.steam")

Settings = Mapping[str, Mapping[str, Any]]
OBJECTIVE = "ndcg_at_10"


def line_up(settings: Settings, shares: Sequence[float], seed: int) -> Callable[[Trial], Iterator[Model]]:
    """Give what fits all models on a trial.

    Parameters
    ----------
    settings : mapping of str to mapping
        By the model's name in ``params/``, its settings.
    shares : sequence of float
        The blend's shares to choose from, on the trial's tuning players.
    """

    def fit(trial: Trial) -> Iterator[Model]:
        plain: Sequence[Model] = (
            Chance(seed),
            Popularity(**settings["popularity"]),
            Neighbours(**settings["neighbours"]),
            ItemKNN(**settings["knn"]),
            RP3Beta(**settings["rp3beta"]),
            ALS(**settings["als"], seed=seed),
            BPR(**settings["bpr"], seed=seed),
        )
        for model in plain:
            yield model.fit(trial.train)
        blend = fit_blend(trial, settings, shares, seed)
        yield from (blend.light.model, blend.light, blend.ease, blend)

    return fit


def build_blend(settings: Settings, seed: int, share: float = 1.0) -> Blend:
    """Give the blend, not fitted."""
    return Blend(EASE(**settings["ease"]), FoldedIn(Light(**settings["light"], seed=seed)), share, seed)


def fit_blend(trial: Trial, settings: Settings, shares: Sequence[float], seed: int) -> Blend:
    """Fit the blend on a trial, its share chosen on the tuning players."""
    blend = build_blend(settings, seed).fit(trial.train)
    tried = blend.choose(shares, lambda model: float(trial.validate(model)[OBJECTIVE].mean()))
    log.info("blend: of %s the tuning players like %g best", ", ".join(f"{s:g}" for s in tried), blend.share)
    return blend

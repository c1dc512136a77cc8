"""The models a report compares, fitted one after the other with the settings that were chosen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crowdwise.steam.models import (
    ALS,
    BPR,
    EASE,
    Blend,
    Chance,
    FeaturedLight,
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

SHARES = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0)
Settings = Mapping[str, Mapping[str, Any]]
OBJECTIVE = "ndcg_at_10"


class LineUp:
    """Fits all models on a trial.

    Parameters
    ----------
    settings : mapping of str to mapping
        By the model's name in ``params/``, its settings.
    shares : sequence of float
        The blend's shares to choose from, on a trial's tuning players.

    Attributes
    ----------
    blends : list of Blend
        The blend of each trial so far, fitted.
    """

    def __init__(self, settings: Settings, seed: int, shares: Sequence[float] = SHARES) -> None:
        self.settings, self.shares, self.seed = settings, shares, seed
        self.blends: list[Blend] = []
        self._popularity: Model | None = None

    @property
    def blend(self) -> Blend:
        """The first trial's blend, fitted."""
        return self.blends[0]

    @property
    def chosen(self) -> dict[str, Any]:
        """What the deployed model is made with, for its card."""
        given = {name: dict(self.settings[name]) for name in ("ease", "light")}
        return {"share": self.blend.share, **given, "seed": self.seed}

    @property
    def few(self) -> list[Model]:
        """The first trial's deployed model, its parts and popularity: what is shown where a table has to be short."""
        blend = self.blend
        return [model for model in (self._popularity, blend.light, blend.ease, blend) if model is not None]

    def fit(self, trial: Trial) -> Iterator[Model]:
        """Give the models, each fitted on the trial's training part, one after the other."""
        settings, seed = self.settings, self.seed
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
        self._popularity = self._popularity or plain[1]
        yield Light(**settings["light_bpr"], seed=seed, name="LightFM BPR").fit(trial.train)
        yield FeaturedLight(**settings["light_features"], seed=seed).fit(trial.train)
        blend = self._build(1.0).fit(trial.train)
        tried = blend.choose(self.shares, lambda model: float(trial.validate(model)[OBJECTIVE].mean()))
        log.info("blend: of %s the tuning players like %g best", ", ".join(f"{s:g}" for s in tried), blend.share)
        self.blends.append(blend)
        yield from (blend.light.model, blend.light, blend.ease, blend)

    def build(self) -> Blend:
        """Give a new blend with the share that was chosen on the first trial, not fitted."""
        return self._build(self.blends[0].share)

    def _build(self, share: float) -> Blend:
        settings, seed = self.settings, self.seed
        return Blend(EASE(**settings["ease"]), FoldedIn(Light(**settings["light"], seed=seed)), share, seed)
